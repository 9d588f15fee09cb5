"""What rules do beyond the ticket, from the file to the effect: answers, other tickets, forwards, programs."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desks import CONFIG, CUSTOMER, KEY, DeskInHand, mail
from flaky_stores import Flaky

from daemon.config import parse
from daemon.errors import Unavailable
from daemon.policy import load_policy
from daemon.store import errands as errand_rows
from daemon.store.store import Store
from daemon.store.tickets import facts
from daemon.transports.processes import Ran
from daemon.transports.webhooks import Answer
from daemon.workers.errands import CommandLine, Errands, Webhook

PEOPLE = """
[[team]]
name = "support"
[[agent]]
name = "ada"
addresses = ["ada@desk.example"]
teams = ["support"]
[[agent]]
name = "eve"
addresses = ["eve@desk.example"]
"""
OUTSIDE = """
[rules]
forward_to = ["@partner.example", "night@ops.example"]
commands_an_hour = 2
[[webhook]]
name = "pager"
url = "https://pager.example/hook"
secret = { env = "PAGER" }
[[command]]
name = "ping"
run = ["/usr/bin/ping", "-c", "1", "{host}"]
arguments = { host = "host" }
"""
PING = (
    "[[rule]]\nname = \"r\"\nwhen = { text.pattern = 'host (?P<host>\\S+)' }\n"
    'then = { run = { command = "ping", host = "{host}" } }'
)
CANNED = "Hello from {{ desk.name }}, this is {{ ticket.number }}."
CHECKING = 'authserv_ids = ["mx.desk.example"]'
PROVED = "Authentication-Results: mx.desk.example; dmarc=pass header.from=customer.example\n"
REPLY_TO_FIRST = "In-Reply-To: <1@customer.example>\n"


@dataclass(slots=True)
class Desk:
    """A desk of these rules, with programs that are lists."""

    hands: DeskInHand
    posts: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    ran: list[list[str]] = field(default_factory=list)
    errands: Errands = field(init=False)

    def __post_init__(self) -> None:
        self.errands = self.made(self.hands.store)

    def made(self, store: Any) -> Errands:
        """The worker on this store."""
        line = CommandLine(parts=("/usr/bin/ping", "-c", "1", "{host}"), timeout_seconds=1, most_bytes=100)
        return Errands(
            store,
            self.hands.clock,
            {"pager": Webhook(url="https://pager.example/hook", secret=lambda: "s3cret", timeout_seconds=1)},
            {"ping": line},
            post=self.post,
            run=self.run,
            commands_an_hour=2,
            admins=["root@desk.example"],
        )

    def post(self, _url: str, body: bytes, headers: Mapping[str, str], _timeout: float) -> Answer:
        self.posts.append((body, headers))
        return Answer(code=self.answers.pop(0) if self.answers else 200, text="ok")

    def run(self, argv: list[str], **_limits: object) -> Ran:
        self.ran.append(argv)
        return Ran(code=0, output="64 bytes from it\n")

    def take(self, raw: bytes, sender: str = CUSTOMER) -> None:
        self.hands.take(raw, sender)
        self.hands.work()
        while self.errands.step():
            pass

    def sent(self, recipient: str) -> list[bytes]:
        return [each.raw for each in self.hands.carrier.sent if each.recipient == recipient]

    def rows(self) -> list[dict[str, Any]]:
        with self.hands.store.reading() as connection:
            return errand_rows.listing(connection)

    def notes(self, number: int = 1001) -> list[str]:
        return [each["text"] for each in self.hands.ticket(number)["messages"] if not each["public"]]


@pytest.fixture
def make(store: Store, clock: Any, tmp_path: Path) -> Any:
    """Makes a desk of a `then` table, or of whole rules."""
    folder, templates = tmp_path / "rules", tmp_path / "templates"
    folder.mkdir()
    (templates / "canned").mkdir(parents=True)
    (templates / "canned" / "hello.md").write_text(CANNED, encoding="utf-8")
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")

    def desk(then: str, on: str = "new", options: str = "") -> Desk:
        rules = then if "[[rule]]" in then else f'[[rule]]\nname = "r"\non = "{on}"\nthen = {{ {then} }}'
        (folder / "triage.toml").write_text(rules, encoding="utf-8")
        section = f'[desk]\nrules_dir = "{folder}"\ntemplates_dir = "{templates}"\n{options}'
        config = parse(CONFIG.replace("[desk]", section) + OUTSIDE, "test.toml")
        return Desk(DeskInHand(store, clock, load_policy(config, (KEY,))))

    return desk


def second(subject: str = "Printer broken", body: str = "More of the same.\n", **more: str) -> bytes:
    return mail(body, subject=subject, message_id="<2@customer.example>", **more)


def test_a_follower_hears_of_this_mail_and_of_the_next(make: Any) -> None:
    desk = make('follower = ["eve"]')
    desk.take(mail())
    assert len(desk.sent("eve@desk.example")) == 1
    desk.hands.clock.advance(timedelta(hours=1))
    desk.take(second(extra=REPLY_TO_FIRST))
    assert len(desk.sent("eve@desk.example")) == 2


def test_a_prepared_answer_takes_the_place_of_the_acknowledgement(make: Any) -> None:
    desk = make('reply = { canned = "hello" }')
    desk.take(mail())
    (sent,) = desk.sent(CUSTOMER)
    assert b"this is 1001" in sent
    assert b"Auto-Submitted: auto-replied" in sent
    assert b"Printer" not in sent


def test_a_reply_on_a_ticket_is_answered_too(make: Any) -> None:
    desk = make('reply = { canned = "hello" }', on="reply", options=CHECKING)
    desk.take(mail(extra=PROVED))
    desk.take(second(extra=PROVED + REPLY_TO_FIRST))
    assert [b"this is 1001" in each for each in desk.sent(CUSTOMER)] == [False, True]


@pytest.mark.parametrize("extra", ["Auto-Submitted: auto-generated\n", "X-Auto-Response-Suppress: All\n"])
def test_no_rule_answers_mail_that_must_not_be_answered(make: Any, extra: str) -> None:
    desk = make('reply = { canned = "hello" }')
    desk.take(mail(extra=extra))
    assert not desk.sent(CUSTOMER)


def test_five_automatic_answers_a_day_are_enough(make: Any) -> None:
    desk = make('reply = { canned = "hello" }', on="reply", options=CHECKING)
    desk.take(mail(extra=PROVED))
    for number in range(2, 9):
        desk.take(mail(f"No. {number}\n", message_id=f"<{number}@customer.example>", extra=PROVED + REPLY_TO_FIRST))
    assert len(desk.sent(CUSTOMER)) == 5


def test_a_ticket_named_in_the_mail_is_linked(make: Any) -> None:
    rule = '[[rule]]\nname = "r"\nwhen = { text.pattern = \'like (?P<no>\\d+)\' }\nthen = { link = "{no}" }'
    desk = make(rule)
    desk.take(mail())
    desk.take(second("Other", "It is like 1001 again.\n"))
    desk.take(mail("It is like 4711.\n", message_id="<3@customer.example>"))
    assert [each["why"] for each in desk.hands.ticket(1002)["events"] if each["kind"] == "linked"] == ["rule r"]
    assert not [each for each in desk.hands.ticket(1003)["events"] if each["kind"] == "linked"]


def test_mail_of_the_same_subject_goes_on_in_the_ticket_there_is(make: Any) -> None:
    desk = make('merge = "same-subject"')
    desk.take(mail())
    desk.take(second("Re: Printer broken"))
    assert len(desk.hands.ticket(1001)["messages"]) == 2
    assert desk.hands.ticket(1002)["status"] == "closed"


def test_another_customers_ticket_is_only_linked(make: Any) -> None:
    desk = make("merge = 1001")
    desk.take(mail())
    desk.take(second(sender="eve@evil.example"), "eve@evil.example")
    assert len(desk.hands.ticket(1001)["messages"]) == 1
    assert any(each["kind"] == "linked" for each in desk.hands.ticket(1002)["events"])


def test_a_mail_is_passed_on_with_its_words_and_marked(make: Any) -> None:
    desk = make('forward = ["night@ops.example", "kay@partner.example"]')
    desk.take(mail("The line is down.\n"))
    (sent,) = desk.sent("night@ops.example")
    assert b"The line is down." in sent
    assert b"X-Postroom-Forwarded: " in sent
    assert b"Auto-Submitted: auto-generated" in sent
    assert len(desk.sent("kay@partner.example")) == 1


@pytest.mark.parametrize(
    ("extra", "sender"),
    [
        ("X-Postroom-Forwarded: other.example\n", CUSTOMER),
        ("Auto-Submitted: auto-replied\n", CUSTOMER),
        ("", "night@ops.example"),
    ],
)
def test_mail_is_not_passed_on_in_circles(make: Any, extra: str, sender: str) -> None:
    desk = make('forward = "night@ops.example"')
    desk.take(mail(extra=extra, sender=sender), sender)
    assert not [each for each in desk.sent("night@ops.example") if b"Subject: Fwd:" in each]


def test_a_webhook_is_told_of_the_ticket_and_signed(make: Any) -> None:
    desk = make('webhook = "pager", priority = "P2"')
    desk.take(mail())
    ((body, headers),) = desk.posts
    told = json.loads(body)
    assert (told["ticket"]["number"], told["ticket"]["priority"], told["message"]["subject"]) == (
        1001,
        "P2",
        "Printer broken",
    )
    stamp, _, signed = headers["Postroom-Signature"].partition(",v1=")
    wanted = hmac.new(b"s3cret", stamp.removeprefix("t=").encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (signed, told["delivery"]) == (wanted, headers["Postroom-Delivery"])


def test_a_webhook_is_called_again_until_it_takes_the_same_delivery(make: Any) -> None:
    desk = make('webhook = "pager"')
    desk.answers = [500, 0]
    desk.take(mail())
    for _ in range(3):
        desk.hands.clock.advance(timedelta(minutes=6))
        desk.errands.step()
    assert len(desk.posts) == 3
    assert len({body for body, _ in desk.posts}) == 1
    assert (desk.rows()[0]["state"], desk.rows()[0]["attempts"]) == ("done", 3)


def test_a_webhook_that_takes_nothing_for_days_is_given_up_and_told(make: Any) -> None:
    desk = make('webhook = "pager"')
    desk.answers = [500, 500]
    desk.take(mail())
    desk.hands.clock.advance(timedelta(days=3))
    desk.errands.step()
    desk.hands.deliver()
    assert desk.rows()[0]["state"] == "failed"
    assert len(desk.sent("root@desk.example")) == 1


def test_a_command_line_is_run_and_its_output_noted(make: Any) -> None:
    desk = make(PING)
    desk.take(mail("It is host fe01.desk.example that is down.\n"))
    assert desk.ran == [["/usr/bin/ping", "-c", "1", "fe01.desk.example"]]
    assert desk.notes() == ["ping host=fe01.desk.example (exit code 0)\n\n64 bytes from it"]


@pytest.mark.parametrize("host", ["-f", "a;reboot", "$(id)", "..", "x" * 300, "10.0.0.1;", "a.b\u0430.example"])
def test_an_argument_of_another_kind_is_never_run(make: Any, host: str) -> None:
    desk = make(PING)
    desk.take(mail(f"It is host {host} now.\n", extra="Content-Type: text/plain; charset=utf-8\n"))
    assert not desk.ran
    assert not desk.rows()


def test_no_more_commands_run_than_an_hour_allows(make: Any) -> None:
    desk = make(PING)
    for number in range(4):
        desk.take(mail(f"host fe0{number}.desk.example\n", message_id=f"<{number}@customer.example>"))
    assert len(desk.ran) == 2
    assert "enough commands" in desk.notes(1004)[0]


def test_a_command_that_a_crash_cut_off_is_not_run_again(make: Any, store: Store) -> None:
    desk = make(PING)
    desk.hands.take(mail("host fe01.desk.example\n"))
    desk.hands.work()
    now = desk.hands.clock.now()
    store.write(lambda connection: errand_rows.claim(connection, now, 1))
    desk.hands.clock.advance(timedelta(hours=1))
    desk.errands.step()
    assert (desk.ran, desk.rows()[0]["state"]) == ([], "failed")


def test_each_attempt_is_shown_with_its_time_and_answer(make: Any, store: Store) -> None:
    desk = make('webhook = "pager"')
    desk.answers = [500]
    desk.take(mail())
    desk.hands.clock.advance(timedelta(minutes=6))
    desk.errands.step()
    with store.reading() as connection:
        tries = (errand_rows.one(connection, 1) or {})["tries"]
    assert [(each["started_at"][11:16], each["outcome"], each["answer"]) for each in tries] == [
        ("10:00", "again", "500: ok"),
        ("10:06", "done", "200: ok"),
    ]


def test_a_claim_whose_answer_is_lost_is_found_again_and_counts_once(make: Any, store: Store) -> None:
    desk = make(PING)
    desk.hands.take(mail("host fe01.desk.example\n"))
    desk.hands.work()
    now = desk.hands.clock.now()
    until = now + errand_rows.CLAIM
    (first,) = store.write(lambda connection: errand_rows.claim(connection, now, 1, until=until))
    assert not store.write(lambda connection: errand_rows.claim(connection, now, 1, lost=now))
    (again,) = store.write(lambda connection: errand_rows.claim(connection, now, 1, lost=until))
    assert again == first


@pytest.mark.parametrize("kind", ["lost_commits", "lost_replies"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_database_that_vanishes_makes_no_command_run_twice_or_go_unnoted(make: Any, kind: str, number: int) -> None:
    desk = make(PING)
    desk.hands.take(mail("host fe01.desk.example\n"))
    desk.hands.work()
    flaky = Flaky(desk.hands.store)
    getattr(flaky, kind).add(number)
    errands = desk.made(flaky)
    errands.wake()
    for _ in range(2):
        with suppress(Unavailable):
            errands.step()
    assert len(desk.ran) == 1
    assert desk.notes() == ["ping host=fe01.desk.example (exit code 0)\n\n64 bytes from it"]


def test_an_admin_can_make_an_errand_again_or_drop_it(make: Any, store: Store) -> None:
    desk = make('webhook = "pager"')
    desk.answers = [410]
    desk.take(mail())
    now = desk.hands.clock.now()
    assert store.write(lambda connection: errand_rows.retry(connection, 1, now))
    assert store.write(lambda connection: errand_rows.drop(connection, 1, now))
    assert not store.write(lambda connection: errand_rows.drop(connection, 1, now))


def test_the_fields_that_survey_and_deadlines_go_by_are_set(make: Any, store: Store) -> None:
    desk = make("survey = false")
    desk.take(mail())
    with store.reading() as connection:
        assert dict(facts(connection, [1])[1].fields) == {"survey": "off"}
