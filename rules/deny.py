"""The deny list: which entry, if any, speaks about a mail. The most specific wins; allow beats deny at equal rank."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import re2

from parsers.mail import ParsedMail
from rules.addresses import domain_of, fold
from rules.facts import Deny, DenyEntry

_HEADER_LIMIT = 2048
_RANKS: Mapping[str, int] = {"address": 6, "domain": 5, "subdomains": 4, "glob": 3, "pattern": 2, "header": 1}
# What an admin may write before the value, by kind: `@evil.example`, `*.evil.example`.
_EXACT: Mapping[str, str] = {"address": "", "domain": "@", "subdomains": "@*."}
_STRENGTH: Mapping[Deny, int] = {Deny.NOREPLY: 0, Deny.QUARANTINE: 1, Deny.REJECT: 2, Deny.DROP: 3, Deny.ALLOW: 4}


def judge_envelope(entries: tuple[DenyEntry, ...], sender_address: str, now: datetime) -> DenyEntry | None:
    """The entry that refuses this envelope sender in the SMTP session, or None.

    Only `reject` on an address or domain is answered there (a content rule acts after acceptance); a more specific
    entry of any action, such as an allowed address of a rejected domain, wins over it.
    """
    best = _best(_index(_Same(entries)).about(sender_address), now)
    return best if best and best.action is Deny.REJECT else None


def judge(entries: tuple[DenyEntry, ...], mail: ParsedMail, envelope_sender: str, now: datetime) -> DenyEntry | None:
    """The entry that decides about an accepted mail, judged by From, envelope sender and headers; None: no entry."""
    if not entries:
        return None
    author = (mail.sender_from.address,) if mail.sender_from else ()
    addresses = {fold(address) for address in (*author, envelope_sender) if address}
    index = _index(_Same(entries))
    exact = (entry for address in addresses for entry in index.about(address))
    return _best((*exact, *(entry for entry in index.searched if _matches(entry, mail, addresses))), now)


def about(entries: tuple[DenyEntry, ...], address: str, now: datetime) -> tuple[DenyEntry, ...]:
    """Every current entry about a sender's address, the one that decides first."""
    wanted = fold(address)
    index = _index(_Same(entries))
    found = (*index.about(wanted), *(each for each in index.searched if _matches(each, ParsedMail(), (wanted,))))
    current = [each for each in found if each.until is None or now < each.until]
    return tuple(sorted(current, key=_precedence, reverse=True))


def matches_glob(pattern: str, text: str) -> bool:
    """Whether the whole text fits a pattern of `*` (anything) and `?` (one character), in O(len × len) at worst."""
    star, resume = -1, 0
    at = place = 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = star + 1, resume
        else:
            return False
    return not pattern[at:].strip("*")


def _best(matching: Iterable[DenyEntry], now: datetime) -> DenyEntry | None:
    current = (entry for entry in matching if entry.until is None or now < entry.until)
    return max(current, key=_precedence, default=None)


def _precedence(entry: DenyEntry) -> tuple[int, int, int]:
    """Kind first; among globs and sub-domains the one that spells out more; then allow, then the severest."""
    spelled_out = len(entry.value.replace("*", "").replace("?", "")) if entry.kind in ("subdomains", "glob") else 0
    return _RANKS.get(entry.kind, 0), spelled_out, _STRENGTH[entry.action]


def _matches(entry: DenyEntry, mail: ParsedMail, addresses: Iterable[str]) -> bool:
    if entry.kind == "header":
        return _about_header(entry, mail)
    if entry.kind == "glob":
        return any(matches_glob(fold(entry.value), address) for address in addresses)
    pattern = _compile(entry.value) if entry.kind == "pattern" else None
    return pattern is not None and any(pattern.search(_for_re2(address)) for address in addresses)


def _for_re2(address: str) -> str:
    """RE2 wants UTF-8, and an envelope may hold octets that are none (PEP 383)."""
    return address.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class _Index:
    """The list made quick: exact entries by kind and value, the others to be searched one by one."""

    exact: Mapping[tuple[str, str], tuple[DenyEntry, ...]]
    searched: tuple[DenyEntry, ...]

    def about(self, address: str) -> Iterator[DenyEntry]:
        """Entries that name the address or its domain. `subdomains` means the domain itself and all below it: a
        spammer who owns one owns the other."""
        labels = domain_of(address).split(".")
        above = (("subdomains", ".".join(labels[start:])) for start in range(len(labels)))
        for key in (("address", fold(address)), ("domain", domain_of(address)), *above):
            yield from self.exact.get(key, ())


class _Same:
    """Compares a tuple by identity: a policy's list never changes, and comparing thousands of entries takes long."""

    __slots__ = ("entries",)

    def __init__(self, entries: tuple[DenyEntry, ...]) -> None:
        self.entries = entries

    def __hash__(self) -> int:
        return id(self.entries)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.entries is other.entries


@lru_cache(maxsize=8)
def _index(same: _Same) -> _Index:
    exact: dict[tuple[str, str], tuple[DenyEntry, ...]] = {}
    for entry in same.entries:
        if entry.kind in _EXACT:
            key = entry.kind, fold(entry.value).lstrip(_EXACT[entry.kind])
            exact[key] = (*exact.get(key, ()), entry)
    return _Index(exact, tuple(entry for entry in same.entries if entry.kind not in _EXACT))


def _about_header(entry: DenyEntry, mail: ParsedMail) -> bool:
    name, _, wanted = entry.value.partition(":")
    pattern = fold(wanted.strip())
    values = mail.header_all(name.strip())
    return any(matches_glob(pattern, fold(value[:_HEADER_LIMIT].strip())) for value in values)


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> Any:
    """The compiled RE2 pattern, or None for one that RE2 refuses: loading a policy reports those, mail never waits."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


def reads_as(text: str) -> tuple[str, str]:
    """Kind and value of an entry as an admin types it on one line.

    `a@b.example`, `b.example` or `@b.example`, `*.b.example` (with all below), `*@b.*` (glob), `/expression/`,
    `X-Spam-Flag: YES` (header).
    """
    plain = text.strip()
    if len(plain) > 2 and plain.startswith("/") and plain.endswith("/"):
        return "pattern", plain[1:-1]
    if re.fullmatch(r"[A-Za-z0-9-]+:.*", plain):
        return "header", plain
    if plain.startswith("*.") and not set(plain[2:]) & set("*?@"):
        return "subdomains", plain[2:]
    if set(plain) & set("*?"):
        return "glob", plain
    return ("address", plain) if "@" in plain[1:] else ("domain", plain.removeprefix("@"))
