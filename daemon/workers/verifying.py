"""Our own look at who sent a mail: SPF, DKIM and DMARC, for mail that strangers hand over directly.

It happens after the 250, beside the reading, each mail in a thread of its own and within a fixed time. Whatever goes
wrong is a temperror in the result: no mail is refused, lost or held up by somebody's name servers.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from daemon.clock import Clock
from daemon.errors import Unavailable
from daemon.log import Event, log
from daemon.ports import NameService
from daemon.store.inbound import Claimed
from daemon.workers.readers import ReaderKilled
from parsers.dkim_fields import MOST_SIGNATURES, Signature, read_signature
from parsers.host_names import as_ascii
from parsers.mail import ParsedMail
from parsers.public_suffixes import registered_domain
from rules.addresses import domain_of
from rules.dmarc import DmarcPolicy, DmarcResult, find_policy, judge_dmarc
from rules.lookups import Ask, LookupFailed
from rules.spf import check_spf
from rules.verification import Checks, DkimCheck, authentication_results, identifiers

_THREADS = 32  # as many mails as the intake has in hand
_MOST_SECONDS_A_QUESTION = 2.0

# Given raw mail and keys by name: each signature's domain, selector, result and why, found out in a reader process.
Signatures = Callable[[bytes, Mapping[str, str]], Future[tuple[tuple[str, str, str, str], ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierOptions:
    """`authserv_id`: our name in the results. `seconds`: for all of one mail. `trusted_peers`: not looked at."""

    authserv_id: str
    seconds: float = 5.0
    trusted_peers: Collection[str] = frozenset()


class Verifier:
    """Verifies claimed mail. Thread-safe."""

    def __init__(self, options: VerifierOptions, names: NameService, signatures: Signatures, clock: Clock) -> None:
        self._options, self._names, self._signatures, self._clock = options, names, signatures, clock
        self._executor = ThreadPoolExecutor(_THREADS, "verify")

    def verify(self, row: Claimed, raw: bytes, mail: Future[ParsedMail]) -> "Future[str] | None":
        """The Authentication-Results of a mail, which never fails; None when it is not ours to look at, or was already.

        The trusted peers have a look of their own, and so has whoever hands over by LMTP or keeps an IMAP mailbox.
        """
        if row.source != "smtp" or row.authenticated_as or row.verified or row.peer in self._options.trusted_peers:
            return None
        return self._executor.submit(self._verify, row, raw, mail)

    def close(self) -> None:
        """Let what has begun end."""
        self._executor.shutdown()

    def _verify(self, row: Claimed, raw: bytes, mail: Future[ParsedMail]) -> str:
        try:
            parsed = mail.result()
        except Exception:
            return ""  # the intake meets the same, and deals with it
        try:
            results = self._look(row, raw, parsed)
        except Exception as error:
            log(Event.VERIFICATION_FAILED, level=logging.ERROR, exc_info=True, inbound=row.id, error=repr(error))
            return f"{self._options.authserv_id}; spf=temperror; dkim=temperror; dmarc=temperror"
        log(Event.SENDER_VERIFIED, inbound=row.id, peer=row.peer, results=results)
        return results

    def _look(self, row: Claimed, raw: bytes, mail: ParsedMail) -> str:
        """First what belongs to the From domain: a stranger's slow name servers must not use up its time."""
        deadline = self._clock.monotonic() + self._options.seconds
        ask = self._asking(deadline)
        domain = domain_of(mail.sender_from.address) if mail.sender_from else ""
        policy, is_known = _policy(as_ascii(domain), ask)
        keys = _keys(mail, as_ascii(domain), ask)
        signed = self._signatures(raw, keys) if keys is not None else None
        spf = check_spf(row.peer, row.envelope_from, row.helo, ask)
        dkim = self._signed(signed, mail, deadline) if signed else ()
        judged = judge_dmarc(policy, identifiers(spf, dkim)) if is_known else DmarcResult.TEMPERROR
        checks = Checks(spf=spf, dkim=dkim, dmarc=judged, policy=policy, from_domain=domain)
        return authentication_results(self._options.authserv_id, checks)

    def _asking(self, deadline: float) -> Ask:
        def ask(name: str, kind: str) -> tuple[str, ...]:
            seconds = min(deadline - self._clock.monotonic(), _MOST_SECONDS_A_QUESTION)
            try:
                return self._names.ask(name, kind, seconds)
            except Unavailable as error:
                raise LookupFailed(str(error)) from error

        return ask

    def _signed(
        self, results: Future[tuple[tuple[str, str, str, str], ...]], mail: ParsedMail, deadline: float
    ) -> tuple[DkimCheck, ...]:
        try:
            found = results.result(max(0.0, deadline - self._clock.monotonic()))
        except TimeoutError:
            return _all(mail, "temperror", "no time left")
        except ReaderKilled:
            return _all(mail, "permerror", "the signature cannot be read")  # its own fault: nothing is left open
        return tuple(
            DkimCheck(domain=domain, selector=selector, result=result, why=why)
            for domain, selector, result, why in found
        )


def _policy(domain: str, ask: Ask) -> tuple[DmarcPolicy | None, bool]:
    """The policy of the From domain, and whether it could be asked for."""
    try:
        return (find_policy(domain, ask) if domain else None), True
    except LookupFailed:
        return None, False


def _all(mail: ParsedMail, result: str, why: str) -> tuple[DkimCheck, ...]:
    return tuple(
        DkimCheck(domain=each.domain, selector=each.selector, result=result, why=why) for each in _signatures(mail)
    )


def _signatures(mail: ParsedMail) -> list[Signature]:
    return [read_signature(value) for value in mail.header_all("dkim-signature")[:MOST_SIGNATURES]]


def _keys(mail: ParsedMail, from_domain: str, ask: Ask) -> dict[str, str] | None:
    """The key records of the signatures, those of the From domain's organisation first; None without signatures.

    Names that could not be asked for are left out.
    """
    signatures = _signatures(mail)
    if not signatures:
        return None
    ours = registered_domain(from_domain)
    keys: dict[str, str] = {}
    for each in sorted(signatures, key=lambda each: registered_domain(each.domain) != ours):
        if each.key_name and each.key_name not in keys:
            try:
                keys[each.key_name] = next(iter(ask(each.key_name, "TXT")), "")
            except LookupFailed:
                continue
    return keys
