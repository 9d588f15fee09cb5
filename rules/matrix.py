"""Priority by impact and urgency. What the customer's words alone say never makes a P1."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.facts import Priority

_P1, _P2, _P3, _P4 = Priority
DEFAULT: Mapping[tuple[str, str], Priority] = {
    ("high", "high"): _P1,
    ("high", "medium"): _P2,
    ("high", "low"): _P3,
    ("medium", "high"): _P2,
    ("medium", "medium"): _P3,
    ("medium", "low"): _P4,
    ("low", "high"): _P3,
    ("low", "medium"): _P4,
    ("low", "low"): _P4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Impact × urgency → priority; an unset level counts as medium."""

    cells: Mapping[tuple[str, str], Priority] = field(default_factory=lambda: DEFAULT)

    def priority(self, impact: str, urgency: str, *, words_only: bool) -> Priority:
        """`words_only`: both levels rest on nothing but what the customer wrote; then P2 is the most."""
        priority = self.cells[(impact or "medium", urgency or "medium")]
        return _P2 if words_only and priority is _P1 else priority


def parse_matrix(table: Mapping[str, Mapping[str, str]]) -> Matrix:
    """A matrix from `{impact = {urgency = "P2"}}`; cells that are not named keep their default. Values are checked."""
    cells = {(impact, urgency): Priority(each) for impact, row in table.items() for urgency, each in row.items()}
    return Matrix(cells={**DEFAULT, **cells})
