"""The IMAP poller against servers and networks that fail, lie or fall silent: it comes back, and nothing is lost."""

import logging
import socket
import threading
import time

import pytest

from tests.fakes.imap_desk import account, desk
from tests.fakes.imap_server import (
    Action,
    Conversation,
    FakeImapServer,
    behave,
    drip,
    hang_up,
    say,
    say_and_hang_up,
    say_first,
    stay_silent,
)

MAIL = b"Subject: x\r\n\r\nbody\r\n"
OTHER = b"Subject: y\r\n\r\nother\r\n"
STAGES = ["GREETING", "CAPABILITY", "LOGIN", "SELECT", "SEARCH", "FETCH", "FETCH BODY", "IDLE"]


def events(caplog: pytest.LogCaptureFixture) -> set[str]:
    return {getattr(record, "event", "") for record in caplog.records}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("fault", [hang_up, stay_silent, drip, say_and_hang_up("* BYE going down")])
def test_after_a_fault_at_any_stage_mail_is_taken_exactly_once(stage: str, fault: Action) -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL)
        server.script(stage, fault)
        wanted = account(server.port, connect_seconds=0.2, silence_seconds=0.2, step_seconds=0.4, poll_seconds=0.1)
        with desk(wanted) as running:
            running.ledger.wait_for(1)
            server.wait_for_command("IDLE")
            server.deliver(OTHER)
            running.ledger.wait_for(2)
        assert running.ledger.raws == [MAIL, OTHER]


@pytest.mark.parametrize(
    "answer",
    [
        "* 1 FETCH (UID 1 BODY[] NIL)\r\nTAG OK done",
        "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\nTAG OK done",
        "* 9 FETCH (UID 9 BODY[] {3}\r\nabc)\r\nTAG OK done",
        "TAG OK done",
        "* 1 FETCH (UID 1 BODY[] {999999999}",
        "* 1 FETCH (UID 1 BODY[] (((",
        "* 1 FETCH (UID 1 X " + "(" * 5000 + ")" * 5000 + ")\r\nTAG OK done",
        "WRONG OK done",
        "* garbage \x00\xff",
        "* OK " + "x" * 1_000_100,
        "TAG NO [SERVERBUG] cannot",
        "TAG BAD User is authenticated but not connected.",
    ],
    ids=lambda text: text[:40],
)
def test_a_bad_answer_to_fetch_is_survived_and_asked_again(answer: str) -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL)
        server.deliver(OTHER)
        server.script("FETCH BODY", say(answer))
        wanted = account(server.port, silence_seconds=0.2, poll_seconds=0.05)
        with desk(wanted) as running:
            running.ledger.wait_for(2)
        assert running.ledger.raws == [MAIL, OTHER]


def test_a_mail_that_vanishes_between_search_and_fetch_is_passed_over() -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL)
        server.script("SEARCH", say("* SEARCH 1 2\r\nTAG OK done"))
        with desk(account(server.port)) as running:
            running.ledger.wait_for(1)
            server.wait_for_command("IDLE")
            server.deliver(OTHER, uid=3)
            running.ledger.wait_for(2)
        assert running.ledger.positions["support", "INBOX"].last_uid == 3


def test_a_mail_without_a_body_is_left_after_some_tries_and_health_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL)
        server.script("FETCH BODY", *[say("* 1 FETCH (UID 1 BODY[] NIL)\r\nTAG OK done")] * 5)
        with desk(account(server.port, poll_seconds=0.02)) as running:
            server.wait_for_command("BODY", 5)
            server.deliver(OTHER)
            running.ledger.wait_for(1)
            server.wait_for_command("IDLE", 7)
            assert running.poller.health().last_error == "mails left in INBOX, too large or unreadable: 1"
    assert "imap_skipped" in events(caplog)


