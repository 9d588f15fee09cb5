"""The line in our notices below which everything stays internal, and whether an answer respects it."""

import hmac
import re
from collections.abc import Sequence

from parsers.mail import ParsedMail
from parsers.replies import CUT_LINE_MARK

_SEAL_CHARACTERS = 20
_QUOTED = re.compile(r"^[ \t]*[>|]", re.MULTILINE)
_NOT_LETTERS = re.compile(r"[^a-z#]+")
_LINE = re.compile(rf"{re.escape(CUT_LINE_MARK)}[^\[\n]*\[(\d{{1,20}})-([0-9a-f]{{{_SEAL_CHARACTERS}}})\]")


def cut_line(keys: Sequence[bytes], outbox_id: int, sentence: str) -> str:
    """The line itself: the mark that readers of replies know, a sentence for the agent, and a seal for this mail."""
    return f"{CUT_LINE_MARK} {sentence} [{outbox_id}-{_seal(keys[0], outbox_id)}]"


def is_sealed(keys: Sequence[bytes], text: str, outbox_id: int) -> bool:
    """Whether the text quotes the cut line of that very mail of ours, unchanged."""
    seals = [match[2] for match in _LINE.finditer(text) if int(match[1]) == outbox_id]
    return any(hmac.compare_digest(seal, _seal(key, outbox_id)) for seal in seals for key in keys)


def internal_text_shows(mail: ParsedMail) -> str:
    """Why the new text of an agent's answer may hold internal text; empty when nothing says so.

    An answer without any quotation needs no cut line. One that quotes within its own text (answers in between) must
    still carry the line somewhere, or nobody knows on which side of it the quoted lines stood.
    """
    if _has_mark(mail.reply):
        return "the cut line stands within the text to be sent"
    if _QUOTED.search(mail.reply) and not _has_mark(mail.text):
        return "the text quotes our notice, and the cut line is missing"
    return ""


def _has_mark(text: str) -> bool:
    """The mark, also wrapped, indented or with its punctuation changed by a mail client."""
    return "#postroom" in _NOT_LETTERS.sub("", text.lower())


def _seal(key: bytes, outbox_id: int) -> str:
    return hmac.digest(key, b"postroom cut line\0%d" % outbox_id, "sha256").hex()[:_SEAL_CHARACTERS]
