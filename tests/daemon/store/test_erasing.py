"""After erasing nothing of a person is left in any row or file, and the books still balance."""

import pytest
from postroom import ALICE, ANNA, BEN, BOB, Postroom, Sent, to
from sqlalchemy import select

from daemon.clock import FakeClock
from daemon.store import contacts, outbox
from daemon.store.contact_erasing import Erased, erase_contact
from daemon.store.schema import metadata
from daemon.store.store import Store
from daemon.store.verify import verify
from daemon.store.work import Work
from daemon.workers.sweeping import sweep
from parsers.mail import ParsedMail

SECRET = "my knee is made of titanium"
ATTACHED = (
    f"{SECRET}\r\n--b\r\nContent-Type: text/plain; name=xray-of-alice.txt\r\n"
    f"Content-Disposition: attachment; filename=xray-of-alice.txt\r\n\r\n{SECRET}\r\n--b--\r\n"
)
MULTIPART = 'multipart/mixed; boundary="b"'


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Postroom:
    return Postroom(store, clock)


def opened(desk: Postroom) -> Sent:
    """Alice has written with a file, her name and another address."""
    body = f"\r\n--b\r\nContent-Type: text/plain\r\n\r\n{ATTACHED}"
    return to(desk.write(ALICE, body, subject="About my knee", Content_Type=MULTIPART, MIME_Version="1.0"), ANNA)


def erased(desk: Postroom, address: str = ALICE) -> Erased:
    def unit(connection):
        mail = ParsedMail()
        work = Work(connection=connection, mail=mail, inbound_id=None, evidence={}, actor="admin", now=desk.clock.now())
        result = erase_contact(work, contacts.contact_at(connection, address))
        work.flush()
        return result

    result = desk.store.write(unit)
    sweep(desk.store, desk.clock.now())
    return result


def everything(desk: Postroom) -> str:
    """Every row of every table, and all stored bytes."""
    with desk.store.reading() as connection:
        rows = [str(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]
    files = [desk.store.blobs.get(digest).decode("utf-8", "replace") for digest in desk.store.blobs.digests()]
    return "\n".join([*rows, *files]).lower()


def test_nothing_of_an_erased_contact_is_left_anywhere(desk: Postroom) -> None:
    notice = opened(desk)
    desk.answer(notice, f"#subject Knee of Alice\n#cc {BOB}\n\nDear Alice, {SECRET}?\n")
    desk.answer(notice, f"#note\nAlice says {SECRET}\n#show\n")
    desk.answer(notice, "#join alice@home.example\n")
    assert SECRET in everything(desk)
    erased(desk)
    left = everything(desk)
    assert [word for word in ("alice", "titanium", "knee", "xray") if word in left] == []


def test_what_was_erased_is_counted_and_the_books_balance(desk: Postroom) -> None:
    opened(desk)
    result = erased(desk)
    assert (result.addresses, result.tickets, result.messages) == (1, 1, 1)
    with desk.store.reading() as connection:
        assert verify(connection, desk.store.blobs, read_blobs=True).faults == ()


def test_the_ticket_stays_as_a_closed_stone_that_says_so(desk: Postroom) -> None:
    opened(desk)
    erased(desk)
    ticket = desk.ticket()
    assert (ticket["status"], ticket["subject"]) == ("closed", "(erased)")
    assert [(each["kind"], each["actor"]) for each in ticket["events"]][-2:] == [
        ("status", "admin"),
        ("contact_erased", "admin"),
    ]


def test_others_on_their_own_tickets_are_left_alone(desk: Postroom) -> None:
    opened(desk)
    mine = to(desk.write(BOB, "My chair broke.\n", subject="Chair"), ANNA)
    desk.answer(mine, f"#cc {ALICE}\n")
    desk.write(ALICE, f"So is mine. {SECRET}\n", subject="Re: [#1002] Chair")
    erased(desk)
    texts = [each["text"].strip() for each in desk.ticket(1002)["messages"] if each["kind"] == "mail"]
    assert texts == ["My chair broke.", "(erased)"]
    assert SECRET not in everything(desk)


def test_who_writes_again_is_a_new_contact(desk: Postroom) -> None:
    opened(desk)
    erased(desk)
    desk.write(ALICE, "Hello again.\n", subject="New")
    assert desk.ticket(1002)["requester"] == ALICE


def test_the_same_mail_met_again_is_known_and_not_stored(desk: Postroom) -> None:
    notice = opened(desk)
    with desk.store.reading() as connection:
        digest = connection.execute(select(metadata.tables["inbound"].c.sha256)).scalar()
    raw = desk.store.blobs.get(digest)
    erased(desk)
    assert desk.store.blobs.put(raw) == digest
    assert digest not in desk.store.blobs
    assert notice.recipient == ANNA


def test_nobody_can_answer_an_erased_person(desk: Postroom) -> None:
    notice = opened(desk)
    erased(desk)
    assert [each.template for each in desk.answer(notice, "Hello?\n")] == ["held-notice"]


def test_a_customer_whose_address_ends_alike_keeps_theirs(desk: Postroom) -> None:
    longer = f"x{ALICE}"
    desk.write(longer, "I am somebody else.\n", subject="Chair")
    opened(desk)
    erased(desk)
    assert desk.ticket(1001)["requester"] == longer
    assert longer in str(desk.ticket(1001)["events"])


def test_erasing_one_message_removes_its_mail_and_the_notices_that_quote_it(desk: Postroom) -> None:
    notice = opened(desk)
    desk.wait(minutes=5)
    desk.write(ALICE, "And my desk.\n", subject="Re: [#1001] About my knee")
    asked = desk.answer(notice, "#erase\n")[0]
    desk.answer(asked, asked.tap(asked.line("#confirm")), quote=False)
    sweep(desk.store, desk.clock.now())
    left = everything(desk)
    assert (SECRET in left, "and my desk." in left) == (False, True)
    assert to(desk.sent, BEN, "new-ticket-notice").recipient == BEN


def test_an_erased_letter_is_not_sent_again(desk: Postroom) -> None:
    opened(desk)
    erased(desk)
    now = desk.clock.now()
    assert desk.store.write(lambda connection: outbox.retry(connection, 1, now)) is False
