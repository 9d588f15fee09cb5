"""A verifier on a zone of its own: what it is asked about, and who may send for whom."""

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from signing import key_record
from zones import AWAY, Zone

from daemon.clock import FakeClock
from daemon.workers.verifying import Verifier, VerifierOptions
from parsers.dkim_signatures import verify_signatures

ADA, KIM, EVE = "ada@desk.example", "kim@customer.example", "eve@evil.example"
OURS, THEIRS = "192.0.2.1", "203.0.113.9"
ZONE: dict[str, Any] = {
    "desk.example TXT": (f"v=spf1 ip4:{OURS} -all",),
    "_dmarc.desk.example TXT": ("v=DMARC1; p=reject",),
    "s1._domainkey.desk.example TXT": (key_record(),),
    "customer.example TXT": (f"v=spf1 ip4:{OURS} ~all",),
    "_dmarc.customer.example TXT": ("v=DMARC1; p=none",),
    "small.example TXT": (f"v=spf1 ip4:{OURS} -all",),
    "neutral.example TXT": ("v=spf1 ?all",),
    "broken.example TXT": ("v=spf1 nonsense",),
    "silent.example TXT": AWAY,
    "evil.example TXT": ("v=spf1 +all",),
    "s1._domainkey.evil.example TXT": (key_record(number=1),),
}  # fmt: skip


def inline(raw: bytes, keys: Any) -> Future[Any]:
    result: Future[Any] = Future()
    result.set_result(verify_signatures(raw, keys))
    return result


def opened(zone: Any, signatures: Any = inline, clock: Any = None) -> Iterator[Verifier]:
    options = VerifierOptions(authserv_id="desk.example", trusted_peers={"127.0.0.1"})
    verifier = Verifier(options, Zone(zone), signatures, clock or FakeClock(datetime(2026, 11, 22, tzinfo=UTC)))
    yield verifier
    verifier.close()
