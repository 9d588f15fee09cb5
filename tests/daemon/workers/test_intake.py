"""From accepted mail to tickets: every mail ends somewhere, once, and one mail never stops the others."""

from datetime import timedelta

import pytest
from desks import CUSTOMER, DESK, DeskInHand, mail

from daemon.store import inbound, schema


@pytest.fixture
def desk(store, clock) -> DeskInHand:
    return DeskInHand(store, clock)


def test_a_new_mail_becomes_a_ticket_and_is_acknowledged(desk: DeskInHand) -> None:
    desk.take(mail())
    desk.work()
    (ticket,) = desk.tickets()
    assert (ticket["subject"], ticket["requester"], ticket["team"]) == ("Printer broken", CUSTOMER, "support")
    (received,) = desk.sent_to(CUSTOMER)
    assert received.subject == "[#1001] We have received your message"


def test_the_team_gets_a_notice_each_with_the_customers_words(desk: DeskInHand) -> None:
    desk.take(mail())
    desk.work()
    notices = [*desk.sent_to("ada@desk.example"), *desk.sent_to("ben@desk.example")]
    assert len(notices) == 2
    assert all("the printer is broken." in notice.text for notice in notices)


@pytest.mark.parametrize(
    "reply",
    [
        mail("And?\n", subject="Re: [#1001] Printer broken", message_id="<2@customer.example>"),
        mail("And?\n", subject="x", message_id="<2@customer.example>", extra="References: <1@customer.example>\n"),
        mail("And?\n", subject="x", message_id="<2@customer.example>", extra="In-Reply-To: <1@customer.example>\n"),
    ],
    ids=["number in the subject", "references", "in-reply-to"],
)
def test_a_reply_joins_its_ticket(desk: DeskInHand, reply: bytes) -> None:
    desk.take(mail())
    desk.take(reply)
    desk.decide()
    assert [message["text"].split()[0] for message in desk.ticket()["messages"]] == ["Hello,", "And?"]


def test_a_reply_to_our_acknowledgement_is_known_by_its_address_alone(desk: DeskInHand) -> None:
    desk.take(mail())
    desk.work()
    address = desk.sent_to(CUSTOMER)[0].reply_to[0].address
    desk.take(mail("And?\n", to=address, subject="other", message_id="<2@customer.example>"), recipient=address)
    desk.decide()
    assert desk.ticket()["messages"][1]["evidence"]["by"] == "address-token"


def test_the_same_mail_by_another_route_is_a_duplicate_with_a_pointer(desk: DeskInHand) -> None:
    desk.take(b"Received: from a\r\n" + mail())
    desk.take(b"Received: from b\r\n" + mail())
    desk.decide()
    assert desk.states() == {"entry": 1, "duplicate": 1}


def test_the_same_message_id_with_other_content_is_another_mail(desk: DeskInHand) -> None:
    for number in range(5):
        desk.take(mail(f"Number {number}\n", message_id="<always-the-same@printer.example>"))
    desk.decide()
    assert desk.states() == {"entry": 5}


def test_a_deadly_mail_is_quarantined_and_the_others_flow_on(desk: DeskInHand) -> None:
    desk.readers.deadly = {b"Subject: deadly"}
    desk.take(mail(subject="deadly", message_id="<bad@x.example>"))
    for number in range(9):
        desk.take(mail(f"{number}\n", message_id=f"<{number}@customer.example>"))
    desk.decide()
    assert desk.states() == {"entry": 9, "waiting": 1}
    desk.clock.advance(timedelta(minutes=1))
    desk.decide()
    assert desk.states() == {"entry": 9, "quarantined": 1}


def test_the_admin_is_told_of_quarantine_once_a_day(desk: DeskInHand) -> None:
    for number in range(3):
        desk.take(mail(sender=f"a{number}@x.example, b@y.example", message_id=f"<{number}@x.example>"))
    desk.work()
    assert desk.states() == {"quarantined": 3}
    assert len(desk.sent_to("root@desk.example")) == 1
    desk.clock.advance(timedelta(days=1, minutes=1))
    desk.take(mail(sender="c@x.example, d@y.example", message_id="<9@x.example>"))
    desk.work()
    assert len(desk.sent_to("root@desk.example")) == 2


