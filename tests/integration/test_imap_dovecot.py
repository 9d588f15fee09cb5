"""The IMAP poller against a real Dovecot: every mail once, in order, and other people's flags left alone."""

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from daemon.clock import SystemClock
from daemon.transports.imap import ImapAccount
from daemon.transports.imap_account import Auth, Security, Start
from daemon.transports.imap_session import ImapSession
from daemon.transports.imap_watchdog import Watchdog
from daemon.transports.oauth import OAuthClient, TokenSource
from tests.fakes.imap_desk import account, desk
from tests.fakes.ledger import FileLedger, MemoryLedger
from tests.fakes.token_endpoint import TokenEndpoint
from tests.integration.crashing_poller import KILLED, read_until_killed
from tests.integration.dovecot import PASSWORD, USER, Dovecot

pytestmark = pytest.mark.integration
BACKLOG = 1000


def mail(number: int) -> bytes:
    return b"From: ann@example.org\r\nSubject: mail %d\r\nMessage-ID: <%d@example.org>\r\n\r\nHello.\r\n" % (
        number,
        number,
    )


@pytest.fixture(scope="module")
def endpoint() -> Iterator[TokenEndpoint]:
    with TokenEndpoint((200, {})) as running:
        yield running


@pytest.fixture(scope="module")
def server(endpoint: TokenEndpoint) -> Iterator[Dovecot]:
    if missing := Dovecot.missing():
        if os.environ.get("POSTROOM_REQUIRE_SERVERS") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with Dovecot(endpoint.port) as running:
        yield running


@pytest.fixture
def inbox(server: Dovecot) -> Dovecot:
    """The server with an empty inbox."""
    with server.client() as client:
        client.uid("STORE", "1:*", "+FLAGS", "\\Deleted")
        client.expunge()
        client.delete("Done")
    return server


def ours(server: Dovecot, **options: object) -> ImapAccount:
    return account(**{"port": server.port, "user": USER, "secret": lambda: PASSWORD, "handled": "move:Done", **options})


def wait_until_left(server: Dovecot, mails: int) -> None:
    deadline = time.monotonic() + 10
    while server.count("INBOX") != mails:
        assert time.monotonic() < deadline, "mails stay in the inbox"


def subjects(ledger: MemoryLedger) -> list[int]:
    return [int(raw.partition(b"Subject: mail ")[2].split(b"\r\n")[0]) for raw in ledger.raws]


def test_mail_by_lmtp_and_append_is_seen_in_idle_and_moved(inbox: Dovecot) -> None:
    with desk(ours(inbox, start=Start.FROM_NOW)) as running:
        running.ledger.wait_for_position()
        inbox.deliver(mail(1))
        running.ledger.wait_for(1)
        inbox.append(mail(2))
        running.ledger.wait_for(2)
        wait_until_left(inbox, 0)
    assert subjects(running.ledger) == [1, 2]
    assert inbox.count("Done") == 2


def test_what_the_server_shows_only_after_login_is_made_use_of(inbox: Dovecot) -> None:
    with closing(ImapSession(ours(inbox), Watchdog())) as session:
        assert session.capabilities == {"IDLE", "MOVE", "UIDPLUS"}


def test_a_restart_finds_nothing_twice(inbox: Dovecot) -> None:
    ledger = MemoryLedger()
    for number, handled in enumerate(("keep", "keyword:$Postroom", "flag", "move:Done")):
        inbox.append(mail(number))
        with desk(ours(inbox, handled=handled), ledger):
            ledger.wait_for(number + 1)
            ledger.wait_for_last_uid()
    assert subjects(ledger) == [0, 1, 2, 3]
    assert len(ledger.offered) == 4


def test_a_crash_between_store_and_move_loses_and_doubles_nothing(inbox: Dovecot, tmp_path: Path) -> None:
    inbox.append(*(mail(number) for number in range(20)))
    for mails in (3, 1, 7):
        assert read_until_killed(inbox.port, tmp_path / "ledger", mails) == KILLED
    with desk(ours(inbox, batch=6), FileLedger(tmp_path / "ledger")) as running:
        running.ledger.wait_for(20)
        wait_until_left(inbox, 0)
    assert subjects(running.ledger) == list(range(20))
    assert (len(running.ledger.offered), inbox.count("Done")) == (20, 20)


