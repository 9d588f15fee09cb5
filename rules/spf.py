"""SPF (RFC 7208): whether a domain lets a peer send in its name. Asks the DNS through the function it is given.

Bounded as the RFC says (4.6.4): ten terms that ask, two of them in vain, ten hosts a term; time is the asker's affair.
Explanations (`exp`) are a stranger's words and never fetched.
"""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from parsers.host_names import as_ascii, can_be_asked, is_host_name
from parsers.spf_records import SpfDirective, SpfRecord, read_spf_record, spf_texts
from rules.lookups import Ask, LookupFailed
from rules.spf_macros import IpAddress, Sending, expand

_MOST_ASKING_TERMS = 10
_MOST_VOID = 2
_MOST_HOSTS = 10


class SpfResult(StrEnum):
    """The results of RFC 7208 2.6."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105 - a result, no secret
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


_QUALIFIERS = {"+": SpfResult.PASS, "-": SpfResult.FAIL, "~": SpfResult.SOFTFAIL, "?": SpfResult.NEUTRAL}


class _Permanent(Exception):
    """The domain's records are wrong: its owner has to repair them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfCheck:
    """A result and whose it is: `domain` is that of MAIL FROM, or of HELO for the null reverse-path (2.4)."""

    result: SpfResult
    domain: str
    by_helo: bool = False


def check_spf(peer: str, mail_from: str, helo: str, ask: Ask) -> SpfCheck:
    """Check one mail's envelope. `peer` is an IP address; where it is none, nothing can be told. Never raises."""
    named = mail_from.rpartition("@")[2] if mail_from else helo
    domain = as_ascii(named)
    result = SpfResult.NONE
    ip = _read_ip(peer)
    if domain and ip is not None:
        local = mail_from.rpartition("@")[0] or "postmaster"
        sending = Sending(ip=ip, sender=f"{local}@{domain}", helo=as_ascii(helo) or "unknown")
        result = _checked(sending, domain, ask)
    return SpfCheck(result=result, domain=domain, by_helo=not mail_from)


def _checked(sending: Sending, domain: str, ask: Ask) -> SpfResult:
    try:
        return _Evaluation(sending, ask).of(domain)
    except _Permanent:
        return SpfResult.PERMERROR
    except LookupFailed:
        return SpfResult.TEMPERROR


def _read_ip(text: str) -> IpAddress | None:
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return mapped or ip


class _Evaluation:
    """One check_host() (RFC 7208 4) with everything it includes; the limits are those of the whole."""

    def __init__(self, sending: Sending, ask: Ask) -> None:
        self._sending, self._ask = sending, ask
        self._asking_terms = self._void = 0

    def of(self, domain: str) -> SpfResult:
        """The result for this domain. Raises _Permanent and LookupFailed."""
        if not is_host_name(domain):
            return SpfResult.NONE
        record = self._record(domain)
        if record is None:
            return SpfResult.NONE
        for directive in record.directives:
            if self._matches(directive, domain):
                return _QUALIFIERS[directive.qualifier]
        return self._redirected(record.redirect, domain) if record.redirect else SpfResult.NEUTRAL

    def _record(self, domain: str) -> SpfRecord | None:
        texts = spf_texts(self._ask(domain, "TXT"))
        if not texts:
            return None
        record = read_spf_record(texts[0]) if len(texts) == 1 else None
        if record is None:
            raise _Permanent(domain)
        return record

    def _redirected(self, spec: str, domain: str) -> SpfResult:
        self._count_term()
        result = self.of(self._expanded(spec, domain))
        if result is SpfResult.NONE:
            raise _Permanent(domain)
        return result

    def _matches(self, directive: SpfDirective, domain: str) -> bool:
        mechanism = directive.mechanism
        if mechanism == "all":
            return True
        if mechanism in ("ip4", "ip6"):
            return self._is_within(directive.target, directive, version=int(mechanism[-1]))
        self._count_term()
        target = self._expanded(directive.target, domain) if directive.target else domain
        match mechanism:
            case "include":
                return self._is_included(target)
            case "a":
                return self._has_address(target, directive)
            case "mx":
                return self._has_exchange(target, directive)
            case "exists":
                return bool(self._found(target, "A"))
            case _:
                return bool(self._validated(target))

    def _is_included(self, target: str) -> bool:
        result = self.of(target)
        if result is SpfResult.NONE:
            raise _Permanent(target)
        return result is SpfResult.PASS

    def _has_address(self, name: str, directive: SpfDirective) -> bool:
        kind = "A" if self._sending.ip.version == 4 else "AAAA"
        addresses = self._found(name, kind)
        return any(self._is_within(each, directive, version=self._sending.ip.version) for each in addresses)

    def _has_exchange(self, name: str, directive: SpfDirective) -> bool:
        hosts = self._found(name, "MX")
        if len(hosts) > _MOST_HOSTS:
            raise _Permanent(name)
        return any(self._has_address(host, directive) for host in hosts)

    def _is_within(self, network: str, directive: SpfDirective, *, version: int) -> bool:
        ip = self._sending.ip
        if ip.version != version:
            return False
        prefix = directive.prefix4 if version == 4 else directive.prefix6
        return ip in ipaddress.ip_network(f"{network}/{prefix}", strict=False)

    def _validated(self, target: str) -> str:
        """A name of the peer that leads back to it: `target`, or below it (5.5); "" when there is none."""
        for host in self._names_of_peer():
            name = host.removesuffix(".").lower()
            if (name == target.lower() or name.endswith("." + target.lower())) and self._leads_back(name):
                return name
        return ""

    def _names_of_peer(self) -> tuple[str, ...]:
        try:
            return self._ask(self._sending.ip.reverse_pointer, "PTR")[:_MOST_HOSTS]
        except LookupFailed:
            return ()

    def _leads_back(self, name: str) -> bool:
        ip = self._sending.ip
        try:
            addresses = self._ask(name, "A" if ip.version == 4 else "AAAA")
        except LookupFailed:
            return False
        return any(ipaddress.ip_address(each) == ip for each in addresses)

    def _named(self, domain: str) -> str:
        """The macro p: preferably the domain itself, then a name below it, then any that leads back (7.3)."""
        if name := self._validated(domain):
            return name
        return next((host for host in self._names_of_peer() if self._leads_back(host.removesuffix("."))), "unknown")

    def _expanded(self, spec: str, domain: str) -> str:
        return expand(spec, domain, self._sending, partial(self._named, domain)).removesuffix(".")

    def _found(self, name: str, kind: str) -> tuple[str, ...]:
        answers = self._ask(name, kind) if can_be_asked(name) else ()
        self._void += not answers
        if self._void > _MOST_VOID:
            raise _Permanent(name)
        return answers

    def _count_term(self) -> None:
        self._asking_terms += 1
        if self._asking_terms > _MOST_ASKING_TERMS:
            raise _Permanent("too many terms that ask")
