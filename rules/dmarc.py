"""DMARC (RFC 7489): whether the owner of the From domain vouches for a mail, by an aligned pass of SPF or DKIM."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from parsers.dmarc_records import DmarcRecord, read_dmarc_record
from parsers.public_suffixes import registered_domain
from rules.lookups import Ask


class DmarcResult(StrEnum):
    """The results of RFC 7489 11.2. NONE: the domain has no policy."""

    NONE = "none"
    PASS = "pass"  # noqa: S105 - a result, no secret
    FAIL = "fail"
    TEMPERROR = "temperror"


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcPolicy:
    """The policy of a From domain. `asked`: what its owner asks for when a mail fails."""

    domain: str
    record: DmarcRecord
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A domain that SPF or DKIM has looked at, and what came out."""

    method: Literal["spf", "dkim"]
    domain: str
    result: str


def find_policy(domain: str, ask: Ask) -> DmarcPolicy | None:
    """The policy of an ASCII From domain, or that of its organisation (6.6.3). None without one; LookupFailed."""
    record = read_dmarc_record(ask(f"_dmarc.{domain}", "TXT"))
    if record:
        return DmarcPolicy(domain=domain, record=record, asked=record.policy)
    organisation = registered_domain(domain)
    above = read_dmarc_record(ask(f"_dmarc.{organisation}", "TXT")) if organisation != domain else None
    return DmarcPolicy(domain=domain, record=above, asked=above.subdomain_policy) if above else None


def judge_dmarc(policy: DmarcPolicy | None, identifiers: Iterable[Identifier]) -> DmarcResult:
    """One aligned pass is enough; an aligned identifier that could not be looked at leaves the question open."""
    if policy is None:
        return DmarcResult.NONE
    aligned = [each.result for each in identifiers if is_aligned(each, policy)]
    if "pass" in aligned:
        return DmarcResult.PASS
    return DmarcResult.TEMPERROR if "temperror" in aligned else DmarcResult.FAIL


def is_aligned(identifier: Identifier, policy: DmarcPolicy) -> bool:
    """Strict: the same domain. Relaxed: of the same organisation (3.1)."""
    record = policy.record
    mode = record.dkim_alignment if identifier.method == "dkim" else record.spf_alignment
    if not identifier.domain or mode == "s":
        return identifier.domain == policy.domain
    return registered_domain(identifier.domain) == registered_domain(policy.domain)
