"""What our own look at a sender found, written as Authentication-Results (RFC 8601) and read as that of any server.

Only names that passed a strict grammar are written: the text is evidence, and nobody else's words may be in it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rules.dmarc import DmarcPolicy, DmarcResult, Identifier
from rules.spf import SpfCheck

_NAME = re.compile(r"[\w.-]{1,253}")
_REMARK = re.compile(r"[^A-Za-z0-9 ,.:=-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimCheck:
    """One signature: who signed with which selector, the result of RFC 8601 2.7.1, and why."""

    domain: str
    selector: str
    result: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Everything that was looked at. `from_domain` as the mail has it; `dmarc` judged of that."""

    spf: SpfCheck
    dkim: tuple[DkimCheck, ...]
    dmarc: DmarcResult
    policy: DmarcPolicy | None
    from_domain: str


def identifiers(spf: SpfCheck, dkim: Iterable[DkimCheck]) -> tuple[Identifier, ...]:
    """What DMARC may find aligned with From."""
    signed = (Identifier(method="dkim", domain=each.domain, result=each.result) for each in dkim if each.domain)
    sent = (Identifier(method="spf", domain=spf.domain, result=spf.result.value),) if spf.domain else ()
    return (*sent, *signed)


def authentication_results(authserv_id: str, checks: Checks) -> str:
    """The value of the header field that we would write."""
    return "; ".join((authserv_id, _spf(checks.spf), *_dkim(checks.dkim), _dmarc(checks)))


def _spf(check: SpfCheck) -> str:
    return f"spf={check.result.value}{_property('smtp.helo' if check.by_helo else 'smtp.mailfrom', check.domain)}"


def _dkim(checks: Iterable[DkimCheck]) -> tuple[str, ...]:
    results = tuple(f"dkim={each.result}{_remark(each.why)}{_signer(each)}" for each in checks)
    return results or ("dkim=none",)


def _signer(check: DkimCheck) -> str:
    return _property("header.d", check.domain) + _property("header.s", check.selector)


def _dmarc(checks: Checks) -> str:
    asked = _remark(f"p={checks.policy.asked}") if checks.policy else ""
    return f"dmarc={checks.dmarc.value}{asked}{_property('header.from', checks.from_domain)}"


def _property(name: str, value: str) -> str:
    return f" {name}={value}" if _NAME.fullmatch(value) else ""


def _remark(text: str) -> str:
    plain = _REMARK.sub("", text)[:100].strip()
    return f" ({plain})" if plain else ""