def test_a_quarantined_mail_that_is_released_becomes_a_ticket_of_its_envelope_sender(desk: DeskInHand) -> None:
    row = desk.take(mail(sender="a@x.example, b@y.example"), sender="real@customer.example")
    desk.decide()
    desk.store.write(lambda connection: inbound.release(connection, row))
    desk.decide()
    assert desk.tickets()[0]["requester"] == "real@customer.example"


def test_a_denied_sender_is_recorded_and_gets_nothing(desk: DeskInHand) -> None:
    desk.take(mail(sender="winner@spam.example"), sender="winner@spam.example")
    desk.work()
    (row,) = desk.inbound()
    assert row["state"] == "refused"
    assert "spam.example" in row["reason"]
    assert not desk.carrier.sent


def test_an_out_of_office_changes_nothing_and_is_told_to_nobody(desk: DeskInHand) -> None:
    desk.take(mail())
    desk.work()
    sent, ours = len(desk.carrier.sent), desk.sent_to(CUSTOMER)[0].message_id
    away = mail(
        "I am away.\n", message_id="<2@c.example>", extra=f"Auto-Submitted: auto-replied\nIn-Reply-To: {ours}\n"
    )
    desk.take(away)
    desk.work()
    assert [(m["kind"], m["public"]) for m in desk.ticket()["messages"]] == [("mail", True), ("auto-reply", False)]
    assert len(desk.carrier.sent) == sent


def test_stopping_gives_back_what_was_only_claimed(desk: DeskInHand) -> None:
    for number in range(5):
        desk.take(mail(f"{number}\n", message_id=f"<{number}@customer.example>"))
    desk.intake.step()
    desk.intake.stop()
    desk.intake.run()
    with desk.store.reading() as connection:
        waiting = connection.execute(schema.inbound.select().where(schema.inbound.c.state == "waiting")).all()
    assert waiting
    assert all(row.attempts == 0 and row.claimed_until is None for row in waiting)


def test_every_decision_keeps_its_trace_and_policy(desk: DeskInHand) -> None:
    row = desk.take(mail())
    desk.decide()
    from daemon.store import views

    with desk.store.reading() as connection:
        trace = (views.inbound_one(connection, row) or {})["trace"]
    assert trace["policy"] == desk.policy.hash
    assert trace["thread_by"] == "new"


def test_mail_to_an_alias_belongs_to_the_mailbox_and_is_answered_from_there(desk: DeskInHand) -> None:
    desk.take(mail(to="help@desk.example"), recipient="help@desk.example")
    desk.work()
    assert desk.sent_to(CUSTOMER)[0].sender_from.address == "help@desk.example"


ODD = [
    ("a NUL everywhere", "\x00"),
    ("a lone surrogate, escaped", "=?utf-16?B?2AA=?="),
    ("a byte that is no UTF-8", "\xff"),
    ("a word longer than an index entry", "".join(f"{n:x}" for n in range(2500))),
    ("a word outside the basic plane", "\U0001f5a8"),
]


@pytest.mark.parametrize("odd", [odd for _, odd in ODD], ids=[name for name, _ in ODD])
def test_a_mail_of_odd_characters_becomes_an_entry(desk: DeskInHand, odd: str) -> None:
    head = (
        f"From: kim@customer.example\r\nTo: {DESK}\r\nCc: {odd} <lee@customer.example>\r\n"
        f"Subject: a{odd}b\r\nMessage-ID: <{odd}@x>\r\nReferences: <r{odd}@x> <{odd}>\r\nIn-Reply-To: <{odd}>\r\n"
        f'Content-Type: text/plain; name="{odd}"\r\nContent-Disposition: attachment; filename="{odd}"\r\n'
    )
    desk.take(f"{head}\r\nHello{odd}\r\n".encode("utf-8" if ord(odd[0]) > 255 else "latin-1"))
    desk.work()
    assert desk.states() == {"entry": 1}
    assert desk.ticket()["participants"]
