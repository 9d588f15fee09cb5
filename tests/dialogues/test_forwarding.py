"""An agent passes on a customer's mail; who is taken for the requester, and how a mistake is mended."""

import pytest
from postroom import ALICE, ANNA, BEN, Postroom, Sent, to, who

from daemon.clock import FakeClock
from daemon.store.store import Store

CAROL, DAVE = "carol@cust.example", "dave@cust.example"
FORWARDED = (
    "Can somebody look?\n\n---------- Forwarded message ---------\n"
    f"From: Carol Customer <{CAROL}>\nDate: Sun, 22 Nov 2026 at 09:00\nSubject: Chair broken\n"
    f"To: <{ANNA}>\nCc: Dave Customer <{DAVE}>\n\nMy chair broke.\n"
)


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Postroom:
    return Postroom(store, clock)


def passed_on(desk: Postroom) -> list[Sent]:
    return desk.write(ANNA, FORWARDED, subject="Fwd: Chair broken")


def people(desk: Postroom) -> dict[str, str]:
    return {each["address"]: each["role"] for each in desk.ticket()["participants"]}


def test_the_notice_says_who_was_taken_for_the_requester_and_offers_the_others(desk):
    told = to(passed_on(desk), ANNA)
    assert f"The requester was taken to be **{CAROL}**" in told.text
    assert told.tap(f"#requester {DAVE}") == f"#requester {DAVE}\r\n"
    assert told.tap(f"#requester {ANNA}") == f"#requester {ANNA}\r\n"
    assert told.tap("#requester …") == "#requester "


def test_one_tap_gives_the_ticket_and_its_first_mail_to_the_right_person(desk):
    told = to(passed_on(desk), ANNA)
    assert who(desk.answer(told, told.tap(f"#requester {DAVE}"))) == [("command-result", ANNA)]
    assert people(desk) == {DAVE: "requester"}
    first = desk.ticket()["messages"][1]
    assert (first["from"], first["banner"]) == (DAVE, f"Requester corrected by {ANNA}")
    assert [each.recipient for each in desk.sent if each.template == "reply"] == []


def test_the_correction_is_taken_back_as_a_whole(desk):
    told = to(passed_on(desk), ANNA)
    done = desk.answer(told, told.tap(f"#requester {DAVE}"))[0]
    desk.answer(done, done.tap(done.line("#undo")))
    assert people(desk) == {CAROL: "requester"}
    assert (desk.ticket()["requester"], desk.ticket()["messages"][1]["from"]) == (CAROL, CAROL)


def test_a_correction_beside_a_mistake_changes_nothing(desk):
    told = to(passed_on(desk), ANNA)
    desk.answer(told, f"#requester {DAVE}\n#priority yellow\n")
    assert people(desk) == {CAROL: "requester"}


def test_a_colleague_is_told_and_can_correct_it_too(desk):
    told = to(passed_on(desk), BEN)
    assert "requester taken to be carol@cust.example" in told.text
    desk.answer(told, told.tap("#requester …") + DAVE)
    assert people(desk) == {DAVE: "requester"}


def test_the_answer_after_a_correction_goes_to_the_right_person_only(desk):
    mails = passed_on(desk)
    desk.answer(to(mails, ANNA), f"#requester {DAVE}\n")
    answered = desk.answer(to(mails, BEN), "A new chair is on its way.\n")
    assert [each.recipient for each in answered if each.template == "reply"] == [DAVE]


def test_who_has_been_written_to_keeps_hearing_of_the_ticket(desk):
    mails = passed_on(desk)
    desk.answer(to(mails, BEN), "A new chair is on its way.\n")
    desk.answer(to(mails, ANNA), f"#requester {ALICE}\n")
    assert people(desk) == {ALICE: "requester", CAROL: "cc"}


def test_an_unreadable_forward_asks_for_the_requester_by_a_tap(desk):
    text = "see below\n\n---------- Forwarded message ---------\nFrom: Carol\nSubject: Chair\n\nMy chair broke.\n"
    mails = desk.write(ANNA, text, subject="Fwd: Chair")
    told = to(mails, ANNA)
    desk.answer(told, told.tap("#requester …") + CAROL)
    assert people(desk) == {CAROL: "requester"}
