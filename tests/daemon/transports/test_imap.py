"""The IMAP poller against a scripted server: what it takes, in which order, and what it leaves alone."""

import re
from collections.abc import Iterator

import pytest

from daemon.errors import Deferred, Refused
from daemon.ports import ImapPosition
from daemon.transports.imap_account import Start
from tests.fakes.imap_desk import account, desk
from tests.fakes.imap_server import FakeImapServer, say, say_first
from tests.fakes.ledger import MemoryLedger


@pytest.fixture
def server() -> Iterator[FakeImapServer]:
    with FakeImapServer() as running:
        yield running


def mail(number: int) -> bytes:
    return b"Message-ID: <%d@x>\r\n\r\nbody %d\r\n" % (number, number)


def test_mails_are_stored_oldest_first_with_key_and_recipient(server: FakeImapServer) -> None:
    for number in range(5):
        server.deliver(mail(number))
    with desk(account(server.port)) as running:
        running.ledger.wait_for(5)
    assert running.ledger.raws == [mail(number) for number in range(5)]
    first = running.ledger.mails[0]
    assert (first.source, first.recipients) == ("imap", ("support@example.test",))
    assert first.imap is not None
    assert (first.imap.uidvalidity, first.imap.uid) == (7, 1)


def test_a_mail_that_arrives_while_idling_is_taken(server: FakeImapServer) -> None:
    with desk(account(server.port)) as running:
        server.wait_for_command("IDLE")
        server.deliver(mail(1))
        running.ledger.wait_for(1)


def test_without_idle_the_folder_is_polled() -> None:
    with FakeImapServer(frozenset({"MOVE"})) as server, desk(account(server.port, poll_seconds=0.05)) as running:
        server.wait_for_command("SELECT", 2)
        server.deliver(mail(1))
        running.ledger.wait_for(1)


def test_the_first_start_takes_only_what_comes_from_now_on(server: FakeImapServer) -> None:
    server.deliver(mail(1))
    with desk(account(server.port, start=Start.FROM_NOW)) as running:
        server.wait_for_command("IDLE")
        server.deliver(mail(2))
        running.ledger.wait_for(1)
    assert running.ledger.raws == [mail(2)]


@pytest.mark.parametrize("mails", [0, 3])
def test_from_now_on_works_where_the_server_hides_uidnext(server: FakeImapServer, mails: int) -> None:
    for number in range(mails):
        server.deliver(mail(number))
    server.script("SELECT", say("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\nTAG OK [READ-WRITE] selected"))
    with desk(account(server.port, start=Start.FROM_NOW)) as running:
        server.wait_for_command("IDLE")
    assert running.ledger.positions["support", "INBOX"] == ImapPosition(uidvalidity=7, last_uid=mails)


def test_mail_from_before_the_start_stays_untouched_after_a_restart(server: FakeImapServer) -> None:
    server.deliver(mail(1))
    ledger = MemoryLedger()
    for number in (2, 3):
        with desk(account(server.port, start=Start.FROM_NOW), ledger):
            server.wait_for_command("IDLE", number - 1)
            server.deliver(mail(number))
            ledger.wait_for(number - 1)
    assert ledger.raws == [mail(2), mail(3)]


def test_a_stored_mail_is_moved_and_one_command_moves_a_batch(server: FakeImapServer) -> None:
    server.folders["Done"] = type(server.inbox)()
    for number in range(3):
        server.deliver(mail(number))
    with desk(account(server.port, handled="move:Done")):
        server.wait_for_command("IDLE")
    assert server.inbox.mails == {}
    assert [verb for verb in server.verbs if "MOVE" in verb] == ['UID MOVE 1,2,3 "Done"']


def test_a_missing_target_folder_is_created_once(server: FakeImapServer) -> None:
    server.deliver(mail(1))
    with desk(account(server.port, handled="move:Done")):
        server.wait_for_command("IDLE")
    assert [verb for verb in server.verbs if "CREATE" in verb] == ['CREATE "Done"']
    assert server.inbox.mails == {}


