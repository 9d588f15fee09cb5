"""An agent who wants notices collected gets them in one mail, and works from it as from single ones."""

from dataclasses import replace
from datetime import time

import pytest
from postroom import ALICE, ANNA, BEN, EVE, PEOPLE, Postroom, Sent, to, who

from daemon.clock import FakeClock
from daemon.store.store import Store
from rules.facts import Desk


def wanting(**wish: object) -> Desk:
    anna, ben = PEOPLE.agents
    return replace(PEOPLE, agents=(replace(anna, digest=True, **wish), ben))


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Postroom:
    return Postroom(store, clock, desk=wanting())


def collection(mails: list[Sent]) -> Sent:
    return to(mails, ANNA, "collected-notices")


def test_notices_wait_for_the_full_hour_and_come_as_one_mail(desk):
    assert [each.recipient for each in desk.write(ALICE, "It does not print.\n")] == [ALICE, BEN]
    desk.write(EVE, "My chair broke.\n", subject="Chair")
    desk.write(ALICE, "And it smells.\n", subject="Re: [#1001] Printer")
    assert desk.wait(minutes=50) == []
    mail = collection(desk.wait(minutes=10))
    assert mail.mail["Subject"] == "Example support: 3 notices about 2 tickets"
    said = [mail.text.index(words) for words in ("[#1001] Printer", "It does not print.", "And it smells.", "[#1002]")]
    assert said == sorted(said)
    assert desk.wait(hours=3) == []


def test_a_chosen_time_of_day_is_kept(desk):
    desk.desk = wanting(digest_at=(time(16, 0),), time_zone="Europe/Lisbon")
    desk.write(ALICE, "It does not print.\n")
    assert desk.wait(hours=5) == []
    assert collection(desk.wait(hours=1)).recipient == ANNA


def test_an_answer_from_the_collection_goes_to_the_customer(desk):
    desk.write(ALICE, "It does not print.\n")
    mail = collection(desk.wait(hours=1))
    sent = desk.write(ANNA, "Turn it on.\n", to=mail.link("answer"), subject="Re: [#1001]")
    assert (to(sent, ALICE).text, desk.ticket()["assignee"]) == ("Turn it on.", "anna")


def test_an_outdated_answer_from_the_collection_is_held(desk):
    notice = to(desk.write(ALICE, "It does not print.\n"), BEN)
    desk.answer(notice, "Use the other one.\n")
    mail = collection(desk.wait(hours=1))
    sent = desk.write(ANNA, "Turn it on.\n", to=mail.link("answer"), subject="Re: [#1001]")
    assert who(sent) == [("held-notice", ANNA)]


def test_commands_are_tapped_from_the_collection(desk):
    desk.write(ALICE, "It does not print.\n")
    mail = collection(desk.wait(hours=1))
    desk.write(ANNA, mail.tap("#take"), to=mail.link("#take"), subject="Re: [#1001]")
    assert desk.ticket()["assignee"] == "anna"


def test_what_was_taken_back_meanwhile_is_not_told(desk):
    notice = to(desk.write(ALICE, "It does not print.\n"), BEN)
    desk.wait(hours=1)
    noted = desk.answer(notice, "#note\n@anna he is angry\n")
    desk.answer(to(noted, BEN), "#undo\n")
    assert desk.wait(hours=1) == []


def test_without_the_wish_what_waits_is_sent_at_the_next_tick(desk):
    desk.write(ALICE, "It does not print.\n")
    desk.desk = PEOPLE
    assert collection(desk.wait(minutes=1)).recipient == ANNA
