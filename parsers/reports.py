"""Delivery status fields (RFC 3464, RFC 6533): the machine-readable half of a bounce, also where it is misplaced.

Nothing here reads prose; free text is the matter of `bounce_texts`.
"""

import re
from collections.abc import Iterator
from itertools import islice

from parsers.bounce_statuses import read_status, refine
from parsers.mail import BouncedRecipient
from parsers.parts import Part, Structure

STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
MAX_REPORT_BYTES = 256 * 1024
MAX_RECIPIENTS = 500
_MAX_REPORTS = 10
MAX_DIAGNOSTIC = 1_000

_RECIPIENT_FIELDS = ("final-recipient", "original-recipient")
_KNOWN_FIELDS = frozenset(
    {*_RECIPIENT_FIELDS, "x-actual-recipient", "action", "status", "diagnostic-code", "remote-mta"}
)
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]{3,30})[ \t]*:[ \t]*(.*)")
_LOOKS_LIKE_REPORT = re.compile(r"^(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
_HAS_OUTCOME = re.compile(r"^(?:action|status)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_ACTIONS = {
    "failed": "failed",
    "failure": "failed",
    "fail": "failed",
    "expired": "failed",
    "delayed": "delayed",
    "deferred": "delayed",
    "delay": "delayed",
    "delivered": "delivered",
    "relayed": "relayed",
    "relay": "relayed",
    "expanded": "expanded",
}
_CLASS_OF_ACTION = {"failed": 5, "delayed": 4, "delivered": 2, "relayed": 2, "expanded": 2}

# RFC 5322 3.4.1 without comments and folding; a domain may be a literal, a host without dots, or IDN (RFC 6531).
# The punctuation of Chinese and Japanese notices stands against an address without a blank.
_ENDS_WORD = r"\s<>()\[\]:;,\"\\@（）：；，、。【】「」“”"
ADDRESS = (
    rf"(?:\"[^\"\\\r\n]{{1,64}}\"|[^{_ENDS_WORD}]{{1,128}})@"
    r"(?:\[[0-9A-Za-z.:]{1,60}\]|\w(?:[\w.-]{0,251}\w)?)"
)
# A search begins at the start of a word only: otherwise each letter of a long one is tried.
_ADDRESS = re.compile(rf"(?<![^{_ENDS_WORD}])(?:{ADDRESS})")
_MASKED = re.compile(r"\*|\u2026|\.{3}|^[xX]{3,}@|^[xX?#-]+@|<hidden>|\bredacted@|@(?:masked|hidden|redacted)\b")
_HEX_ESCAPE = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")

Fields = dict[str, str]


def read_reports(structure: Structure, *, loose: bool) -> tuple[BouncedRecipient, ...]:
    """The recipients that delivery status fields name, one entry an address.

    `loose` also believes fields in text and attached parts: only for mail that shows other signs of a bounce.
    """
    texts = islice(_report_texts(structure, loose), _MAX_REPORTS)
    groups = (fields for text in texts for fields in read_groups(text))
    found: dict[str, BouncedRecipient] = {}
    for fields in islice(groups, MAX_RECIPIENTS):
        recipient = _recipient(fields)
        if recipient:
            found.setdefault(recipient.address.lower(), recipient)
    return tuple(found.values())


def read_groups(text: str) -> Iterator[Fields]:
    """The per-recipient groups (RFC 3464 2.3), also where blank lines are missing or stand within a group."""
    group: Fields = {}
    last = ""
    for line in text.splitlines():
        if line[:1] in " \t" and line.strip():
            if last:
                group[last] += " " + line.strip()
            continue
        match = _FIELD.match(line)
        name = match[1].lower() if match else ""
        last = name if name in _KNOWN_FIELDS else ""
        if _is_finished(group, name, is_blank=not line.strip()):
            yield group
            group = {}
        if match and last:
            group.setdefault(last, "")
            group[last] = group[last] or match[2].strip()
    if _names_recipient(group):
        yield group


def is_masked(address: str) -> bool:
    """Whether somebody hid part of the address: such a one is never guessed."""
    return _MASKED.search(address) is not None


def clean_address(text: str) -> str:
    """The first whole addr-spec in the text with its domain in lower case, or an empty string."""
    match = _ADDRESS.search(text)
    if match is None or is_masked(match[0]):
        return ""
    local, _, domain = match[0].rpartition("@")
    return f"{local.lstrip(chr(39)).removeprefix('mailto:')}@{domain.lower()}" if local.strip("'.") else ""


def one_diagnostic(text: str) -> str:
    """Server text as one bounded line without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * MAX_DIAGNOSTIC]).split())
    return line[:MAX_DIAGNOSTIC]


def outcome(*, status: str, action: str) -> tuple[str, int, str]:
    """A consistent (status, class, action): what is only delayed is temporary, whatever code came with it."""
    if action == "delayed":
        return (status if status.startswith("4") else "4" + status[1:] if status else "4.4.7"), 4, action
    status_class = int(status[0]) if status else _CLASS_OF_ACTION.get(action, 0)
    return status, status_class, action or ("delivered" if status_class == 2 else "failed")


def _is_finished(group: Fields, next_name: str, *, is_blank: bool) -> bool:
    if not _names_recipient(group):
        return False
    has_outcome = "action" in group or "status" in group
    return (is_blank and has_outcome) or (next_name in group and next_name in _RECIPIENT_FIELDS)


def _names_recipient(group: Fields) -> bool:
    return any(name in group for name in (*_RECIPIENT_FIELDS, "x-actual-recipient"))


def _report_texts(structure: Structure, loose: bool) -> Iterator[str]:
    declared = [part for part in structure.parts if part.content_type in STATUS_TYPES]
    yield from (_text(part) for part in declared)
    if not loose:
        return
    for part in structure.parts:
        if part.content_type in STATUS_TYPES or not part.content_type.startswith(
            ("text/", "message/", "application/oct")
        ):
            continue
        text = _text(part)
        if _LOOKS_LIKE_REPORT.search(text) and _HAS_OUTCOME.search(text):
            yield text


def _text(part: Part) -> str:
    return part.payload[:MAX_REPORT_BYTES].decode("utf-8", "replace")


def _recipient(fields: Fields) -> BouncedRecipient | None:
    names = ("final-recipient", "original-recipient", "x-actual-recipient")
    address = next(filter(None, (_typed_address(fields.get(name, "")) for name in names)), "")
    if not address:
        return None
    diagnostic = _without_type(fields.get("diagnostic-code", "")[: 2 * MAX_DIAGNOSTIC])
    status, status_class, action = outcome(
        status=_status(fields.get("status", ""), diagnostic), action=_action(fields.get("action", ""))
    )
    return BouncedRecipient(
        address=address,
        status=status,
        status_class=status_class,
        action=action,
        diagnostic=one_diagnostic(diagnostic),
    )


def _status(stated: str, diagnostic: str) -> str:
    match = _STATUS.search(stated)
    if match is None:
        return read_status(diagnostic).status
    return refine(".".join(str(int(number)) for number in match.groups()), diagnostic)


def _action(stated: str) -> str:
    word = stated.lower().replace("(", " ").split()
    return _ACTIONS.get(word[0].rstrip(";,."), "") if word else ""


def _without_type(value: str) -> str:
    """`smtp; 550 no` without its diagnostic-type (RFC 3464 2.3.6); a bare reply, as some write it, stays whole."""
    kind, separator, rest = value.partition(";")
    return rest.strip() if separator and re.fullmatch(r"[\w.-]{1,40}\s*", kind) else value.strip()


def _typed_address(value: str) -> str:
    """The address of `rfc822; user@host` (RFC 3464 2.3.1), of `utf-8; ...` (RFC 6533 3), or without any type."""
    kind, separator, rest = value.partition(";")
    text = rest if separator and "@" not in kind else value
    if kind.strip().lower() == "utf-8":
        text = _HEX_ESCAPE.sub(lambda match: _character(match[1]), text)
    if "@" not in text and "+40" in text:
        text = text.replace("+40", "@").replace("+2B", "+").replace("+3D", "=")
    return clean_address(text)


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if 0x20 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