@pytest.mark.parametrize(
    ("capabilities", "left"), [(frozenset({"IDLE", "UIDPLUS"}), {}), (frozenset({"IDLE"}), {1: {"\\Deleted"}})]
)
def test_without_move_a_copy_is_made_and_only_its_own_uid_expunged(
    capabilities: frozenset[str], left: dict[int, set[str]]
) -> None:
    with FakeImapServer(capabilities) as server:
        server.folders["Done"] = type(server.inbox)()
        server.deliver(mail(1))
        with desk(account(server.port, handled="move:Done")):
            server.wait_for_command("IDLE")
        assert server.inbox.flags == left
        assert list(server.folders["Done"].mails.values()) == [mail(1)]
        assert "EXPUNGE" not in server.verbs


def test_a_mail_marked_deleted_in_lieu_of_a_move_is_not_copied_again() -> None:
    with FakeImapServer(frozenset({"IDLE"})) as server:
        server.folders["Done"] = type(server.inbox)()
        server.deliver(mail(1))
        ledger = MemoryLedger()
        for restart in (1, 2):
            with desk(account(server.port, handled="move:Done"), ledger):
                server.wait_for_command("IDLE", restart)
        assert len(server.folders["Done"].mails) == 1


@pytest.mark.parametrize(("handled", "flag"), [("keyword:$Postroom", "$Postroom"), ("flag", "\\Flagged")])
def test_a_stored_mail_is_marked_and_other_flags_stay(server: FakeImapServer, handled: str, flag: str) -> None:
    server.deliver(mail(1), flags=("\\Seen", "\\Deleted"))
    with desk(account(server.port, handled=handled)):
        server.wait_for_command("IDLE")
    assert server.inbox.flags == {1: {"\\Seen", "\\Deleted", flag}}


def test_only_whole_numbers_and_configured_words_reach_a_command(server: FakeImapServer) -> None:
    for number in range(30):
        server.deliver(b'Message-ID: <%d"\r\nX1 STORE 1:* +FLAGS (\\Deleted)\r\nX2 EXPUNGE>\r\n\r\n' % number)
    with desk(account(server.port, handled="move:Done", batch=7)):
        server.wait_for_command("IDLE")
    allowed = (
        r"(UID (SEARCH UID \d+:[\d*]+( KEYWORD \$PostroomTooLarge)?|FETCH [\d,]+ \((RFC822\.SIZE|BODY\.PEEK\[\])\)"
        r'|MOVE [\d,]+ "Done")|CREATE "Done"|CAPABILITY'
        r'|LOGIN "support@example\.test" "secret"|SELECT "INBOX"|IDLE|DONE)'
    )
    assert [verb for verb in server.verbs if not re.fullmatch(allowed, verb)] == []


def test_a_busy_store_stops_the_batch_and_the_position_waits(server: FakeImapServer) -> None:
    for number in range(3):
        server.deliver(mail(number))
    ledger = MemoryLedger()
    ledger.faults = [Deferred(452, "4.3.1", "disk full")]
    with desk(account(server.port), ledger) as running:
        ledger.wait_for(3)
        server.wait_for_command("IDLE")
        assert running.poller.health().failing_since is None
    assert [key.uid for key in ledger.offered] == [1, 1, 2, 3]
    assert ledger.raws == [mail(number) for number in range(3)]


def test_one_mail_the_store_cannot_take_holds_up_no_other_and_is_never_given_up(server: FakeImapServer) -> None:
    ledger = MemoryLedger()
    ledger.poison = b"body 1"
    for number in range(3):
        server.deliver(mail(number))
    with desk(account(server.port), ledger):
        ledger.wait_for(2)
        server.deliver(mail(4))
        ledger.wait_for(3)
        assert ledger.positions["support", "INBOX"].last_uid == 1
        ledger.poison = b""
        ledger.wait_for(4)


def test_a_mail_refused_by_policy_is_left_and_not_offered_again(server: FakeImapServer) -> None:
    server.deliver(mail(1))
    server.deliver(mail(2))
    ledger = MemoryLedger()
    ledger.faults = [Refused(550, "5.7.1", "denied")]
    with desk(account(server.port, handled="move:Done"), ledger):
        ledger.wait_for(1)
        server.wait_for_command("IDLE")
    assert [key.uid for key in ledger.offered] == [1, 2]
    assert list(server.inbox.mails) == [1]


