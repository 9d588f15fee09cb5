"""The set of templates in force: packaged defaults with an admin's own files laid over them.

An admin's are checked at load. The packaged ones, which our tests check, are compiled when they are first used.

A file is called `NAME.LANG.md.j2`, or `BRAND/NAME.LANG.md.j2` for one brand alone (the name of a mailbox or a team). A
name that starts with an underscore is a partial, which others include without language and suffix.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, Any

from templates.catalogue import NOTICES
from templates.rendered import BrokenTemplate, Rendered
from templates.samples import sparse

if TYPE_CHECKING:
    from templates.render import Compiled

SUFFIX = ".md.j2"
FALLBACK = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateProblem:
    """What is wrong with one file."""

    file: str
    message: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a file name says: `brand` is empty for everybody's."""

    brand: str
    name: str
    language: str

    @property
    def is_partial(self) -> bool:
        return self.name.startswith("_")


def packaged() -> dict[str, str]:
    """The default templates by file name, such as `ticket-received.en.md.j2`."""
    folder = resources.files("templates") / "defaults"
    return {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir() if each.name.endswith(SUFFIX)}


def place_of(file: str) -> Place:
    """Read a file name; parts that are not there are empty."""
    brand, _, rest = file.rpartition("/")
    name, _, language = rest.removesuffix(SUFFIX).rpartition(".")
    return Place(brand=brand, name=name, language=language)


class Notices:
    """Templates by notice, language and brand. Immutable once made; any thread may render."""

    def __init__(self, sources: Mapping[str, str], own: Mapping[str, str] | None = None) -> None:
        """`sources` are the packaged templates, `own` an admin's, which come first: file name to text.

        What is broken of an admin's is left out and listed in `problems`.
        """
        self._made_of = dict(sources), dict(own or {})
        self.problems: list[TemplateProblem] = []
        self._texts = {place_of(file): text for file, text in sources.items()}
        self._packaged: dict[Place, Compiled] = {}
        self._own = self._compile_all(own or {})
        self._languages: dict[tuple[str, str], set[str]] = {}
        for place in (each for each in {**self._texts, **self._own} if not each.is_partial):
            self._languages.setdefault((place.brand, place.name), set()).add(place.language)

    def __reduce__(self) -> tuple[type["Notices"], tuple[dict[str, str], dict[str, str]]]:
        """As its files: compiled templates cannot be sent to another process."""
        return Notices, self._made_of

    def _compile_all(self, own: Mapping[str, str]) -> dict[Place, "Compiled"]:
        texts = self._texts | {place_of(file): text for file, text in own.items()}
        compiled = {}
        for file, source in sorted(own.items()):
            place = place_of(file)
            if place.is_partial:
                continue
            try:
                compiled[place] = _checked(place, source, texts)
            except BrokenTemplate as error:
                self.problems.append(TemplateProblem(file=file, message=str(error), line=error.line))
        return compiled

    def _of_package(self, place: Place) -> "Compiled | None":
        """Two threads may both compile it; one result is kept."""
        if place not in self._packaged and place in self._texts:
            self._packaged.setdefault(place, _compiled(place, self._texts[place], self._texts))
        return self._packaged.get(place)

    def places(self) -> list[tuple[Place, bool]]:
        """Every usable template, and whether it is an admin's own."""
        every = [(place, place in self._own) for place in {**self._texts, **self._own} if not place.is_partial]
        return sorted(every, key=lambda each: (each[0].name, each[0].language, each[0].brand))

    def brands(self) -> set[str]:
        """Every brand that has a template of its own."""
        return {place.brand for place, _ in self.places() if place.brand}

    def languages(self, name: str) -> set[str]:
        """The languages this notice can be written in."""
        return {place.language for place, _ in self.places() if place.name == name}

    def language(self, name: str, languages: tuple[str, ...], brands: tuple[str, ...] = ()) -> str:
        """The language `render` will write this notice in: the first there is, else English."""
        there = {each for brand in ("", *brands) for each in self._languages.get((brand, name), ())}
        return next((each for each in languages if each in there), FALLBACK)

    def render(
        self, name: str, languages: tuple[str, ...], variables: Mapping[str, Any], brands: tuple[str, ...] = ()
    ) -> Rendered:
        """Write a notice in the first of the languages there is, else in English; a brand's own template goes first.

        When an admin's template fails the packaged one is used, and the result says so in `problem`. Raises
        BrokenTemplate when none works.
        """
        language = self.language(name, languages, brands)
        problem = ""
        for place in self._candidates(name, language, brands):
            for compiled in filter(None, (self._own.get(place), self._of_package(place))):
                try:
                    return _with_problem(compiled.render(variables), problem)
                except BrokenTemplate as error:
                    problem = f"{file_of(place)}: {error}"
        raise BrokenTemplate(problem or f"there is no usable template for {name!r}")

    def _candidates(self, name: str, language: str, brands: tuple[str, ...]) -> list[Place]:
        tried = dict.fromkeys(
            Place(brand=brand, name=name, language=each) for each in (language, FALLBACK) for brand in (*brands, "")
        )
        return [place for place in tried if place in self._own or place in self._texts]


def file_of(place: Place) -> str:
    """The file name of a template, as an admin writes it."""
    return (f"{place.brand}/" if place.brand else "") + f"{place.name}.{place.language}{SUFFIX}"


def _checked(place: Place, source: str, texts: Mapping[Place, str]) -> "Compiled":
    """Compile and try on a full and on a bare ticket. Raises BrokenTemplate."""
    notice = NOTICES.get(place.name)
    if notice is None:
        raise BrokenTemplate(f"there is no notice called {place.name or file_of(place)!r}")
    compiled = _compiled(place, source, texts)
    for sample in (notice.sample, sparse(notice.sample)):
        compiled.render(sample)
    return compiled


def _compiled(place: Place, source: str, texts: Mapping[Place, str]) -> "Compiled":
    from templates.render import Compiled  # noqa: PLC0415  the first template pays for Jinja2 and Markdown, not every start

    return Compiled(source, _partials(place, texts))


def _partials(place: Place, texts: Mapping[Place, str]) -> Callable[[str], str | None]:
    """Finds an include: in the brand and language of the template first."""

    def find(name: str) -> str | None:
        wanted = (
            Place(brand=brand, name=name, language=language)
            for language in (place.language, FALLBACK)
            for brand in (place.brand, "")
        )
        return next((texts[each] for each in wanted if each in texts and each.is_partial), None)

    return find


def _with_problem(rendered: Rendered, problem: str) -> Rendered:
    return replace(rendered, problem=problem) if problem else rendered
