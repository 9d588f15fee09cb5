"""Header blocks: the "From / Sent / To / Subject" lines that clients put above a quoted or forwarded mail.

A block is recognised by its labels, whatever the language and order, bold, indented, with blank lines between, with
values wrapped or on a line of their own. The values are read here too, with more patience than RFC 5322 has: clients
print addresses for people.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.mail import Address
from parsers.phrases import FINNISH_LABELS, LABELS, fold, folded, visible

# A block longer than this is no block; a list of recipients may take many lines of it.
BLOCK_LINES = 60
# So many lines of one value may follow its label.
VALUE_LINES = 25
LABEL_CHARS = 34
MATCHED_CHARS = 400

_FIELDS = {label: name for name, table in reversed(LABELS.items()) for label in folded(table)}
_FINNISH = folded(FINNISH_LABELS)
_LABEL = re.compile(r"[\s>|*_•·\ufeff\u200e\u200f-]{0,12}([^:：<>@\d]{1,34}?)[\s*_]{0,4}[:：][*_]{0,2}(.*)", re.DOTALL)
_ANGLED = re.compile(
    r"(?P<name>[^<>\[\]]{0,200}?)[\s\"“”«»„]{0,4}[<\[(]{1,2}\s?(?:mailto:|mail:)?(?P<address>[^\s<>\[\]()@]{1,120}@[^\s<>\[\]()]{1,200})"
    r"(?:\s?<mailto:[^<>]{0,330}>)?\s?[>\])]+"
)
_BARE = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,200}\w")
_MARKDOWN_LINK = re.compile(r"\]\(mailto:[^()\s]{1,300}\)")
_DATED = re.compile(r"(?<!\d)(?:19|20|25)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\d{1,2}[:.]\d\d")
_QUOTES = " \t\"'“”„«»‘’*_,;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A header block on lines `start` up to `end`: field (from, to, cc, subject, date, other) to value as written."""

    start: int
    end: int
    values: dict[str, str]
    is_finnish: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether a mail client must have written it: a sender, and a date or addressees, that look like mail."""
        values = self.values
        has_address = "@" in values.get("from", "") or "@" in values.get("to", "")
        if "from" in values and "subject" in values:
            return "date" in values or "to" in values
        if not has_address:
            return False
        return "date" in values and any(char.isdigit() for char in values["date"]) and len(values) > 1


def label_of(line: str) -> tuple[str, str] | None:
    """The field that the line's label names and the value behind it; None where the line starts with no such label."""
    if ":" not in line[: LABEL_CHARS + 16] and "：" not in line[: LABEL_CHARS + 16]:
        return None
    match = _LABEL.match(line[:MATCHED_CHARS])
    if match is None:
        return None
    field = _FIELDS.get(fold(match[1]))
    return (field, visible(match[2] + line[MATCHED_CHARS:])) if field else None


def find_block(lines: Sequence[str], start: int) -> Block | None:
    """The header block that begins on that line, certain or not; None where the line has no label of its own."""
    first = label_of(lines[start])
    if first is None or first[0] == "other":
        return None
    values: dict[str, str] = {}
    end = at = start
    is_finnish = is_stacked = False
    while at < min(len(lines), start + BLOCK_LINES):
        labelled = label_of(lines[at])
        if labelled is None or (labelled[0] in values and labelled[0] != "other"):
            break
        field, value = labelled
        is_finnish = is_finnish or fold(lines[at].partition(":")[0].strip(" >*")) in _FINNISH
        end = _value_end(lines, at, value, is_stacked=is_stacked)
        is_stacked = not value and end > at + 1
        below = [line for line in lines[at + 1 : end] if not _is_date_of(line, values)]
        values[field] = " ".join(part for part in (value, *map(visible, below)) if part).strip("*_ ")
        at = _skip_blanks(lines, end)
    return Block(start=start, end=end, values=values, is_finnish=is_finnish)


def _is_date_of(line: str, values: dict[str, str]) -> bool:
    """Whether the line has a label of no known language and a date, which is then added to the values."""
    found = _LABEL.match(line[:MATCHED_CHARS])
    if found is None or "date" in values or "@" in line or not _DATED.search(found[2]):
        return False
    values["date"] = visible(found[2]).strip("*_ ")
    return True


