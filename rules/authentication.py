"""What a mail server that we trust found out about the sender: Authentication-Results (RFC 8601), read tolerantly.

Only headers with a configured authserv-id count, and of those only the topmost run that no Received interrupts: what
lies below our own server's Received came with the mail and may be forged. Where we looked ourselves no header counts
at all: whoever handed the mail over wrote them. In doubt nothing is known, never "pass".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from parsers.mail import ParsedMail
from rules.addresses import domain_of, fold, is_aligned
from rules.facts import Desk, Envelope

# Microsoft 365 writes no authserv-id (against RFC 8601 2.2); an admin who wants those headers trusted configures this.
NO_AUTHSERV_ID = "-"

_FIELD = "authentication-results"
_VALUE_LIMIT = 8192
_ID_LIMIT = 256
_FIELDS_LIMIT = 20
_PAIR = re.compile(r'([\w.\-/]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]+)', re.ASCII)
_OUTSIDE = re.compile(r'"(?:[^"\\]|\\.)*"|[(;]|[^"();]+')
_IN_COMMENT = re.compile(r"\\.|[()]|[^()\\]+")
_FAILURES = frozenset({"fail", "softfail", "policy", "hardfail", "reject", "quarantine"})


class Verdict(StrEnum):
    """PASS: the From domain vouches for this mail. FAIL: it does not. UNKNOWN: nobody we trust can tell."""

    PASS = "pass"  # noqa: S105 - a result of RFC 8601, no secret
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """A verdict on From. `strong`: by DMARC or SMTP AUTH, enough for an agent. `checked`: a trusted server looked."""

    verdict: Verdict
    strong: bool = False
    checked: bool = False
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One resinfo of RFC 8601 2.2: method, result and its properties, all lower-cased."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def property(self, name: str) -> str:
        """The value of `ptype.property`, empty when it is absent."""
        return next((value for key, value in self.properties if key == name), "")


# Whoever can break our server's header from outside must not be better off than with "fail".
UNREADABLE = Result(method="", result="unreadable")


def authenticate(mail: ParsedMail, envelope: Envelope, desk: Desk) -> Authentication:
    """Whether From is who it says: by SMTP AUTH on our own listener, our own look, or a trusted server's header."""
    if mail.sender_from is None:
        return Authentication(verdict=Verdict.UNKNOWN, evidence="no single From address")
    address = mail.sender_from.address
    if envelope.authenticated_as and fold(envelope.authenticated_as) == fold(address):
        return Authentication(verdict=Verdict.PASS, strong=True, checked=True, evidence="SMTP AUTH as the From address")
    if envelope.verified:
        return _judge(read_results(envelope.verified), domain_of(address))
    if not desk.authserv_ids:
        return Authentication(verdict=Verdict.UNKNOWN, evidence="no authserv-id configured")
    results = trusted_results(mail.headers, desk.authserv_ids)
    if results is None:
        return Authentication(verdict=Verdict.UNKNOWN, evidence="no Authentication-Results of a configured authserv-id")
    return _judge(results, domain_of(address))


def can_be_known(envelope: Envelope, desk: Desk) -> bool:
    """Whether somebody we trust looks at senders, so that silence says something."""
    return bool(envelope.verified or desk.authserv_ids)


def trusted_results(headers: Sequence[tuple[str, str]], authserv_ids: Sequence[str]) -> tuple[Result, ...] | None:
    """Every result of the topmost run of trusted headers, or None when there is no such header."""
    wanted = {fold(name) for name in authserv_ids}
    run: list[Result] = []
    seen = 0
    for name, value in headers:
        if seen and (name == "received" or seen >= _FIELDS_LIMIT):
            break
        if name != _FIELD:
            continue
        if read_authserv_id(value) in wanted:
            seen += 1
            run.extend(read_results(value))
    return tuple(run) if seen else None


def read_authserv_id(value: str) -> str:
    """Whose words a header value claims to be, NO_AUTHSERV_ID if it does not say. Quick: anybody can send many."""
    head = _elements(value[:_ID_LIMIT])[0][0]
    words = head.split()
    return fold(words[0].strip('"')) if words and _is_id(head) else NO_AUTHSERV_ID


