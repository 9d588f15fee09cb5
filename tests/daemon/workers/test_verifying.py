"""Our own look at senders: what it finds of real signatures and records."""

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from desks import DESK, mail
from signing import signed
from verified import ADA, EVE, KIM, OURS, THEIRS, ZONE, inline, opened
from zones import AWAY, Zone

import parsers
from daemon.clock import FakeClock, SystemClock
from daemon.store.inbound import Claimed
from daemon.workers.readers import ReaderKilled, ReaderLimits, ReaderPool
from daemon.workers.verifying import Verifier, VerifierOptions


@pytest.fixture
def verifier() -> Iterator[Verifier]:
    yield from opened(ZONE)


def row(**more: Any) -> Claimed:
    values: dict[str, Any] = {"sha256": "", "source": "smtp", "envelope_from": ADA, "envelope_to": (DESK,)}
    values |= {"id": 1, "authenticated_as": "", "received_at": datetime(2026, 11, 22, tzinfo=UTC), "attempts": 1}
    return Claimed(**values | {"killed": 0, "released": False, "peer": OURS, "helo": "mx.desk.example", **more})


def look(raw: bytes, verifier: Verifier, **more: Any) -> str:
    parsed: Future[Any] = Future()
    parsed.set_result(parsers.parse(raw))
    found = verifier.verify(row(**more), raw, parsed)
    assert found is not None
    return found.result(5)


def from_(sender: str, **more: Any) -> bytes:
    return mail(sender=sender, **more)


OUTCOMES = [
    (ADA, OURS, "spf=pass", "dmarc=pass (p=reject)"),
    (ADA, THEIRS, "spf=fail", "dmarc=fail (p=reject)"),
    (KIM, OURS, "spf=pass", "dmarc=pass (p=none)"),
    (KIM, THEIRS, "spf=softfail", "dmarc=fail (p=none)"),
    ("a@small.example", OURS, "spf=pass", "dmarc=none"),
    ("a@small.example", THEIRS, "spf=fail", "dmarc=none"),
    ("a@neutral.example", OURS, "spf=neutral", "dmarc=none"),
    ("a@broken.example", OURS, "spf=permerror", "dmarc=none"),
    ("a@silent.example", OURS, "spf=temperror", "dmarc=none"),
    ("a@nothing.example", OURS, "spf=none", "dmarc=none"),
    ("a@mail.desk.example", OURS, "spf=none", "dmarc=fail (p=reject)"),
]


@pytest.mark.parametrize(("sender", "peer", "spf", "dmarc"), OUTCOMES)
def test_each_outcome_is_written_as_rfc_8601_has_it(
    verifier: Verifier, sender: str, peer: str, spf: str, dmarc: str
) -> None:
    domain = sender.partition("@")[2]
    found = look(from_(sender), verifier, envelope_from=sender, peer=peer)
    assert found == f"desk.example; {spf} smtp.mailfrom={domain}; dkim=none; {dmarc} header.from={domain}"


def test_a_bounce_is_looked_at_by_its_greeting(verifier: Verifier) -> None:
    found = look(from_("postmaster@desk.example"), verifier, envelope_from="", helo="desk.example")
    assert "spf=pass smtp.helo=desk.example;" in found
    assert "dmarc=pass" in found


def test_a_domain_in_other_letters_is_asked_for_in_ascii() -> None:
    name = "xn--bcher-kva.example"
    for verifier in opened({f"{name} TXT": (f"v=spf1 ip4:{OURS} -all",), f"_dmarc.{name} TXT": ("v=DMARC1; p=none",)}):
        found = look(from_("a@b\u00fccher.example"), verifier, envelope_from="a@b\u00fccher.example")
    assert found.endswith("dmarc=pass (p=none) header.from=b\u00fccher.example")


@pytest.mark.parametrize("sender", ["a@b.example, c@d.example", "a@localhost", "a@[192.0.2.1]", "<>", ""])
def test_a_mail_of_nobody_in_particular_has_results_that_prove_nothing(verifier: Verifier, sender: str) -> None:
    found = look(signed(from_(sender), "desk.example"), verifier, peer=THEIRS)
    assert found.startswith("desk.example; spf=fail smtp.mailfrom=desk.example; dkim=")
    assert "; dmarc=none" in found


def test_a_signature_of_the_from_domain_passes_from_anywhere(verifier: Verifier) -> None:
    found = look(signed(from_(ADA), "desk.example"), verifier, envelope_from="x@list.example", peer=THEIRS)
    assert "; dkim=pass header.d=desk.example header.s=s1; dmarc=pass (p=reject)" in found


