"""Our own look at senders: what it finds of real signatures and records, and what a desk then believes."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from desks import DESK, DeskInHand, mail, quote
from signing import key_record, signed
from zones import AWAY, Zone

import parsers
from daemon.clock import FakeClock, SystemClock
from daemon.store import inbound
from daemon.store.inbound import Claimed
from daemon.store.schema import inbound as rows
from daemon.workers.readers import ReaderKilled, ReaderLimits, ReaderPool
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


@pytest.fixture
def verifier() -> Iterator[Verifier]:
    yield from opened(ZONE)


def opened(zone: Any, signatures: Any = inline, clock: Any = None) -> Iterator[Verifier]:
    options = VerifierOptions(authserv_id="desk.example", trusted_peers={"127.0.0.1"})
    verifier = Verifier(options, Zone(zone), signatures, clock or FakeClock(datetime(2026, 11, 22, tzinfo=UTC)))
    yield verifier
    verifier.close()


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


# What a desk believes


@pytest.fixture
def desk(store: Any, clock: FakeClock, verifier: Verifier) -> DeskInHand:
    return DeskInHand(store, clock, verify=verifier.verify)


FORGED = "Authentication-Results: desk.example; dmarc=pass header.from=desk.example\n"


def answered(desk: DeskInHand, *, peer: str, extra: str = "", sender: str = ADA) -> list[Any]:
    """A customer writes, an agent's address answers the notice; what the customer then got."""
    desk.take(mail(sender=KIM), sender=KIM, peer=OURS)
    desk.work()
    notice = desk.sent_to(ADA)[0]
    desk.carrier.sent.clear()
    address = notice.reply_to[0].address
    raw = mail(
        "Have you tried turning it off?\n" + quote(notice), sender=ADA, to=address, message_id="<2@x>", extra=extra
    )
    desk.take(raw, sender=sender, recipient=address, peer=peer)
    desk.work()
    return desk.sent_to(KIM)


def test_an_agent_whose_mail_passes_reaches_the_customer(desk: DeskInHand) -> None:
    (letter,) = answered(desk, peer=OURS)
    assert "turning it off" in letter.text


FORGERIES = {
    "SPF fails": {"peer": THEIRS},
    "forged header": {"peer": THEIRS, "extra": FORGED},
    "two forged headers": {"peer": THEIRS, "extra": FORGED * 2},
    "SPF passes for another domain": {"peer": THEIRS, "sender": EVE},
    "the same with a header": {"peer": THEIRS, "sender": EVE, "extra": FORGED},
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
@pytest.mark.parametrize("authserv_ids", [(), ("desk.example",)])
def test_a_forged_agent_is_held_with_a_banner(desk: DeskInHand, forgery: Any, authserv_ids: tuple[str, ...]) -> None:
    desk.policy = replace(desk.policy, desk=replace(desk.policy.desk, authserv_ids=authserv_ids))
    assert answered(desk, **forgery) == []
    held = desk.ticket()["messages"][-1]
    assert not held["public"]
    assert "dmarc=fail" in str(desk.ticket())


def test_the_result_is_kept_with_the_mail_and_shown_again(desk: DeskInHand) -> None:
    first = desk.take(mail(sender=KIM), sender=KIM, peer=THEIRS)
    desk.work()
    with desk.store.reading() as connection:
        kept = connection.execute(rows.select().where(rows.c.id == first)).one()
    assert kept.verified.startswith("desk.example; spf=softfail")
    assert (kept.peer, kept.helo) == (THEIRS, "mx.peer.example")


def test_a_mail_let_out_of_quarantine_is_not_looked_at_again(desk: DeskInHand, verifier: Verifier) -> None:
    first = desk.take(mail(sender="a@x.example, b@y.example"), sender=KIM, peer=THEIRS)
    desk.work()
    desk.store.write(lambda connection: inbound.release(connection, first))
    (again,) = desk.store.write(lambda connection: inbound.claim(connection, desk.clock.now(), 1))
    assert again.verified.startswith("desk.example; spf=softfail")
    assert verifier.verify(again, b"", Future()) is None


def test_a_forged_stranger_is_sent_nothing_and_a_proved_one_is(desk: DeskInHand) -> None:
    desk.take(mail(sender=KIM), sender=KIM, peer=THEIRS)
    desk.work()
    assert desk.sent_to(KIM) == []
    desk.take(mail(sender=KIM, message_id="<2@x>", subject="Other"), sender=KIM, peer=OURS)
    desk.work()
    assert len(desk.sent_to(KIM)) == 1


def test_one_sender_s_slow_name_servers_hold_up_no_other_mail(store: Any, clock: FakeClock) -> None:
    slow: Future[str] = Future()
    desk = DeskInHand(store, clock, verify=lambda row, raw, mail: slow if row.envelope_from == EVE else None)
    desk.take(mail(sender=EVE), sender=EVE, peer=THEIRS)
    desk.take(mail(message_id="<2@x>"), peer=THEIRS)
    desk.intake.step()
    slow.set_result("desk.example; dmarc=fail header.from=evil.example")
    desk.work()
    assert [ticket["requester"] for ticket in desk.tickets()] == [KIM, EVE]


def test_bytes_are_stored_as_they_came(desk: DeskInHand) -> None:
    raw = mail(sender=KIM, extra=FORGED)
    desk.take(raw, sender=KIM, peer=THEIRS)
    desk.decide()
    (claim,) = desk.inbound()
    with desk.store.reading() as connection:
        digest = connection.execute(rows.select().where(rows.c.id == claim["id"])).one().sha256
    assert desk.store.blobs.get(digest) == raw