def read_results(value: str) -> tuple[Result, ...]:
    """The results of one header value; UNREADABLE alone when a part of it may hide another."""
    (head, *rest), is_whole = _elements(value[:_VALUE_LIMIT])
    if not is_whole or len(value) > _VALUE_LIMIT:
        return (UNREADABLE,)
    elements = rest if _is_id(head) else [head, *rest]
    return tuple(result for element in elements if (result := _read_result(element)))


def _is_id(head: str) -> bool:
    return "=" not in head or head.lstrip().startswith('"')


def _judge(results: tuple[Result, ...], domain: str) -> Authentication:
    if UNREADABLE in results:
        return _verdict(Verdict.FAIL, "Authentication-Results cannot be read safely")
    dmarc = [result for result in results if result.method == "dmarc"]
    for result in dmarc:
        judged = result.property("header.from")
        if judged and domain_of(judged) != domain:
            return _verdict(Verdict.FAIL, f"DMARC judged another From domain, {judged[:80]}")
        if result.result in _FAILURES:
            return _verdict(Verdict.FAIL, f"dmarc={result.result}")
    if dmarc and all(result.result == "pass" and result.property("header.from") for result in dmarc):
        return Authentication(verdict=Verdict.PASS, strong=True, checked=True, evidence=f"dmarc=pass for {domain}")
    otherwise = _judge_without_dmarc(results, domain)
    if otherwise.verdict is Verdict.UNKNOWN and any(result.result == "temperror" for result in dmarc):
        return Authentication(verdict=Verdict.UNKNOWN, evidence="dmarc=temperror: nobody could look")
    return otherwise


def _judge_without_dmarc(results: tuple[Result, ...], domain: str) -> Authentication:
    """What DMARC would say if the domain had a policy: one aligned pass of DKIM or SPF (RFC 7489 3.1)."""
    for result in results:
        vouching = _vouching_domain(result)
        if result.result == "pass" and vouching and is_aligned(vouching, domain):
            return _verdict(Verdict.PASS, f"{result.method}=pass aligned with {domain}")
    failed = [result for result in results if result.method in ("spf", "dkim") and result.result in _FAILURES]
    if failed:
        return _verdict(Verdict.FAIL, ", ".join(f"{result.method}={result.result}" for result in failed[:4]))
    return _verdict(Verdict.UNKNOWN, "a trusted server found nothing that vouches for the From domain")


def _vouching_domain(result: Result) -> str:
    if result.method == "dkim":
        return domain_of(result.property("header.d") or result.property("header.i"))
    if result.method == "spf":
        return domain_of(result.property("smtp.mailfrom"))
    return ""


def _verdict(verdict: Verdict, evidence: str) -> Authentication:
    return Authentication(verdict=verdict, checked=True, evidence=evidence)


def _read_result(element: str) -> Result | None:
    pairs = [(fold(name), _unquote(value)) for name, value in _PAIR.findall(element)]
    if not pairs:
        return None
    (method, result), *properties = pairs
    return Result(method=method.partition("/")[0], result=result, properties=tuple(properties))


def _unquote(value: str) -> str:
    return fold(re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value)


def _elements(value: str) -> tuple[list[str], bool]:
    """What stands between semicolons, comments replaced by a space (RFC 5322 3.2.2), and whether all of it ended well.

    A comment or quotation that never ends could hide the true results: the caller must then believe none.
    """
    elements: list[list[str]] = [[]]
    place = depth = 0
    while place < len(value):
        match = (_IN_COMMENT if depth else _OUTSIDE).match(value, place)
        if match is None:
            return ["".join(words) for words in elements], False
        place, text = match.end(), match[0]
        if text in ("(", ")"):
            depth += 1 if text == "(" else -1
            elements[-1].append(" ")
        elif text == ";" and not depth:
            elements.append([])
        elif not depth:
            elements[-1].append(text)
    return ["".join(words) for words in elements], depth == 0