def test_a_mail_stored_but_not_moved_is_moved_after_a_restart_and_not_fetched(server: FakeImapServer) -> None:
    server.deliver(mail(1))
    ledger = MemoryLedger()
    server.script("MOVE", say("TAG NO [OVERQUOTA] full"))
    server.script("CREATE", say("TAG NO exists"))
    with desk(account(server.port, handled="move:Done"), ledger) as running:
        server.wait_for_command("IDLE")
        assert "OVERQUOTA" in running.poller.health().last_error
    with desk(account(server.port, handled="move:Done"), ledger):
        server.wait_for_command("IDLE", 2)
    assert server.inbox.mails == {}
    assert len([verb for verb in server.verbs if "BODY" in verb]) == 1


def test_a_refused_move_is_tried_again_later_in_the_same_session(server: FakeImapServer) -> None:
    server.deliver(mail(1))
    server.script("MOVE", say("TAG NO [OVERQUOTA] full"))
    server.script("CREATE", say("TAG NO exists"))
    with desk(account(server.port, handled="move:Done", poll_seconds=0.05, relist_seconds=0.1)):
        server.wait_for_command("MOVE", 2)
        server.wait_for_command("IDLE", 3)
    assert server.inbox.mails == {}


def test_a_changed_uidvalidity_offers_everything_again_and_stores_nothing_twice(server: FakeImapServer) -> None:
    for number in range(3):
        server.deliver(mail(number))
    ledger = MemoryLedger()
    with desk(account(server.port), ledger):
        ledger.wait_for(3)
    server.inbox.uidvalidity = 3  # lower: only "different" counts
    server.deliver(mail(9))
    with desk(account(server.port), ledger):
        ledger.wait_for(4)
    assert len(ledger.offered) == 7
    assert ledger.positions["support", "INBOX"] == ImapPosition(uidvalidity=3, last_uid=4)


def test_a_uidvalidity_change_in_mid_session_stores_nothing_under_the_old_one(server: FakeImapServer) -> None:
    server.deliver(mail(1))

    def renumber(*_: object) -> bool:
        server.inbox.uidvalidity = 8
        return False

    server.script("FETCH BODY", lambda *call: renumber() or say_first("* OK [UIDVALIDITY 8] renumbered")(*call))
    with desk(account(server.port)) as running:
        running.ledger.wait_for(1)
    assert [key.uidvalidity for key in running.ledger.offered] == [8]


def test_a_server_without_uidvalidity_is_not_read(server: FakeImapServer) -> None:
    server.deliver(mail(1))
    server.select_extra = False
    with desk(account(server.port)) as running:
        server.wait_for_command("SELECT", 2)
        assert "UIDVALIDITY" in running.poller.health().last_error
    assert running.ledger.offered == []


def test_a_mail_that_becomes_visible_late_is_still_taken(server: FakeImapServer) -> None:
    server.deliver(mail(5), uid=5)
    with desk(account(server.port, poll_seconds=0.05, relist_seconds=0.1)) as running:
        running.ledger.wait_for(1)
        server.deliver(mail(3), uid=3)
        running.ledger.wait_for(2)
    assert running.ledger.raws == [mail(5), mail(3)]


def test_a_read_only_folder_is_read_but_not_touched(server: FakeImapServer) -> None:
    server.deliver(mail(1))
    server.script("SELECT", say("* OK [UIDVALIDITY 7] v\r\nTAG OK [READ-ONLY] selected"))
    server.script("EXAMINE", say("* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\nTAG OK [READ-ONLY] selected"))
    with desk(account(server.port, handled="move:Done")) as running:
        running.ledger.wait_for(1)
        server.wait_for_command("IDLE")
        assert "read-only" in running.poller.health().last_error
    assert list(server.inbox.mails) == [1]


def test_a_backlog_is_read_in_batches_and_survives_a_stop_in_the_middle(server: FakeImapServer) -> None:
    for number in range(60):
        server.deliver(mail(number))
    ledger = MemoryLedger()
    with desk(account(server.port, batch=7), ledger):
        ledger.wait_for(20)
    with desk(account(server.port, batch=7), ledger):
        ledger.wait_for(60)
    assert ledger.raws == [mail(number) for number in range(60)]
    assert len(ledger.offered) == 60
