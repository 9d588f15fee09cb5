"""From a template and variables to a subject, a text part and an HTML part.

A template is one file: a `Subject:` line, an empty line, Markdown. Whatever a variable holds comes out as it was typed,
in both parts: every printed value passes through the Markdown renderer as an opaque mark and is put in afterwards, so
neither Jinja2 nor Markdown nor HTML ever reads a customer's words.
"""

import html
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import css_inline
from jinja2 import Template, TemplateError, TemplateNotFound, TemplateSyntaxError
from markdown_it import MarkdownIt

from templates.rendered import BrokenTemplate, Rendered
from templates.sandbox import MARK, MOST_CHARACTERS, Bar, Run, Sandbox, current, no_partials, without_marks

_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


_RULE = re.compile(r"\|(?:---\|)+")
_LINK = re.compile(rf"\[(?P<words>[^\[\]\n]{{1,80}})\]\({MARK.pattern.replace('(', '(?P<mark>', 1)}\)")
_TARGET = re.compile(f'href="{MARK.pattern.replace("(", "(?P<mark>", 1)}"')
_BAR_WIDTH, _BAR_COLOUR = 120, "#4f8fe6"  # pixels; a blue that stands out from white and from black
_SAFE_LINKS = ("mailto:", "https://", "http://")


class Compiled:
    """One template, ready to render from any thread."""

    def __init__(self, source: str, partial: Callable[[str], str | None] = no_partials) -> None:
        """Raises BrokenTemplate when the source is no template. `partial` finds the source of an include."""
        head, _, body = source.partition("\n")
        if not head.startswith("Subject:") or not body.strip():
            raise BrokenTemplate("a template starts with a `Subject:` line, then an empty line, then the text", 1)
        text = body.lstrip("\n")
        self._lines_before = source[: len(source) - len(text)].count("\n")
        environment = Sandbox(partial)
        self._subject = _compile(environment, head.removeprefix("Subject:").strip(), 0)
        self._body = _compile(environment, text, self._lines_before)

    def render(self, variables: Mapping[str, Any]) -> Rendered:
        """Raises BrokenTemplate when a variable is missing, the template loops too long or writes too much."""
        run = Run()
        outer = current.set(run)
        clean = without_marks(variables)
        try:
            subject, body = self._subject.render(clean), _limited(self._body, clean)
        except _FAULTS as error:
            raise BrokenTemplate(_words(error), self._line(error)) from error
        finally:
            current.reset(outer)
        size = len(subject) + len(body) + sum(map(len, run.printed))
        if size > MOST_CHARACTERS:
            raise BrokenTemplate(f"the result has {size} characters, at most {MOST_CHARACTERS} are sent")
        return Rendered(
            subject=" ".join(run.fill(subject).split()),
            text=_plain(run.fill(_LINK.sub(lambda link: _link_as_text(link, run.printed), body))),
            html=_with_values(_page(body), run.printed),
        )

    def _line(self, error: Exception) -> int:
        """Where in the body it happened: Jinja2 puts the template's own lines into the traceback."""
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
        return (lines[0] or 0) + self._lines_before if lines else 0


def _limited(template: Template, variables: Mapping[str, Any]) -> str:
    pieces, size = [], 0
    for piece in template.generate(variables):
        size += len(piece)
        if size > MOST_CHARACTERS:
            raise BrokenTemplate(f"the result has more than {MOST_CHARACTERS} characters")
        pieces.append(piece)
    return "".join(pieces)


def _compile(environment: Sandbox, source: str, lines_before: int) -> Template:
    try:
        return environment.from_string(source)
    except TemplateSyntaxError as error:
        raise BrokenTemplate(error.message or "not a template", error.lineno + lines_before) from error
    except RecursionError as error:
        raise BrokenTemplate("the template is nested too deeply") from error


def _words(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no partial called {error.name!r}"
    return "the template calls itself for ever" if isinstance(error, RecursionError) else str(error)


def _plain(text: str) -> str:
    lines = re.sub(r"\n{3,}", "\n\n", text).strip().split("\n")
    ruled = [_rule(lines[row - 1]) if row and _RULE.fullmatch(line) else line for row, line in enumerate(lines)]
    return "\n".join(ruled) + "\n"


def _rule(header: str) -> str:
    """The rule beneath a table's header is as wide as the header is, so that the source is a table too."""
    return "".join("|" if character == "|" else "-" for character in header)


def _link_as_text(link: re.Match[str], printed: Sequence[str]) -> str:
    """A link to write a mail is as long as three lines and nothing for the eye: its words are enough."""
    target = printed[int(link["mark"])]
    return link["words"] if target.startswith("mailto:") else f"{link['words']} ({target})"


def _with_values(page: str, printed: Sequence[str]) -> str:
    """Put the values in: a link's target only if it is one that opens nothing but a page or a new mail."""
    linked = _TARGET.sub(lambda mark: _target(printed[int(mark["mark"])]), page)
    return MARK.sub(lambda mark: _as_html(printed[int(mark[1])]), linked)


def _target(url: str) -> str:
    is_safe = url.startswith(_SAFE_LINKS) and not set(url) & set(" \n\r\t")
    return f'href="{html.escape(url)}"' if is_safe else ""


def _as_html(value: str) -> str:
    if isinstance(value, Bar):
        return _bar(value.share)
    return html.escape(value).replace("\n", "<br>\n")


def _bar(share: int) -> str:
    """A cell with a background: what every client draws, without images and without SVG."""
    width = round(share * _BAR_WIDTH / 100)
    look = f"background-color:{_BAR_COLOUR};width:{width}px;height:10px;padding:0;font-size:1px;line-height:10px"
    cell = (
        f'<td bgcolor="{_BAR_COLOUR}" width="{width}" height="10" style="{look}">&nbsp;</td>' if width else "<td></td>"
    )
    table = f'<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="{width}"'
    return f'{table} style="width:{width}px;min-width:{width}px;margin-top:7px"><tr>{cell}</tr></table>'


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    # a rule of dashes beneath a paragraph is a rule: it would make the paragraph a heading
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(["image", "lheading"])
    plain = markdown.normalizeLink
    markdown.normalizeLink = lambda url: url if MARK.fullmatch(url) else plain(url)  # type: ignore[method-assign]
    return markdown


_STYLE = """
body { margin: 0; padding: 16px; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
.page { max-width: 640px; }
h1, h2, h3 { font-size: 16px; margin: 20px 0 6px; }
p { margin: 0 0 12px; }
blockquote { margin: 0 0 12px; padding: 0 0 0 12px; border-left: 3px solid #8a94a6; }
hr { border: 0; border-top: 1px solid #8a94a6; margin: 16px 0; }
td, th { padding: 2px 16px 2px 0; text-align: left; vertical-align: top; }
th { font-weight: 600; vertical-align: bottom; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; }
"""


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


@lru_cache(maxsize=512)
def _page(body: str) -> str:
    """The HTML of a body whose values are still marks: the same for every mail a template makes in the same way."""
    # no colours for text and background: the reader's dark mode decides
    head = '<meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    content = f'<div class="page">{_markdown().render(body)}</div>'
    page = f"<html><head>{head}<style>{_STYLE}</style></head><body>{content}</body></html>"
    return str(_inliner().inline(page))