def test_a_mail_that_breaks_the_connection_each_time_holds_up_no_other() -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL)
        server.deliver(OTHER)
        server.script("FETCH BODY", *[hang_up] * 6)
        with desk(account(server.port)) as running:
            running.ledger.wait_for(1)
        assert running.ledger.raws == [OTHER]


def test_a_mail_over_the_limit_is_left_marked_and_never_fetched(caplog: pytest.LogCaptureFixture) -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL * 100)
        server.deliver(MAIL)
        with desk(account(server.port, max_message_bytes=100, poll_seconds=0.05)) as running:
            running.ledger.wait_for(1)
            server.wait_for_command("IDLE", 3)
            assert running.poller.health().last_error == "mails left in INBOX, too large or unreadable: 1"
        assert server.inbox.flags == {1: {"$PostroomTooLarge"}, 2: set()}
    assert [record.event for record in caplog.records if "skip" in record.message] == ["imap_skipped"]  # type: ignore[attr-defined]
    assert "UID FETCH 1 (BODY.PEEK[])" not in server.verbs


def test_a_mail_left_for_its_size_is_taken_after_a_restart_with_a_higher_limit() -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL * 100)
        server.deliver(MAIL)
        with desk(account(server.port, max_message_bytes=100, relist_uids=0)) as first:
            server.wait_for_command("IDLE")
        with desk(account(server.port, relist_uids=0), first.ledger):
            first.ledger.wait_for(2)
        assert first.ledger.raws == [MAIL, MAIL * 100]


def test_a_body_far_larger_than_its_announced_size_is_not_read_into_memory() -> None:
    with FakeImapServer() as server:
        server.size_of = lambda _uid, _raw: 10
        server.deliver(MAIL * 20_000)
        server.deliver(MAIL)
        with desk(account(server.port, max_message_bytes=100_000)) as running:
            running.ledger.wait_for(1)
        assert running.ledger.raws == [MAIL]


def test_an_answer_that_never_ends_is_not_read_into_memory() -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL)
        server.script("SEARCH", say(("* OK " + "x" * 100_000 + "\r\n") * 100))
        with desk(account(server.port, silence_seconds=30)) as running:
            running.ledger.wait_for(1)
        assert server.connections == 2


def test_a_mail_left_behind_is_no_complaint_once_somebody_took_it_away() -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL * 100)
        with desk(account(server.port, max_message_bytes=100, poll_seconds=0.05, relist_seconds=0.1)) as running:
            server.wait_for_command("IDLE")
            assert running.poller.health().last_error
            server.inbox.mails.clear()
            server.wait_for_command("IDLE", 8)
            assert running.poller.health().last_error == ""


def test_a_suggested_back_off_is_obeyed() -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL)
        server.script("SELECT", say("TAG BAD Request is throttled. Suggested Backoff Time: 400 milliseconds"))
        began = time.monotonic()
        with desk(account(server.port)) as running:
            running.ledger.wait_for(1)
        assert time.monotonic() - began > 0.4


def test_a_refused_login_shows_in_health_without_the_secret() -> None:
    with FakeImapServer() as server:
        server.script("LOGIN", *[say("TAG NO [AUTHENTICATIONFAILED] no")] * 1000)
        with desk(account(server.port)) as running:
            server.wait_for_command("LOGIN", 3)
            health = running.poller.health()
        assert "AUTHENTICATIONFAILED" in health.last_error
        assert "secret" not in health.last_error
        assert health.failing_since is not None


def test_a_server_that_cannot_be_reached_is_only_a_failing_account() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with desk(account(port)) as running:
        while not running.poller.health().last_error:
            threading.Event().wait(0.01)
    assert running.poller.health().failing_since is not None


@pytest.mark.parametrize("stage", ["GREETING", "LOGIN", "SEARCH", "FETCH BODY", "IDLE"])
def test_stop_ends_the_poller_at_once_wherever_the_server_fell_silent(stage: str) -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL)
        server.script(stage, stay_silent)
        with desk(account(server.port)) as running:
            server.wait_for_silence()
            began = time.monotonic()
            running.stop()
        assert time.monotonic() - began < 1


