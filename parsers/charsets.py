"""Bytes to text: the declared charset, then what the bytes themselves allow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text, the charset that made it, and what had to be repaired."""

    text: str
    charset: str
    defects: tuple[str, ...] = ()


def decode_text(payload: bytes, charset: str) -> Decoded:
    """Decode `payload` by its declared `charset`, by UTF-8 or as windows-1252 in that order. Never raises."""
    for name in (charset or "utf-8", "utf-8"):
        try:
            return Decoded(text=payload.decode(name), charset=name)
        except (LookupError, ValueError):
            continue
    return Decoded(text=payload.decode("cp1252", "replace"), charset="windows-1252", defects=("charset repaired",))
