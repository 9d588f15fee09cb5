"""`postroom contact …` and `postroom agent …` on a desk in a folder."""

import json
from pathlib import Path

import pytest
from desks import CUSTOMER
from folders import EVE

ORGANISATION = '\n[[organisation]]\nname = "Customer Inc"\ndomains = ["customer.example"]\nvip = true\n'


def test_a_contact_is_shown_with_organisation_and_tickets(run, folder: Path) -> None:
    with (folder / "rules" / "people.toml").open("a", encoding="utf-8") as file:
        file.write(ORGANISATION)
    shown = json.loads(run("contact", "show", CUSTOMER.upper(), "--json").output)
    assert (shown["name"], shown["organisation"], shown["vip"]) == ("Kim Customer", "Customer Inc", True)
    assert [each["number"] for each in shown["tickets"]] == [1002, 1001]
    assert [each["address"] for each in shown["addresses"]] == [CUSTOMER]
    assert "Customer Inc" in run("contact", "show", CUSTOMER).output


def test_an_address_is_joined_and_its_tickets_say_so(run) -> None:
    assert run("contact", "join", CUSTOMER, EVE).exit_code == 0
    shown = json.loads(run("contact", "show", EVE, "--json").output)
    assert [each["number"] for each in shown["tickets"]] == [1003, 1002, 1001]
    event = json.loads(run("tickets", "show", "1003", "--json").output)["events"][-1]
    assert (event["kind"], event["actor"]) == ("joined", "admin at the command line")


def test_erasing_needs_a_yes_and_the_books_balance_afterwards(run) -> None:
    assert run("contact", "erase", CUSTOMER).exit_code == 1
    assert run("contact", "show", CUSTOMER).exit_code == 0
    erased = json.loads(run("contact", "erase", CUSTOMER, "--yes", "--json").output)
    assert (erased["addresses"], erased["tickets"], erased["messages"]) == (1, 2, 2)
    assert run("contact", "show", CUSTOMER).exit_code == 1
    assert run("verify", "--read").exit_code == 0
    assert "were erased" in run("inbound", "show", "1", "--raw").output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "nobody@x.example"), "there is no contact nobody@x.example"),
        (("join", "nobody@x.example", EVE), "there is no contact nobody@x.example"),
        (("join", CUSTOMER, "ada@desk.example"), "no address of somebody outside"),
        (("erase", "nobody@x.example", "--yes"), "there is no contact"),
    ],
)
def test_unknown_people_are_refused_in_one_line(run, arguments: tuple[str, ...], words: str) -> None:
    refused = run("contact", *arguments)
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert words in refused.output


def test_agents_are_listed_with_what_they_have(run) -> None:
    run("ticket", "assign", "1001", "ada")
    rows = json.loads(run("agent", "list", "--json").output)
    assert [(each["name"], each["open_tickets"], each["present"]) for each in rows] == [
        ("ada", 1, True),
        ("ben", 0, True),
    ]
    assert "ada@desk.example" in run("agent", "list").output