def test_a_recreated_folder_is_read_again_and_nothing_stored_twice(inbox: Dovecot) -> None:
    ledger = MemoryLedger()
    with inbox.client() as client:
        client.create("Desk")
        for number in range(3):
            client.append("Desk", "", "", mail(number))
    with desk(ours(inbox, folder="Desk", handled="keep", poll_seconds=0.2), ledger):
        ledger.wait_for(3)
        with inbox.client() as client:
            client.delete("Desk")
            client.create("Desk")
            for number in range(4):
                client.append("Desk", "", "", mail(number))
        ledger.wait_for(4)
    assert subjects(ledger) == [0, 1, 2, 3]
    assert len({key.uidvalidity for key in ledger.offered}) == 2


@pytest.mark.parametrize(("handled", "ours_too"), [("keep", set()), ("keyword:$Postroom", {"$Postroom"})])
def test_flags_of_other_people_are_neither_read_nor_changed(inbox: Dovecot, handled: str, ours_too: set[str]) -> None:
    inbox.append(mail(1), mail(2), mail(3))
    with inbox.client() as client:
        client.store("1", "+FLAGS", "\\Seen")
        client.store("2", "+FLAGS", "\\Deleted")
    with desk(ours(inbox, handled=handled)) as running:
        running.ledger.wait_for(3)
        running.ledger.wait_for_last_uid()
    assert inbox.flags() == [{"\\Seen", *ours_too}, {"\\Deleted", *ours_too}, ours_too]


def test_moving_ours_expunges_nobody_elses(inbox: Dovecot) -> None:
    inbox.append(mail(1))
    with inbox.client() as client:
        client.store("1", "+FLAGS", "\\Deleted")
    with desk(ours(inbox, start=Start.FROM_NOW)) as running:
        running.ledger.wait_for_position()
        inbox.append(mail(2))
        running.ledger.wait_for(1)
        wait_until_left(inbox, 1)
    assert inbox.flags() == [{"\\Deleted"}]


def test_a_backlog_is_taken_in_order_and_moved(inbox: Dovecot) -> None:
    inbox.append(*(mail(number) for number in range(BACKLOG)))
    with desk(ours(inbox)) as running:
        running.ledger.wait_for(BACKLOG, 60)
        wait_until_left(inbox, 0)
    assert subjects(running.ledger) == list(range(BACKLOG))
    assert inbox.count("Done") == BACKLOG


def test_a_server_restart_is_survived(inbox: Dovecot) -> None:
    with desk(ours(inbox, start=Start.FROM_NOW)) as running:
        running.ledger.wait_for_position()
        inbox.stop()
        inbox.start()
        inbox.append(mail(1))
        running.ledger.wait_for(1)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_mail_comes_over_verified_tls_while_idling(inbox: Dovecot, security: Security) -> None:
    port = inbox.tls_port if security is Security.TLS else inbox.port
    with desk(ours(inbox, port=port, security=security, tls=inbox.tls, start=Start.FROM_NOW)) as running:
        running.ledger.wait_for_position()
        inbox.append(mail(1))
        running.ledger.wait_for(1)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_an_unknown_certificate_is_not_talked_to(inbox: Dovecot, security: Security) -> None:
    port = inbox.tls_port if security is Security.TLS else inbox.port
    with desk(ours(inbox, port=port, security=security)) as running:
        while not running.poller.health().last_error:
            time.sleep(0.01)
        assert "certificate" in running.poller.health().last_error


def test_an_access_token_that_was_withdrawn_is_renewed(inbox: Dovecot, endpoint: TokenEndpoint) -> None:
    endpoint.active = {"new": USER}
    endpoint.answers = [(200, {"access_token": token, "expires_in": 3600}) for token in ("old", "new")]
    tokens = TokenSource(OAuthClient(token_url=endpoint.url, client_id="desk"), SystemClock())
    inbox.append(mail(1))
    with desk(ours(inbox, auth=Auth.XOAUTH2, secret=tokens.token, renew=tokens.forget)) as running:
        running.ledger.wait_for(1)
