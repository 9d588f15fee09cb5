"""What the DKIM signatures of a mail are worth (RFC 6376), by dkimpy, with keys that were fetched before.

dkimpy does the canonicalisation and the arithmetic, and is asked only about mails whose header block nobody can read
differently. Only reader processes import this: its regular expressions can be made to run for long, and what is known
to do so (blanks without end, fields and headers of any length) is kept from it.
"""

import re
from collections import Counter
from collections.abc import Mapping

import dkim

from parsers.dkim_fields import MOST_SIGNATURES, Flaw, Signature, flaw_of_key, read_signature
from parsers.headers import AMBIGUOUS_FROM, Block, read_block

_FIELD = "dkim-signature"
_BLANKS = re.compile(rb"[ \t]+")
_LONGEST_HEADERS = 128 * 1024  # dkimpy joins folded lines one by one, which is quadratic
_MOST_BYTES = 128 * 1024 * 1024  # of all bodies to be hashed: each signature hashes the whole of it
_END_OF_HEADERS = re.compile(rb"(?:\A|\n)\r?\n")
# What RFC 5322 3.6 and RFC 2045 allow once: of two, one is not signed, and readers take either (RFC 6376 8.15).
_ONCE = frozenset(
    {"from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references"}
    | {"mime-version", "content-type", "content-transfer-encoding"}
)
_FROM_DKIMPY = (dkim.DKIMException, ValueError, TypeError, KeyError, IndexError, AssertionError, OverflowError)

# A plain tuple, because a reader process sends nothing else: domain, selector, result (RFC 8601 2.7.1), why.
Verdict = tuple[str, str, str, str]


def verify_signatures(raw: bytes, keys: Mapping[str, str]) -> tuple[Verdict, ...]:
    """Verify the topmost signatures. `keys` holds the record behind each key name, "" where there is none.

    A name that is missing could not be asked for: temperror. Total, as `parse` is, within a reader's limits.
    """
    block = read_block(raw, 0, len(raw))
    values = block.headers.raw_all(_FIELD)[: min(MOST_SIGNATURES, _MOST_BYTES // max(1, len(raw)))]
    if not values:
        return ()
    signatures = [read_signature(value.decode("ascii", "replace")) for value in values]
    odd = _oddity(raw, block)
    copies = _Copies(raw, block.body_start)
    results = (odd or _result(copies, index, each, block, keys) for index, each in enumerate(signatures))
    return tuple(
        (each.domain, each.selector, flaw.result, flaw.why) for each, flaw in zip(signatures, results, strict=True)
    )


def _oddity(raw: bytes, block: Block) -> Flaw | None:
    """What makes a header block mean different things to different readers, so that no signature of it counts."""
    end = _END_OF_HEADERS.search(raw)
    if block.body_start != (end.end() if end else len(raw)):
        return Flaw(result="policy", why="a line among the headers is none")
    if block.body_start > _LONGEST_HEADERS:
        return Flaw(result="policy", why="the headers are too long")
    if any(each == AMBIGUOUS_FROM or each.startswith("headers:") for each in block.defects):
        return Flaw(result="policy", why="the headers are malformed")
    counts = Counter(name for name, _ in block.headers)
    double = next((name for name in counts if name in _ONCE and counts[name] > 1), "")
    return Flaw(result="policy", why=f"there is more than one {double} field") if double else None


class _Copies:
    """The mail as dkimpy is given it, read once for each canonicalisation of the body."""

    def __init__(self, raw: bytes, body_start: int) -> None:
        self._raw, self._body_start = raw, body_start
        self._readers: dict[bool, dkim.DKIM] = {}

    def reader(self, *, is_relaxed: bool) -> "dkim.DKIM":
        """With "relaxed", blanks are taken together before: dkimpy's way to do it is quadratic."""
        if is_relaxed not in self._readers:
            raw = tightened(self._raw, self._body_start) if is_relaxed else self._raw
            self._readers[is_relaxed] = dkim.DKIM(raw)
        return self._readers[is_relaxed]


def tightened(raw: bytes, body_start: int) -> bytes:
    """The mail with the blanks of its body taken together as "relaxed" does (RFC 6376 3.4.4)."""
    body = _BLANKS.sub(b" ", raw[body_start:].replace(b"\r\n", b"\n"))
    return raw[:body_start] + body.replace(b" \n", b"\n").replace(b"\n", b"\r\n")


def _result(copies: _Copies, index: int, signature: Signature, block: Block, keys: Mapping[str, str]) -> Flaw:
    if signature.flaw:
        return signature.flaw
    if "subject" in block.headers and "subject" not in signature.signed:
        return Flaw(result="policy", why="the subject is not signed")
    record = keys.get(signature.key_name)
    if record is None:
        return Flaw(result="temperror", why="the key could not be fetched")
    return flaw_of_key(record, signature) or _verified(copies, index, signature, record)


def _verified(copies: _Copies, index: int, signature: Signature, record: str) -> Flaw:
    def key(name: bytes, timeout: int = 0) -> bytes:
        return record.encode("ascii", "replace") if _names(name, signature.key_name) else b""

    try:
        reader = copies.reader(is_relaxed=signature.is_body_relaxed)
        is_right = reader.verify(idx=index, dnsfunc=key)
    except dkim.ValidationError as error:
        return Flaw(result="fail", why=str(error)[:100])
    except _FROM_DKIMPY as error:
        return Flaw(result="permerror", why=str(error)[:100])
    return Flaw(result="pass", why="") if is_right else Flaw(result="fail", why="the signature is wrong")


def _names(asked: bytes, wanted: str) -> bool:
    """dkimpy must have read the same domain and selector as we did."""
    return asked.lower().rstrip(b".") == wanted.encode("ascii")
