"""DKIM-Signature fields and key records (RFC 6376 3.5, 3.6.1), read strictly; no signature is reckoned with here.

What a signature or its key must not be is decided here: what leaves out From or the subject, covers a part of the body
only, uses SHA-1 (RFC 8301), is for testing, is for something else, or has a key too long to reckon with.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from parsers.host_names import is_host_name
from parsers.tag_lists import read_tags

MOST_SIGNATURES = 8
_LONGEST_FIELD, _LONGEST_BLANK, _MOST_NAMES = 8192, 80, 200  # far beyond any signer, within what dkimpy reads quickly
_LONGEST_KEY = 1280  # a 4096 bit key takes 736 characters; RFC 8301 asks for no longer ones
_ALGORITHM, _HASH = "rsa-sha256", "sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Why something is not reckoned with, and the result (RFC 8601 2.7.1) that says so."""

    result: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed, with which key; `flaw` when it is worth nothing whatever the key says."""

    domain: str = ""
    selector: str = ""
    identity: str = ""
    is_body_relaxed: bool = False
    signed: frozenset[str] = frozenset()
    flaw: Flaw | None = None

    @property
    def key_name(self) -> str:
        """Where in the DNS the key is; empty when it need not be asked for."""
        return "" if self.flaw else f"{self.selector}._domainkey.{self.domain}"


def read_signature(value: str) -> Signature:
    """Read the value of one field."""
    is_readable = len(value) <= _LONGEST_FIELD and " " * _LONGEST_BLANK not in value.replace("\t", " ")
    tags = read_tags(value) if is_readable else None
    if tags is None or tags.get("h", "").count(":") > _MOST_NAMES:
        return Signature(flaw=_broken("the signature is malformed"))
    domain, selector = tags.get("d", "").lower(), tags.get("s", "").lower()
    if not is_host_name(domain) or not is_host_name(f"{selector}.{domain}"):
        return Signature(flaw=_broken("the signature names no key"))
    return Signature(
        domain=domain,
        selector=selector,
        identity=tags.get("i", "").rpartition("@")[2].lower(),
        is_body_relaxed=tags.get("c", "").lower().partition("/")[2] == "relaxed",
        signed=frozenset(name.strip().lower() for name in tags.get("h", "").split(":")),
        flaw=_flaw_of(tags),
    )


def _flaw_of(tags: Mapping[str, str]) -> Flaw | None:
    if tags.get("v") != "1":
        return _broken("version is not 1")
    if tags.get("a", "").lower() != _ALGORITHM:
        return Flaw(result="neutral", why="algorithm is not rsa-sha256")
    if "from" not in tags.get("h", "").lower().replace(" ", "").split(":"):
        return _broken("From is not signed")
    if "l" in tags:
        return Flaw(result="policy", why="only a part of the body is signed")
    return None


def flaw_of_key(record: str, signature: Signature) -> Flaw | None:
    """Why a key may not be used for this signature; None when it may. An empty record: there is no key."""
    tags = read_tags(record) if len(record) <= _LONGEST_KEY else None
    if not record or tags is None:
        return _broken("the key is too long or malformed" if record else "there is no key")
    if tags.get("v", "DKIM1") != "DKIM1" or tags.get("k", "rsa").lower() != "rsa":
        return _broken("the key is of another kind")
    if not _is_listed(_HASH, tags.get("h")) or not _is_listed("email", tags.get("s")):
        return _broken("the key is for something else")
    if not tags.get("p"):
        return _broken("the key is revoked")
    flags = tags.get("t", "").lower().replace(" ", "").split(":")
    if "y" in flags:
        return Flaw(result="neutral", why="the key is for testing")  # 3.6.1: to be treated as unsigned
    if "s" in flags and signature.identity not in ("", signature.domain):
        return _broken("the key is not for names below its domain")
    return None


def _is_listed(word: str, values: str | None) -> bool:
    listed = [each.strip().lower() for each in values.split(":")] if values else ["*"]
    return word in listed or "*" in listed


def _broken(why: str) -> Flaw:
    return Flaw(result="permerror", why=why)
