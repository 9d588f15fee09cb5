"""`postroom explain` on an agent's mail: who it is taken for, on what evidence, and what would be sent to whom."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desks import CUSTOMER, DeskInHand, mail, quote
from folders import with_desk

import parsers
from daemon.store import views
from parsers import ParsedMail

ADA = "ada@desk.example"


def first_notice(desk: DeskInHand) -> ParsedMail:
    """What Ada was sent about ticket 1001."""
    row = next(each for each in desk.outbox() if each["recipient"] == ADA and each["ticket"] == 1001)
    with desk.store.reading() as connection:
        sent = views.outbox_one(connection, row["id"])
    return parsers.parse(desk.store.blobs.get(sent["sha256"]))


@pytest.fixture
def answer(folder: Path) -> Callable[[str], bytes]:
    """Ada's answer to the notice about ticket 1001, quoting it."""
    notice = with_desk(folder, first_notice)

    def write(text: str) -> bytes:
        to = notice.reply_to[0].address
        return mail(
            text + quote(notice), sender=ADA, to=to, subject=f"Re: {notice.subject}", message_id="<a@desk.example>"
        )

    return write


@pytest.fixture
def explain(run: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    def call(raw: bytes, *options: str) -> Any:
        (tmp_path / "mail.eml").write_bytes(raw)
        return run("explain", str(tmp_path / "mail.eml"), *options)

    return call


def test_an_answer_with_commands_is_told_in_full(explain, answer) -> None:
    told = json.loads(explain(answer("#solve\n#assign ben\n\nTurn it off.\n"), "--json").output)
    assert told["taken_for"] == "agent ada"
    assert "own token" in told["authority"]
    assert told["commands"] == ["#solve: solve", "#assign ben: assign ben"]
    assert "status: open -> solved" in told["results"]
    assert told["sends"] == [
        {"to": CUSTOMER, "template": "reply", "text": "Turn it off."},
        {"to": "ben@desk.example", "template": "assigned-notice", "text": ""},
        {"to": ADA, "template": "command-result", "text": ""},
    ]


def test_what_is_not_understood_sends_nothing_outside(explain, answer) -> None:
    told = json.loads(explain(answer("#sovle\n\nTurn it off.\n"), "--json").output)
    assert told["commands"] == ["#sovle: not understood: there is no #sovle; did you mean #solve?"]
    assert [each["to"] for each in told["sends"]] == [ADA]
    assert told["results"] == ["not done: #sovle there is no #sovle; did you mean #solve?"]


def test_a_forger_is_told_apart_and_nothing_happens(explain, answer, run) -> None:
    raw = answer("#solve\n").replace(b"To: support+", b"To: support+x")
    told = json.loads(explain(raw, "--json").output)
    assert "no token of agent ada" in told["authority"] or "no own token" in told["authority"]
    assert CUSTOMER not in [each["to"] for each in told["sends"]]
    assert json.loads(run("tickets", "show", "1001", "--json").output)["status"] == "open"


def test_accepted_mail_is_explained_with_the_envelope_it_came_with(run, folder) -> None:
    told = json.loads(run("explain", "--inbound", "1", "--json").output)
    assert (told["taken_for"], told["mail"]["from"], told["verified"]) == ("contact", CUSTOMER, "")


@pytest.mark.parametrize("options", [(), ("x.eml", "--inbound", "1")])
def test_a_file_or_an_accepted_mail_is_named_not_both(run, options: tuple[str, ...]) -> None:
    assert run("explain", *options).exit_code == 2


def test_people_read_it_as_a_table(explain, answer) -> None:
    printed = explain(answer("#solve\n\nTurn it off.\n")).output
    for words in ("agent ada", "own token", "#solve: solve", f"reply to {CUSTOMER}", "Turn it off."):
        assert words in printed


def test_a_customers_mail_has_no_commands(explain) -> None:
    told = json.loads(explain(mail("#solve\nHello\n", message_id="<9@customer.example>"), "--json").output)
    assert (told["taken_for"], told["commands"]) == ("contact", [])