def test_stop_ends_the_poller_while_it_is_still_connecting() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        began = time.monotonic()
        with desk(account(full.getsockname()[1])):
            threading.Event().wait(0.2)
        for filler in fillers:
            filler.close()
    assert time.monotonic() - began < 2


def test_one_failing_account_does_not_disturb_another() -> None:
    with FakeImapServer() as good, FakeImapServer() as bad:
        bad.script("GREETING", *[stay_silent] * 50)
        good.deliver(MAIL)
        with desk(account(bad.port)), desk(account(good.port)) as running:
            running.ledger.wait_for(1)


def test_health_tells_of_success_after_a_failure() -> None:
    with FakeImapServer() as server:
        server.script("SEARCH", behave, hang_up)
        server.deliver(MAIL)
        with desk(account(server.port)) as running:
            server.wait_for_command("IDLE")
            health = running.poller.health()
        assert health.last_success is not None
        assert (health.last_error, health.failing_since) == ("", None)


def test_silence_is_logged_as_such(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "postroom")
    with FakeImapServer() as server:
        server.script("SELECT", drip)
        with desk(account(server.port, step_seconds=0.2)):
            server.wait_for_command("IDLE")
    assert {"imap_silent", "imap_connected"} <= events(caplog)


def test_news_that_arrive_together_with_the_idle_reply_are_not_overlooked() -> None:
    with FakeImapServer() as server:

        def answer_in_one_packet(talk: Conversation, tag: str) -> bool:
            server.inbox.mails[1], server.inbox.flags[1] = MAIL, set()
            talk.known = 1
            talk.send("+ idling\r\n* 1 EXISTS")
            talk.idle_until_done(tag)
            return True

        server.script("IDLE", answer_in_one_packet)
        with desk(account(server.port)) as running:
            running.ledger.wait_for(1)


def test_news_told_after_the_search_answer_they_are_missing_from_are_not_overlooked() -> None:
    with FakeImapServer() as server:

        def find_nothing_then_tell(talk: Conversation, tag: str) -> bool:
            server.inbox.mails[1], server.inbox.flags[1] = MAIL, set()
            talk.known = 1
            talk.send(f"* SEARCH\r\n* 1 EXISTS\r\n{tag} OK searched")
            return True

        server.script("SEARCH", find_nothing_then_tell)
        with desk(account(server.port)) as running:
            running.ledger.wait_for(1)


def test_a_server_that_repeats_the_number_of_mails_is_still_idled_with() -> None:
    with FakeImapServer() as server:
        server.script("SEARCH", *[say_first("* 0 EXISTS")] * 1000)
        with desk(account(server.port)):
            server.wait_for_command("IDLE")
        assert len([verb for verb in server.verbs if "SEARCH" in verb]) < 5


def test_a_server_that_ends_every_idle_with_noise_is_not_asked_without_pause() -> None:
    with FakeImapServer() as server:
        server.script("IDLE", *[noisy_idle] * 1000)
        began = time.monotonic()
        with desk(account(server.port, vain_pause_seconds=0.2)):
            server.wait_for_command("IDLE", 5)
        assert time.monotonic() - began > 0.2


def noisy_idle(talk: Conversation, tag: str) -> bool:
    talk.send("+ idling\r\n* OK still here")
    talk.idle_until_done(tag)
    return True


def test_unsolicited_answers_before_the_real_one_do_no_harm() -> None:
    with FakeImapServer() as server:
        server.deliver(MAIL)
        noise = say_first("* 1 FETCH (FLAGS (\\Seen))\r\n* 3 EXPUNGE\r\n* OK [ALERT] maintenance\r\n* 5 RECENT")
        for verb in ("SEARCH", "FETCH", "FETCH BODY"):
            server.script(verb, noise)
        with desk(account(server.port)) as running:
            running.ledger.wait_for(1)
        assert server.connections == 1
