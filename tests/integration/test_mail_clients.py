"""An agent works from mutt and from s-nail: the notice is read from Dovecot, the answer goes through Postfix."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from dovecot import USER, Dovecot
from mail_clients import Client, Mutt, SNail
from postfix import Postfix
from running import DESK, Daemon, free_port
from servers import needs

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
CANARY = "the canary sings in the cellar, and nobody outside may ever hear it sing"
_PLAIN = {ord("["): "-", ord("]"): None, ord("_"): "-"}
PEOPLE = f"""\
[[team]]
name = "support"
[[agent]]
name = "ada"
display_name = "Ada Agent"
addresses = ["{USER}"]
teams = ["support"]
"""


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    needs(Dovecot.missing())
    with Dovecot() as server:
        yield server


@pytest.fixture(scope="module")
def lmtp() -> int:
    """The port on which the desk takes mail from Postfix."""
    return free_port()


@pytest.fixture(scope="module")
def postfix(dovecot: Dovecot, lmtp: int) -> Iterator[Postfix]:
    needs(Postfix.missing())
    routes = {"desk.example": lmtp, "example.test": dovecot.lmtp_port, "customer.example": dovecot.lmtp_port}
    server = Postfix(routes)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def daemon(postfix: Postfix, lmtp: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """Between a Postfix and a Dovecot, where agents and customers have their mailboxes."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "rules").mkdir()
    (folder / "rules" / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (folder / "rules" / "deadlines.toml").write_text("[digests]\ndaily = false\n", encoding="utf-8")  # at eight
    outbound = f'[outbound]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {postfix.port}\n'
    desk = Daemon(folder, outbound=outbound, options='rules_dir = "rules"\n', lmtp=lmtp)
    desk.start()
    yield desk
    assert desk.command("verify")["ok"]
    desk.stop()


@pytest.fixture(params=[Mutt, SNail], ids=["mutt", "s-nail"])
def client(request: pytest.FixtureRequest, postfix: Postfix, dovecot: Dovecot, tmp_path: Path) -> Client:
    kind: type[Client] = request.param
    needs(kind.missing())
    return kind(tmp_path, dovecot.port, postfix.port)


@dataclass(slots=True)
class Scene:
    """A customer nobody else has heard of, the agent, and what each of them finds in the mailbox."""

    desk: Daemon
    dovecot: Dovecot
    customer: str
    asked: int = 0

    def ask(self, text: str, subject: str = "Printer") -> None:
        """The customer writes; the agent has got the notice when this returns."""
        self.asked += 1
        lines = (
            f"From: Kim <{self.customer}>",
            f"To: {DESK}",
            f"Subject: {subject}",
            f"Message-ID: <{self.asked}.{self.customer}>",
        )
        with self.more_for(USER):
            self.desk.send("\r\n".join((*lines, "", text, "")).encode(), self.customer)

    @contextmanager
    def more_for(self, user: str) -> Iterator[None]:
        """Wait until what is done here has brought somebody a mail."""
        before = len(self.dovecot.mails(user))
        yield
        self.desk.wait(lambda: len(self.dovecot.mails(user)) > before)

    def mails(self, user: str) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.dovecot.mails(user)]

    def heard(self) -> EmailMessage:
        """What the customer has got from a person, when it is there."""
        self.desk.wait(lambda: any(not mail["Auto-Submitted"] for mail in self.mails(self.customer)))
        return next(mail for mail in self.mails(self.customer) if not mail["Auto-Submitted"])

    def ticket(self) -> dict[str, Any]:
        tickets: list[dict[str, Any]] = self.desk.command("tickets", "list")
        return next(each for each in tickets if each["requester"] == self.customer)


@pytest.fixture
def scene(daemon: Daemon, dovecot: Dovecot, request: pytest.FixtureRequest) -> Scene:
    return Scene(
        desk=daemon,
        dovecot=dovecot,
        customer=f"{request.node.name[-60:].translate(_PLAIN).strip('-')}@customer.example",
    )


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").strip()


def test_an_answer_reaches_the_customer_and_commands_do_not(scene: Scene, client: Client) -> None:
    scene.ask("It does not print.")
    client.answer("#solve\n#tag +paper\n\nPlease turn it off and on again.")
    mail, ticket = scene.heard(), scene.ticket()
    assert text_of(mail) == "Please turn it off and on again."
    assert "Ada Agent" in mail["From"]
    assert USER not in str(mail)
    assert (ticket["status"], ticket["tags"], ticket["assignee"]) == ("solved", ["paper"], "ada")


def test_what_the_notice_told_below_its_line_stays_inside(scene: Scene, client: Client) -> None:
    scene.ask("It does not print.")
    number = str(scene.ticket()["number"])
    with scene.more_for(USER):
        scene.desk.command("ticket", "note", number, CANARY)
    scene.ask("Are you there?", f"Re: [#{number}] Printer")
    assert CANARY in " ".join(text_of(scene.mails(USER)[-1]).split())
    client.answer("Yes, we are.")
    assert text_of(scene.heard()) == "Yes, we are."
    assert b"canary" not in b"".join(scene.dovecot.mails(scene.customer))


def test_a_command_alone_is_answered_to_the_agent_only(scene: Scene, client: Client) -> None:
    scene.ask("It does not print.")
    with scene.more_for(USER):
        client.answer("#take\n#show")
    told = scene.mails(USER)[-1]
    assert "Done" in told["Subject"]
    assert "It does not print." in text_of(told)
    scene.desk.wait(scene.desk.settled)
    assert len(scene.mails(scene.customer)) == 1  # the acknowledgement
