"""The Jinja2 environment that templates run in: no methods, few filters, counted loops, bounded strings.

Whatever `{{ }}` prints becomes a mark, a number between two characters that no text holds (Unicode noncharacters). The
marks are replaced by their values after Markdown is done, so nothing of a value is ever read as markup of any kind.
Jinja2's own sandbox keeps templates from the interpreter; what is added here keeps them from time and memory.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, nodes, pass_context
from jinja2.filters import FILTERS
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

from templates.rendered import BrokenTemplate

MOST_CHARACTERS = 256 * 1024
MOST_STEPS = 20_000
BAR_CELLS = 12
FILTERS_ALLOWED = (
    "capitalize", "count", "d", "default", "first", "int", "join", "last", "length", "list", "lower", "reverse",
    "round", "sort", "sum", "trim", "truncate", "unique", "upper",
)  # fmt: skip

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_MARKS = str.maketrans("", "", _OPEN + _CLOSE)


@dataclass(slots=True)
class Run:
    """One rendering: the values printed so far, by the number of their mark, and the steps taken."""

    printed: list[str] = field(default_factory=list)
    steps: int = 0

    def step(self) -> None:
        """Count one turn of a loop or one call. Raises BrokenTemplate when there were too many."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise BrokenTemplate(f"the template loops too long: more than {MOST_STEPS} steps")

    def mark(self, value: object) -> str:
        """Stand in for a value. Marks inside it (a macro's output) are kept, all around them is marked itself."""
        text, parts, start = str(value), [], 0
        for found in MARK.finditer(text):
            parts += [self._mark(text[start : found.start()]), found[0]]
            start = found.end()
        return "".join((*parts, self._mark(text[start:])))

    def _mark(self, text: str) -> str:
        if not text:
            return ""
        self.printed.append(text)
        return f"{_OPEN}{len(self.printed) - 1}{_CLOSE}"

    def fill(self, text: str) -> str:
        """The text with every mark replaced by its value."""
        return MARK.sub(lambda mark: self.printed[int(mark[1])], text).translate(_MARKS)


class Bar(str):
    """A bar of a chart: blocks in the text part, a coloured cell in the HTML part. `share` is out of a hundred."""

    __slots__ = ("share",)
    share: int

    def __new__(cls, share: int) -> "Bar":
        bar = super().__new__(cls, "\u2588" * round(share * BAR_CELLS / 100) or "\u00a0")
        bar.share = share
        return bar


# Threads render at the same time; each sees its own run.
current: ContextVar[Run] = ContextVar("run")


def without_marks(value: Any) -> Any:
    """Variables as they are, but for characters that could be taken for a mark."""
    if isinstance(value, str):
        return value.translate(_MARKS)
    if isinstance(value, Mapping):
        return {key: without_marks(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_marks(item) for item in value]
    return value


@pass_context  # keeps Jinja2 from printing constants while it compiles, when there is no run
def _finalize(_context: Context, value: object) -> str:
    return current.get().mark(value)


@pass_context  # see above
def _bar(_context: Context, share: object) -> str:
    """`{{ 40 | bar }}`: a bar of 40 out of a hundred. What is no number is no bar."""
    if not isinstance(share, int | float):
        return ""
    printed = current.get().printed
    printed.append(Bar(round(max(0, min(100, share)))))
    return f"{_OPEN}{len(printed) - 1}{_CLOSE}"


def _counted(values: Iterable[Any]) -> Iterator[Any]:
    run = current.get()
    for value in values:
        run.step()
        yield value


def _bounded(value: Any) -> Any:
    if isinstance(value, str | list | tuple) and len(value) > MOST_CHARACTERS:
        raise BrokenTemplate(f"a value has {len(value)} characters, at most {MOST_CHARACTERS} are allowed")
    return value


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 for one template and its partials."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, partial: Callable[[str], str | None]) -> None:
        """`partial`: the source that `{% include "NAME" %}` means, None when there is none."""
        super().__init__(
            undefined=StrictUndefined,
            finalize=_finalize,
            loader=FunctionLoader(partial),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.filters = {name: FILTERS[name] for name in FILTERS_ALLOWED}
        self.filters |= {"bar": _bar, "counted": _counted, "bounded": _bounded}
        self.globals = {"range": safe_range}

    def compile(
        self,
        source: Any,
        name: str | None = None,
        filename: str | None = None,
        raw: Any = False,
        defer_init: bool = False,
    ) -> Any:
        """As Jinja2's, once for each text: partials are part of many templates, and a reload changes few."""
        return _code(source, name)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in list(tree.find_all(nodes.For)):
            loop.iter = _filtered(loop.iter, "counted")
        for kind in (nodes.Output, nodes.Assign):
            for place in list(tree.find_all(kind)):
                _bound_joins(place)
        return tree

    def is_safe_callable(self, obj: Any) -> bool:
        """Macros, `range` and the methods of `loop`: nothing that a variable brings along."""
        current.get().step()
        return obj is safe_range or isinstance(obj, Macro) or isinstance(getattr(obj, "__self__", None), LoopContext)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on small numbers and adding of texts; what could build a giant is refused."""
        if operator == "+":
            return _bounded(super().call_binop(context, operator, left, right))
        if operator in ("**", "%") or not all(isinstance(each, int | float) for each in (left, right)):
            raise BrokenTemplate(f"{operator} is not allowed here")
        return super().call_binop(context, operator, left, right)


@lru_cache(maxsize=1024)
def _code(source: str, name: str | None) -> Any:
    """Depends on the text alone: what a partial is called is looked up when the template runs."""
    return ImmutableSandboxedEnvironment.compile(Sandbox(no_partials), source, name)


def no_partials(_name: str) -> None:
    """Finds no include."""


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno, environment=node.environment)


def _bound_joins(place: nodes.Node) -> None:
    """`a ~ b` doubles as well as `+` does."""
    for field_name, child in place.iter_fields():
        if isinstance(child, nodes.Concat):
            setattr(place, field_name, _filtered(child, "bounded"))
