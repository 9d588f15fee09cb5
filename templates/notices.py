"""The set of templates in force: packaged defaults with an admin's own files laid over them, all checked at load."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from templates.catalogue import NOTICES
from templates.render import BrokenTemplate, Compiled, Rendered

SUFFIX = ".md.j2"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateProblem:
    """What is wrong with one file."""

    file: str
    message: str
    line: int = 0


def packaged() -> dict[str, str]:
    """The default templates by file name, such as `ticket-received.en.md.j2`."""
    folder = resources.files("templates") / "defaults"
    return {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir() if each.name.endswith(SUFFIX)}


class Notices:
    """Templates by notice and language."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """`sources`: file name to text. What is broken is left out and listed in `problems`."""
        self.problems: list[TemplateProblem] = []
        self._compiled: dict[tuple[str, str], Compiled] = {}
        for file, source in sorted(sources.items()):
            self._add(file, source)

    def _add(self, file: str, source: str) -> None:
        name, _, language = file.removesuffix(SUFFIX).rpartition(".")
        if name not in NOTICES:
            self.problems.append(TemplateProblem(file=file, message=f"there is no notice called {name or file!r}"))
            return
        try:
            compiled = Compiled(source)
            compiled.render(NOTICES[name].sample)
        except BrokenTemplate as error:
            self.problems.append(TemplateProblem(file=file, message=str(error), line=error.line))
            return
        self._compiled[name, language] = compiled

    def languages(self, name: str) -> set[str]:
        """The languages this notice can be written in."""
        return {language for notice, language in self._compiled if notice == name}

    def render(self, name: str, languages: tuple[str, ...], variables: Mapping[str, Any]) -> Rendered:
        """Write a notice in the first of the languages there is, else in English. Raises BrokenTemplate."""
        for language in (*languages, "en"):
            compiled = self._compiled.get((name, language))
            if compiled is not None:
                return compiled.render(variables)
        raise BrokenTemplate(f"there is no usable template for {name!r}")
