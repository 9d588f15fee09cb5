"""Rules at work: what the store holds afterwards, who is told, and that nothing is lost."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desks import CONFIG, CUSTOMER, KEY, DeskInHand, mail, policy

import parsers
from daemon.config import parse
from daemon.policy import Policy, load_policy
from daemon.store.rule_figures import figures
from daemon.store.schema import ratings
from daemon.store.store import Store
from daemon.workers.assigning import Assigning
from daemon.workers.deciding import consider
from rules.facts import Envelope
from rules.outcomes import outcome_of

PEOPLE = """
[[team]]
name = "support"
[[team]]
name = "noc"
[[agent]]
name = "ada"
addresses = ["ada@desk.example"]
teams = ["support"]
[[agent]]
name = "ben"
addresses = ["ben@desk.example"]
teams = ["support", "noc"]
"""
PRINTER = """
[[rule]]
name = "printers"
when = { subject.pattern = '(?P<thing>printer|scanner)' }
then = { team = "noc", tags = ["hardware"], priority = "P2", field.thing = "{thing}", note = "A {thing}!" }
"""


def desk_of(store: Store, clock: Any, folder: Path, rules: str) -> DeskInHand:
    """A desk with these triage rules."""
    (folder / "triage.toml").write_text(rules, encoding="utf-8")
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    return DeskInHand(store, clock, load(folder))


def load(folder: Path) -> Policy:
    return load_policy(parse(CONFIG.replace("[desk]", f'[desk]\nrules_dir = "{folder}"'), "test.toml"), (KEY,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "rules"
    path.mkdir()
    return path


def test_a_rule_changes_the_new_ticket_and_says_that_it_did(store: Store, clock: Any, folder: Path) -> None:
    desk = desk_of(store, clock, folder, PRINTER)
    desk.take(mail())
    desk.work()
    ticket = desk.ticket()
    assert (ticket["team"], ticket["priority"], ticket["tags"]) == ("noc", "P2", ["hardware"])
    assert [each["text"] for each in ticket["messages"] if not each["public"]] == ["A Printer!"]
    whys = {each["kind"]: each["why"] for each in ticket["events"]}
    assert whys["team"] == whys["rule"] == "rule printers"


def test_notices_go_to_whoever_is_responsible_after_the_rules(store: Store, clock: Any, folder: Path) -> None:
    desk = desk_of(store, clock, folder, PRINTER)
    desk.take(mail())
    desk.work()
    assert desk.sent_to("ben@desk.example")
    assert not desk.sent_to("ada@desk.example")
    assert len(desk.sent_to(CUSTOMER)) == 1


@pytest.mark.parametrize(
    ("action", "state"), [("quarantine", "quarantined"), ("reject", "refused"), ("drop", "refused")]
)
def test_a_mail_kept_out_touches_no_ticket_and_is_recorded(
    store: Store, clock: Any, folder: Path, action: str, state: str
) -> None:
    desk = desk_of(store, clock, folder, f'[[rule]]\nname = "no"\nthen = {{ {action} = "not today" }}')
    desk.take(mail())
    desk.work()
    (row,) = desk.inbound()
    assert (row["state"], "rule no: not today" in row["reason"]) == (state, True)
    assert not desk.tickets()


def test_tickets_are_shared_out_in_turn(store: Store, clock: Any, folder: Path) -> None:
    desk = desk_of(store, clock, folder, '[[rule]]\nname = "rr"\nthen = { assign = { strategy = "round-robin" } }')
    for number in range(4):
        desk.take(mail(message_id=f"<{number}@customer.example>", body=f"No. {number}\n"))
        desk.decide()
        clock.advance(timedelta(minutes=1))
    assert [each["assignee"] for each in desk.tickets()] == ["ada", "ben", "ada", "ben"]


def test_the_best_rated_agent_gets_the_ticket(store: Store, clock: Any, folder: Path) -> None:
    desk = desk_of(store, clock, folder, '[[rule]]\nname = "b"\nthen = { assign = { strategy = "best-rated" } }')
    desk.take(mail())
    desk.decide()
    rated = {"ticket_id": 1, "score": 5, "agent": "ben", "at": clock.now(), "comment": ""}
    rows = [rated | {"anchor": clock.now() - timedelta(days=days)} for days in range(3)]
    store.write(lambda connection: connection.execute(ratings.insert(), rows))
    clock.advance(timedelta(minutes=1))
    desk.take(mail(message_id="<2@customer.example>", body="No. 2\n"))
    desk.decide()
    assert [each["assignee"] for each in desk.tickets()] == ["ada", "ben"]


def test_a_ticket_nobody_could_take_is_given_to_the_first_who_is_back(store: Store, clock: Any, folder: Path) -> None:
    rule = '[[rule]]\nname = "rr"\nthen = { assign = { strategy = "round-robin" } }'
    desk = desk_of(store, clock, folder, rule)  # it is Sunday
    people = PEOPLE.replace('addresses = ["ben', 'shifts = ["mon 09:00-17:00"]\naddresses = ["ben')
    people = people.replace('addresses = ["ada', 'shifts = ["tue 09:00-17:00"]\naddresses = ["ada')
    (folder / "people.toml").write_text(people, encoding="utf-8")
    desk.policy = load(folder)
    desk.take(mail())
    desk.decide()
    assigning = Assigning(store, lambda: desk.policy, clock)
    assert (assigning.step(), desk.tickets()[0]["assignee"]) == (0, "")
    clock.advance(timedelta(hours=23))
    assert (assigning.step(), desk.tickets()[0]["assignee"]) == (1, "ben")
    assert assigning.step() == 0


def test_a_rule_acts_once_a_ticket(store: Store, clock: Any, folder: Path) -> None:
    rule = '[[rule]]\nname = "r"\non = "reply"\nonce = true\nthen = { note = "Again." }'
    desk = desk_of(store, clock, folder, rule)
    desk.take(mail())
    desk.decide()
    for number in (2, 3):
        reply = mail(f"More {number}\n", message_id=f"<{number}@b>", extra="In-Reply-To: <1@customer.example>\n")
        desk.take(reply)
        desk.decide()
    assert [each["text"] for each in desk.ticket()["messages"] if not each["public"]] == ["Again."]


def test_what_explain_says_is_what_happens(store: Store, clock: Any, folder: Path) -> None:
    desk = desk_of(store, clock, folder, PRINTER)
    raw = mail(subject="scanner")
    envelope = Envelope(source="smtp", sender=CUSTOMER, recipients=("support@desk.example",), received_at=clock.now())
    with store.reading() as connection:
        said = outcome_of(
            consider(connection, parsers.parse(raw), envelope, desk.policy, clock.now(), breaker_limit=100)
        )
    desk.take(raw)
    desk.decide()
    ticket = desk.tickets()[0]
    assert {name: said[name] for name in ("team", "priority", "tags", "status", "assignee")} == {
        name: ticket[name] for name in ("team", "priority", "tags", "status", "assignee")
    }


def test_the_figures_count_what_agents_put_right(store: Store, clock: Any, folder: Path) -> None:
    desk = desk_of(store, clock, folder, PRINTER)
    desk.take(mail())
    desk.decide()
    with store.reading() as connection:
        found = figures(connection, clock.now() - timedelta(days=1))
    assert (found["printers"].hits, found["printers"].overridden) == (1, 0)


def test_the_packaged_rules_run_a_desk(store: Store, clock: Any) -> None:
    desk = DeskInHand(store, clock, policy())
    desk.take(mail("I would like a refund.\n", subject="Order 7"))
    desk.work()
    assert desk.tickets()[0]["category"] == "billing/refund"