def find_bare_block(lines: Sequence[str], start: int) -> Block | None:
    """A block whose labels have no colon, as eM Client prints it below its title: sender and subject at least."""
    values: dict[str, str] = {}
    end = start
    for line in lines[start : start + len(LABELS)]:
        label, _, value = visible(line[:MATCHED_CHARS]).partition(" ")
        field = _FIELDS.get(fold(label))
        if field is None or field in values:
            break
        values[field] = value
        end += 1
    return Block(start=start, end=end, values=values) if {"from", "subject"} <= values.keys() else None


def _value_end(lines: Sequence[str], at: int, value: str, *, is_stacked: bool) -> int:
    """The line after a label's value: values may be wrapped, or stand below their label, if all of a block's do."""
    end = at + 1
    below = _skip_blanks(lines, end)
    is_unlabelled = not value and below < len(lines) and below - end <= 1 and label_of(lines[below]) is None
    if is_unlabelled and (_next_label(lines, below + 1) or (is_stacked and below == end)):
        return below + 1
    if _is_label_within(lines, end):
        return next(row for row in range(end, len(lines)) if label_of(lines[row]) is not None)
    while end < len(lines) and end - at < VALUE_LINES and _continues(lines[end - 1], lines[end]):
        end += 1
    return end


def _is_label_within(lines: Sequence[str], start: int) -> bool:
    """Whether another label follows, after at most a few lines that are not blank."""
    for row in range(start, min(len(lines), start + VALUE_LINES)):
        if not lines[row].strip(" \t>|"):
            return False
        if label_of(lines[row]) is not None:
            return True
    return False


def _next_label(lines: Sequence[str], start: int) -> bool:
    at = _skip_blanks(lines, start)
    return at < len(lines) and label_of(lines[at]) is not None


def _continues(above: str, line: str) -> bool:
    """Whether the line is the rest of the wrapped one above it."""
    if not line.strip(" \t>|"):
        return False
    return above.rstrip().endswith((",", ";", "[mailto:", "<")) or (line[:1] in " \t" and "@" in line)


def _skip_blanks(lines: Sequence[str], start: int) -> int:
    at = start
    while at < len(lines) and at - start < 3 and not lines[at].strip(" \t\u00a0>|*"):
        at += 1
    return at


def read_addresses(value: str) -> tuple[Address, ...]:
    """The people of a printed address list; one named without an address has an empty `address`."""
    text = _MARKDOWN_LINK.sub("]", visible(value)[:20_000])
    if "@" not in text:
        names = (part.strip(_QUOTES) for part in text.split(";"))
        return tuple(Address(name=name, address="") for name in names if name and not name.endswith(":"))
    if ";" in text:
        return tuple(person for part in text.split(";") for person in _read_comma_list(part))
    return _read_comma_list(text)


def _read_comma_list(text: str) -> tuple[Address, ...]:
    """People between commas; a comma inside "Doe, John <j@x>" is known by what stands before the address."""
    people: list[Address] = []
    at = 0
    for match in _ANGLED.finditer(text):
        between = text[at : match.start()] + match["name"]
        *bare, name = _split_names(between)
        people.extend(_read_bare(part) for part in bare)
        people.append(_person(name, match["address"]))
        at = match.end()
    rest = text[at:].strip(_QUOTES + ">)]")
    if rest and ("@" in rest or not people):
        people.extend(_read_bare(part) for part in rest.split(",") if part.strip(_QUOTES))
    return tuple(people)


def _split_names(between: str) -> list[str]:
    """Complete addresses written without brackets before the last name, and that name."""
    parts = between.lstrip(", ").split(",")
    for index in range(len(parts) - 2, -1, -1):
        if _BARE.fullmatch(parts[index].strip(_QUOTES)):
            return [*parts[: index + 1], ",".join(parts[index + 1 :])]
    return [between.lstrip(", ")]


def _read_bare(part: str) -> Address:
    found = _BARE.search(part)
    if found is None:
        return Address(name=part.strip(_QUOTES), address="")
    return _person(part[: found.start()].replace("mailto:", ""), found[0])


def _person(name: str, address: str) -> Address:
    local, _, domain = address.strip(_QUOTES + ".").removeprefix("mailto:").rpartition("@")
    lowered = domain.lower() if domain.isascii() else domain
    clean = name.strip(_QUOTES.replace("'", "") + "<[(")
    if clean[:1] == clean[-1:] == "'":
        clean = clean.strip("'")
    return Address(name="" if clean.lower() == address.lower() else clean, address=f"{local}@{lowered}")
