"""The deny list: which entry, if any, speaks about a mail. The most specific wins; allow beats deny at equal rank."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import re2

from parsers.mail import ParsedMail
from rules.addresses import domain_of, fold
from rules.facts import Deny, DenyEntry

_HEADER_LIMIT = 2048
_RANKS: Mapping[str, int] = {"address": 6, "domain": 5, "subdomains": 4, "glob": 3, "pattern": 2, "header": 1}
_STRENGTH: Mapping[Deny, int] = {Deny.NOREPLY: 0, Deny.QUARANTINE: 1, Deny.REJECT: 2, Deny.DROP: 3, Deny.ALLOW: 4}


def judge_envelope(entries: Sequence[DenyEntry], sender_address: str, now: datetime) -> DenyEntry | None:
    """The entry that refuses this envelope sender in the SMTP session, or None.

    Only `reject` on an address or domain is answered there (a content rule acts after acceptance); a more specific
    entry of any action, such as an allowed address of a rejected domain, wins over it.
    """
    exact = [entry for entry in entries if entry.kind in ("address", "domain", "subdomains")]
    best = _best(entry for entry in exact if _is_current(entry, now) and _about_address(entry, fold(sender_address)))
    return best if best and best.action is Deny.REJECT else None


def judge(entries: Sequence[DenyEntry], mail: ParsedMail, envelope_sender: str, now: datetime) -> DenyEntry | None:
    """The entry that decides about an accepted mail, judged by From, envelope sender and headers; None: no entry."""
    if not entries:
        return None
    author = (mail.sender_from.address,) if mail.sender_from else ()
    addresses = {fold(address) for address in (*author, envelope_sender) if address}
    return _best(entry for entry in entries if _is_current(entry, now) and _matches(entry, mail, addresses))


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


def _best(entries: Iterable[DenyEntry]) -> DenyEntry | None:
    return max(entries, key=_precedence, default=None)


def _precedence(entry: DenyEntry) -> tuple[int, int, int]:
    """Kind first; among globs and sub-domains the one that spells out more; then allow, then the severest."""
    spelled_out = len(entry.value.replace("*", "").replace("?", "")) if entry.kind in ("subdomains", "glob") else 0
    return _RANKS.get(entry.kind, 0), spelled_out, _STRENGTH[entry.action]


def _is_current(entry: DenyEntry, now: datetime) -> bool:
    return entry.until is None or now < entry.until


def _matches(entry: DenyEntry, mail: ParsedMail, addresses: Iterable[str]) -> bool:
    if entry.kind == "header":
        return _about_header(entry, mail)
    return any(_about_address(entry, address) for address in addresses)


def _about_address(entry: DenyEntry, address: str) -> bool:
    test = _ADDRESS_TESTS.get(entry.kind)
    return test is not None and test(entry.value, address)


def _is_domain(value: str, address: str) -> bool:
    return domain_of(address) == fold(value).lstrip("@")


def _is_below(value: str, address: str) -> bool:
    """`subdomains` means the domain itself and all below: a spammer who owns one owns the other."""
    top = fold(value).lstrip("@*.")
    domain = domain_of(address)
    return domain == top or domain.endswith("." + top)


def _fits_glob(value: str, address: str) -> bool:
    return matches_glob(fold(value), address)


def _fits_pattern(value: str, address: str) -> bool:
    pattern = _compile(value)
    return pattern is not None and pattern.search(address) is not None


_ADDRESS_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "address": lambda value, address: fold(value) == address,
    "domain": _is_domain,
    "subdomains": _is_below,
    "glob": _fits_glob,
    "pattern": _fits_pattern,
}


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