@pytest.mark.parametrize("change", [{"domain": "evil.example", "number": 1}, {"number": 1}, {"selector": "s2"}])
def test_a_signature_of_somebody_else_or_without_key_passes_nothing(verifier: Verifier, change: Any) -> None:
    raw = signed(from_(ADA), **{"domain": "desk.example", **change})
    assert "dmarc=fail" in look(raw, verifier, envelope_from=EVE, peer=THEIRS)


AWAYS = {
    "the policy": ({"_dmarc.desk.example TXT": AWAY}, "dmarc=temperror"),
    "the key": ({"s1._domainkey.desk.example TXT": AWAY}, "dmarc=temperror"),
    "everything": (dict.fromkeys(ZONE, AWAY), "spf=temperror"),
    "only the sender's SPF": ({"evil.example TXT": AWAY}, "dmarc=pass"),
}


@pytest.mark.parametrize(("away", "expected"), AWAYS.values(), ids=AWAYS)
def test_silent_name_servers_leave_open_what_hangs_on_them(away: Any, expected: str) -> None:
    for verifier in opened({**ZONE, **away}):
        raw = signed(from_(ADA), "desk.example")
        assert expected in look(raw, verifier, envelope_from=EVE, peer=THEIRS)


def test_a_strangers_silent_name_server_does_not_hide_that_a_sender_is_forged() -> None:
    for verifier in opened({**ZONE, "evil.example TXT": AWAY, "s1._domainkey.evil.example TXT": AWAY}):
        raw = signed(from_(ADA), "evil.example")
        assert "dmarc=fail (p=reject)" in look(raw, verifier, envelope_from=EVE, peer=THEIRS)


@pytest.mark.parametrize(
    ("error", "expected"), [(TimeoutError(), "dkim=temperror"), (ReaderKilled("died"), "dkim=permerror")]
)
def test_a_signature_that_is_not_read_in_time_stays_open_and_a_deadly_one_is_wrong(
    error: Exception, expected: str
) -> None:
    failing: Future[Any] = Future()
    failing.set_exception(error)
    for verifier in opened(ZONE, lambda raw, keys: failing):
        assert expected in look(signed(from_(ADA), "desk.example"), verifier, peer=THEIRS)


def test_whatever_goes_wrong_inside_the_mail_is_not_held_up() -> None:
    for verifier in opened({**ZONE, "_dmarc.desk.example TXT": (1,)}):
        assert look(from_(ADA), verifier) == "desk.example; spf=temperror; dkim=temperror; dmarc=temperror"


def test_time_is_bounded_however_slow_each_answer_is() -> None:
    clock = FakeClock(datetime(2026, 11, 22, tzinfo=UTC))
    asked: list[float] = []

    class Slow(Zone):
        def ask(self, name: str, kind: str, seconds: float = 0) -> tuple[str, ...]:
            asked.append(seconds)
            clock.advance(timedelta(seconds=2))
            return super().ask(name, kind, seconds)

    verifier = Verifier(VerifierOptions(authserv_id="x"), Slow(ZONE), inline, clock)
    look(signed(signed(from_(ADA), "desk.example"), "evil.example"), verifier, envelope_from=EVE)
    verifier.close()
    assert max(asked) <= 2.0
    assert [seconds > 0 for seconds in asked[:4]] == [True, True, True, False]


@pytest.mark.parametrize(
    "more",
    [
        {"source": "lmtp"},
        {"source": "imap"},
        {"peer": "127.0.0.1"},
        {"authenticated_as": ADA},
        {"verified": "x; dmarc=fail"},
    ],
)
def test_what_others_have_looked_at_is_left_to_them(verifier: Verifier, more: dict[str, str]) -> None:
    assert verifier.verify(row(**more), b"", Future()) is None


def test_words_of_the_sender_stay_out_of_the_results(verifier: Verifier) -> None:
    raw = from_('"; dmarc=pass header.from=desk.example" <eve@evil.example>')
    helo, sender = "x; dmarc=pass header.from=desk.example", '"; dmarc=pass header.from=desk.example"@evil.example'
    assert look(raw, verifier, envelope_from=sender, helo=helo).count("dmarc=") == 1
    assert look(raw, verifier, envelope_from="", helo=helo).count("dmarc=") == 1


def test_a_real_reader_process_verifies_a_real_signature() -> None:
    pool = ReaderPool(1, ReaderLimits())
    for verifier in opened(ZONE, pool.signatures, SystemClock()):
        assert "dmarc=pass" in look(signed(from_(ADA), "desk.example"), verifier, peer=THEIRS)
    pool.close()
