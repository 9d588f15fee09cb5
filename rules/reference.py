"""The reference page of rules, made from the tables the rules themselves are read by."""

from collections.abc import Iterable, Iterator

from rules.operators import OPERATORS
from rules.triage_actions import ACTIONS
from rules.triage_facts import FAMILIES, FIELDS, Happening, Kind

_HEAD = """\
# Triage rules: every fact, operator and action

This page is made from the code (`postroom rules reference`); a test keeps it true.

A rule of triage.toml:

```toml
[[rule]]
name = "Outage at night"
on = "new"
when = { subject_or_text.contains_any = ["outage", "is down"], business_hours.is = false }
then = { impact = "high", urgency = "high", team = "noc", notify = ["team:noc"] }
stop = false
once = false
mode = "on"
```

Conditions in a table must all hold. Groups: `all = [ ... ]`, `any = [ ... ]`, `none = [ ... ]`, in each other as well.
Rules run from top to bottom on the facts as they were; where two want different things, the later one wins.
Impact × urgency gives the priority by `[matrix]`; the customer's words alone make P2 at the most.
"""
_WEBHOOKS = """\
## Webhooks

A `webhook` action POSTs JSON: `delivery`, `rule`, `at`, `ticket` (number, subject, status, priority, team, assignee,
mailbox, requester, category, tags, fields) and `message` (id, from, subject, text). Two headers go with it:

- `Postroom-Delivery`: the same id at every attempt, by which a receiver knows a delivery it has had already.
- `Postroom-Signature: t=UNIX-TIME,v1=HEX`: HMAC-SHA256 with the webhook's secret over `UNIX-TIME.BODY`. Compare it in
  constant time and refuse a time that is minutes away.

Any 2xx answer takes it and 410 refuses it for good; with everything else it is tried again for two days.
`postroom errands` lists, repeats and drops webhooks and commands.
"""
_HAPPENINGS = {
    Happening.NEW: "A mail makes a new ticket (the default).",
    Happening.REPLY: "A customer answers on a ticket.",
    Happening.ANSWER: "An agent answers the customer.",
    Happening.AUTOMATIC: "An absence note, a receipt or the like comes in.",
}


def reference() -> str:
    """The page in Markdown."""
    parts = [
        _HEAD,
        _table("When: `on`", ("value", "meaning"), ((f"`{each}`", _HAPPENINGS[each]) for each in Happening)),
        _table("Facts", ("fact", "kind", "meaning", "example"), _facts()),
        _table("Operators", ("operator", "fits", "meaning", "example"), _operators()),
        _table("Actions", ("action", "meaning", "example"), _actions()),
        _WEBHOOKS,
    ]
    return "\n".join(parts)


def _facts() -> Iterator[tuple[str, ...]]:
    for name, fact in FIELDS.items():
        yield f"`{name}`", fact.kind.value, fact.meaning, f"`{fact.example}`"
    for family, (kind, meaning, example, _) in FAMILIES.items():
        yield f"`{family}.NAME`", kind.value, meaning, f"`{example}`"


def _operators() -> Iterator[tuple[str, ...]]:
    for name, operator in OPERATORS.items():
        fits = (
            "everything"
            if operator.kinds == frozenset(Kind)
            else ", ".join(each.value for each in Kind if each in operator.kinds)
        )
        yield f"`{name}`", fits, operator.meaning, f"`{operator.example}`"


def _actions() -> Iterator[tuple[str, ...]]:
    for name, action in ACTIONS.items():
        shown = f"`{name}.NAME`" if action.is_family else f"`{name}`"
        fills = " Captures of the rule's patterns, written `{name}`, are filled in." if action.fills else ""
        yield shown, f"{action.meaning}.{fills}", f"`{action.example}`"


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"## {title}", "", f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
