"""`postroom ticket …` on a desk in a folder: the same as by mail, and on record as the admin's doing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desks import CUSTOMER
from folders import with_desk


@pytest.fixture
def show(run) -> Callable[[int], dict[str, Any]]:
    return lambda number=1001: json.loads(run("tickets", "show", str(number), "--json").output)


def test_a_ticket_is_given_to_an_agent_who_is_told(run, show) -> None:
    told = json.loads(run("ticket", "assign", "1001", "ada", "--json").output)
    assert told["changes"] == [{"what": "assignee", "old": "", "new": "ada"}]
    assert told["sent"] == [{"template": "assigned-notice", "to": "ada@desk.example"}]
    assert show()["assignee"] == "ada"


def test_events_say_that_it_was_the_admin(run, show) -> None:
    run("ticket", "assign", "1001", "ada")
    run("ticket", "close", "1001", "--as", "ben")
    actors = [(each["kind"], each["actor"]) for each in show()["events"]][-3:]
    assert actors == [
        ("assignee", "admin at the command line"),
        ("mail", "admin at the command line"),
        ("status", "admin at the command line, as ben"),
    ]


def test_many_things_are_set_at_once_or_not_at_all(run, show) -> None:
    assert run("ticket", "set", "1001", "priority=P1", "tag=+a", "field.site=Porto", "status=solved").exit_code == 0
    ticket = show()
    assert (ticket["priority"], ticket["tags"], ticket["status"]) == ("P1", ["a"], "solved")
    refused = run("ticket", "set", "1001", "tag=+b", "priority=yellow")
    assert (refused.exit_code, show()["tags"]) == (1, ["a"])
    assert "#priority yellow: a priority is P1" in refused.output


@pytest.mark.parametrize("typed", ["priority", "colour=red", "merge", "erase="])
def test_what_is_no_setting_is_a_wrong_command_line(run, typed: str) -> None:
    assert run("ticket", "set", "1001", typed).exit_code == 2


def test_a_note_stays_inside_and_keeps_its_text_to_the_letter(run, show) -> None:
    run("ticket", "note", "1001", "#solve is what @ben said")
    entry = show()["messages"][-1]
    assert (entry["kind"], entry["public"], entry["text"]) == ("note", False, "#solve is what @ben said")
    assert show()["status"] == "open"


def test_an_answer_goes_to_the_customer_from_the_desk(run, show, folder: Path) -> None:
    told = json.loads(run("ticket", "reply", "1001", "-", "--json", input="Turn it off.\n").output)
    sent = with_desk(folder, lambda desk: desk.work() or desk.sent_to(CUSTOMER))
    assert told["sent"] == [{"template": "reply", "to": CUSTOMER}]
    assert (sent[-1].text.strip(), sent[-1].sender_from.name) == ("Turn it off.", "Example support")
    assert (show()["status"], show()["assignee"]) == ("pending", "")


def test_an_answer_in_an_agents_name_claims_the_ticket(run, show, folder: Path) -> None:
    run("ticket", "reply", "1001", "Turn it off.", "--as", "ada", "--status", "solved")
    sent = with_desk(folder, lambda desk: desk.work() or desk.sent_to(CUSTOMER))
    assert sent[-1].sender_from.name == "ada (Example support)"
    assert (show()["status"], show()["assignee"]) == ("solved", "ada")


def test_two_tickets_are_linked_merged_and_taken_apart_again(run, show) -> None:
    assert run("ticket", "link", "1001", "1003").exit_code == 0
    merged = json.loads(run("ticket", "merge", "1002", "1001", "--json").output)
    assert len(show(1001)["messages"]) == 2
    assert run("ticket", "undo", "1002", merged["undo"]).exit_code == 0
    assert len(show(1001)["messages"]) == 1


def test_merging_two_customers_needs_a_yes(run, show) -> None:
    asked = run("ticket", "merge", "1003", "1001")
    assert (asked.exit_code, len(show(1001)["messages"])) == (1, 1)
    assert "--yes" in asked.output
    assert run("ticket", "merge", "1003", "1001", "--yes").exit_code == 0
    assert len(show(1001)["messages"]) == 2


def test_a_message_is_split_off(run, show) -> None:
    run("ticket", "merge", "1002", "1001")
    second = show(1001)["messages"][-1]["id"]
    run("ticket", "split", "1001", str(second))
    assert [each["id"] for each in show(1004)["messages"]] == [second]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("close", "77"), "there is no ticket 77"),
        (("assign", "1001", "zoe"), "there is no agent 'zoe'"),
        (("assign", "1001", "me"), "name an agent"),
        (("close", "1001", "--as", "zoe"), "there is no agent 'zoe'"),
        (("undo", "1001", "deadbeef"), "nothing of yours"),
        (("split", "1001", "1"), "nothing would stay behind"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(run, arguments: tuple[str, ...], words: str) -> None:
    refused = run("ticket", *arguments)
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert words in refused.output
