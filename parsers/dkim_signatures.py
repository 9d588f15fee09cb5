"""What the DKIM signatures of a mail are worth (RFC 6376), by dkimpy, with keys that were fetched before.

dkimpy does the canonicalisation and the arithmetic, and is asked only about mails whose header block nobody can read
differently. Only reader processes import this: its regular expressions can be made to run for long.
"""

import re
from collections import Counter
from collections.abc import Mapping

import dkim

from parsers.dkim_fields import MOST_SIGNATURES, Flaw, Signature, flaw_of_key, read_signature
from parsers.headers import AMBIGUOUS_FROM, Block, read_block

_FIELD = "dkim-signature"
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
    values = block.headers.raw_all(_FIELD)[:MOST_SIGNATURES]
    if not values:
        return ()
    signatures = [read_signature(value.decode("ascii", "replace")) for value in values]
    odd = _oddity(raw, block)
    reader = None if odd else _reader(raw)
    results = (odd or _result(reader, index, each, block, keys) for index, each in enumerate(signatures))
    return tuple(
        (each.domain, each.selector, flaw.result, flaw.why) for each, flaw in zip(signatures, results, strict=True)
    )


def _oddity(raw: bytes, block: Block) -> Flaw | None:
    """What makes a header block mean different things to different readers, so that no signature of it counts."""
    end = _END_OF_HEADERS.search(raw)
    if block.body_start != (end.end() if end else len(raw)):
        return Flaw(result="policy", why="a line among the headers is none")
    if any(each == AMBIGUOUS_FROM or each.startswith("headers:") for each in block.defects):
        return Flaw(result="policy", why="the headers are malformed")
    counts = Counter(name for name, _ in block.headers)
    double = next((name for name in counts if name in _ONCE and counts[name] > 1), "")
    return Flaw(result="policy", why=f"there is more than one {double} field") if double else None


def _reader(raw: bytes) -> "dkim.DKIM | None":
    try:
        return dkim.DKIM(raw)
    except _FROM_DKIMPY:
        return None


def _result(
    reader: "dkim.DKIM | None", index: int, signature: Signature, block: Block, keys: Mapping[str, str]
) -> Flaw:
    if signature.flaw:
        return signature.flaw
    if "subject" in block.headers and "subject" not in signature.signed:
        return Flaw(result="policy", why="the subject is not signed")
    record = keys.get(signature.key_name)
    if record is None:
        return Flaw(result="temperror", why="the key could not be fetched")
    if flaw := flaw_of_key(record, signature):
        return flaw
    if reader is None:
        return Flaw(result="permerror", why="the headers are malformed")
    return _verified(reader, index, signature, record)


def _verified(reader: "dkim.DKIM", index: int, signature: Signature, record: str) -> Flaw:
    def key(name: bytes, timeout: int = 0) -> bytes:
        return record.encode("ascii", "replace") if _names(name, signature.key_name) else b""

    try:
        is_right = reader.verify(idx=index, dnsfunc=key)
    except dkim.ValidationError as error:
        return Flaw(result="fail", why=str(error)[:100])
    except _FROM_DKIMPY as error:
        return Flaw(result="permerror", why=str(error)[:100])
    return Flaw(result="pass", why="") if is_right else Flaw(result="fail", why="the signature is wrong")


def _names(asked: bytes, wanted: str) -> bool:
    """dkimpy must have read the same domain and selector as we did."""
    return asked.lower().rstrip(b".") == wanted.encode("ascii")
