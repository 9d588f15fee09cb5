"""From a template and variables to a subject, a text part and an HTML part.

A template is one file: a `Subject:` line, an empty line, Markdown. Whatever a variable holds comes out as it was typed,
in both parts: every printed value passes through the Markdown renderer as an opaque mark and is put in afterwards, so
neither Jinja2 nor Markdown nor HTML ever reads a customer's words.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import css_inline
from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt

MOST_CHARACTERS = 256 * 1024
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_MARKS = str.maketrans("", "", _OPEN + _CLOSE)


class BrokenTemplate(Exception):
    """A template that cannot be used: `line` is 1-based, 0 when unknown."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a notice says."""

    subject: str
    text: str
    html: str


@dataclass(slots=True)
class _Values:
    """The values printed while one template renders, by the number of their mark."""

    printed: list[str] = field(default_factory=list)

    def mark(self, value: object) -> str:
        self.printed.append(str(value).translate(_MARKS))
        return f"{_OPEN}{len(self.printed) - 1}{_CLOSE}"


class Compiled:
    """One template, ready to render."""

    def __init__(self, source: str) -> None:
        """Raises BrokenTemplate when the source is no template."""
        head, _, body = source.partition("\n")
        if not head.startswith("Subject:") or not body.strip():
            raise BrokenTemplate("a template starts with a `Subject:` line, then an empty line, then the text", 1)
        self._values = _Values()
        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, finalize=self._finalize, trim_blocks=True, lstrip_blocks=True
        )
        self._subject = _compile(environment, head.removeprefix("Subject:").strip(), 0)
        self._body = _compile(
            environment, body.lstrip("\n"), source[: len(source) - len(body.lstrip("\n"))].count("\n")
        )

    def _finalize(self, value: object) -> str:
        return self._values.mark(value)

    def render(self, variables: Mapping[str, Any]) -> Rendered:
        """Raises BrokenTemplate when a variable is missing or the result is too long."""
        self._values.printed = []
        try:
            subject, body = self._subject.render(variables), self._body.render(variables)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise BrokenTemplate(str(error)) from error
        values = self._values.printed
        size = len(subject) + len(body) + sum(map(len, values))
        if size > MOST_CHARACTERS:
            raise BrokenTemplate(f"the result has {size} characters, at most {MOST_CHARACTERS} are sent")
        return Rendered(
            subject=" ".join(_fill(subject, values).split()),
            text=_plain(_fill(body, values)),
            html=_page(_MARK.sub(lambda mark: _as_html(values[int(mark[1])]), _markdown().render(body))),
        )


def _compile(environment: ImmutableSandboxedEnvironment, source: str, lines_before: int) -> Template:
    try:
        return environment.from_string(source)
    except TemplateSyntaxError as error:
        raise BrokenTemplate(error.message or "not a template", error.lineno + lines_before) from error


def _fill(text: str, values: list[str]) -> str:
    return _MARK.sub(lambda mark: values[int(mark[1])], text)


def _plain(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _as_html(value: str) -> str:
    return html.escape(value).replace("\n", "<br>\n")


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")


_STYLE = """
body { margin: 0; padding: 16px; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
.page { max-width: 640px; }
h1, h2, h3 { font-size: 16px; margin: 20px 0 6px; }
p { margin: 0 0 12px; }
blockquote { margin: 0 0 12px; padding: 0 0 0 12px; border-left: 3px solid #8a94a6; }
hr { border: 0; border-top: 1px solid #8a94a6; margin: 16px 0; }
td, th { padding: 2px 16px 2px 0; text-align: left; vertical-align: top; }
th { font-weight: 600; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; }
"""


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


def _page(body: str) -> str:
    # no colours for text and background: the reader's dark mode decides
    head = '<meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    page = f'<html><head>{head}<style>{_STYLE}</style></head><body><div class="page">{body}</div></body></html>'
    return str(_inliner().inline(page))
