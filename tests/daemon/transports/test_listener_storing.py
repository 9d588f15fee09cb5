"""Between the dot and its reply: what may happen to the peer, to us and to the mail."""

import asyncio
import json
import logging

import pytest
from listening import MAIL, House, Peer, limits, listening

from daemon.errors import Deferred, Refused, Unavailable
from daemon.log import JsonLines


async def entered(house: House) -> None:
    """Until the intake has begun to store."""
    assert await asyncio.get_running_loop().run_in_executor(None, house.intake.entered.wait, 5)


async def begin_storing(house: House) -> Peer:
    """A peer whose mail lies in the intake, which does not let go of it."""
    house.intake.gate.clear()
    peer = await house.call()
    await peer.start_data()
    peer.send(MAIL + b".\r\n")
    await entered(house)
    return peer


async def test_a_peer_that_hangs_up_after_the_dot_does_not_stop_the_storing():
    async with listening() as house:
        peer = await begin_storing(house)
        peer.hang_up()
        await asyncio.sleep(0.01)
        house.intake.gate.set()
    assert [mail.raw for mail in house.intake.mails] == [MAIL]


async def test_a_peer_that_half_closes_after_the_dot_still_gets_its_reply():
    async with listening() as house:
        peer = await begin_storing(house)
        peer.writer.write_eof()
        await asyncio.sleep(0.01)
        house.intake.gate.set()
        assert await peer.rest() == b"250 2.0.0 OK, stored as 1\r\n"


async def test_commands_sent_before_a_half_close_are_all_answered():
    async with listening() as house:
        peer = await house.call()
        await peer.start_data()
        peer.send(MAIL + b".\r\nNOOP\r\nQUIT\r\n")
        peer.writer.write_eof()
        assert [line[:3] for line in (await peer.rest()).splitlines()] == [b"250", b"250", b"221"]


@pytest.mark.parametrize("content", [b"", MAIL, MAIL + b".\r", MAIL + b"."])
async def test_a_mail_without_its_dot_is_not_stored(content: bytes):
    async with listening() as house:
        peer = await house.call()
        await peer.start_data()
        peer.send(content)
        peer.writer.write_eof()
        assert await peer.rest() == b""
    assert house.intake.mails == []


@pytest.mark.parametrize(
    "error", [RuntimeError("db password is hunter2"), OSError(28, "No space: /secret"), KeyError("x")]
)
async def test_a_fault_of_ours_is_answered_451_with_a_log_id_and_no_detail(error: Exception, caplog):
    async with listening() as house:
        house.intake.error = error
        peer = await house.call()
        await peer.greet()
        reply = await peer.deliver(MAIL)
        assert await peer.ask("NOOP") == "250 2.0.0 OK"
    [record] = [record for record in caplog.records if record.getMessage() == "session_failed"]
    assert reply == f"451 4.3.0 Local trouble, try again later (log id {record.fields['log_id']})"


async def test_a_fault_in_the_policy_is_answered_451_too():
    async with listening() as house:
        house.desk.error = ConnectionResetError("policy")
        peer = await house.call()
        await peer.greet()
        assert (await peer.envelope())[1].startswith("451 4.3.0 ")
        assert await peer.ask("NOOP") == "250 2.0.0 OK"


async def test_a_store_that_is_away_is_no_bug_but_a_451(caplog):
    caplog.set_level(logging.INFO)
    async with listening() as house:
        house.intake.error = Unavailable("disk full")
        peer = await house.call()
        await peer.greet()
        assert (await peer.deliver(MAIL)).startswith("451 4.3.0 ")
    assert [record.getMessage() for record in caplog.records if record.name == "postroom"] == [
        "listening",
        "mail_deferred",
    ]


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (Deferred(452, "4.3.1", "Disk full"), "452 4.3.1 Disk full"),
        (Refused(554, "5.7.1", "Denied\r\n250 OK ü"), "554 5.7.1 Denied??250 OK ?"),
    ],
)
async def test_what_the_intake_says_is_the_reply_on_one_line(error: Exception, reply: str):
    async with listening() as house:
        house.intake.error = error
        peer = await house.call()
        await peer.greet()
        assert await peer.deliver(MAIL) == reply


async def test_every_line_of_the_log_says_which_session(caplog):
    caplog.set_level(logging.INFO)
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        await peer.deliver(MAIL)
    [record] = [record for record in caplog.records if record.getMessage() == "mail_accepted"]
    line = json.loads(JsonLines().format(record))
    assert (line["inbound"], line["bytes"], line["peer"], len(line["session"])) == (1, len(MAIL), "127.0.0.1", 8)


async def test_stopping_lets_a_mail_be_stored_and_answered_before_421():
    async with listening() as house:
        peer = await begin_storing(house)
        stopping = asyncio.create_task(house.listener.stop(5))
        await asyncio.sleep(0.01)
        house.intake.gate.set()
        assert await peer.replies(2) == ["250 2.0.0 OK, stored as 1", "421 4.3.2 Shutting down, try again later"]
        peer.hang_up()
        await stopping


async def test_stopping_answers_421_to_idle_and_unfinished_sessions():
    async with listening() as house:
        idle, unfinished = await house.call(), await house.call()
        await idle.greet()
        await unfinished.start_data()
        unfinished.send(MAIL)
        await asyncio.gather(house.listener.stop(5), check_shut_out(idle), check_shut_out(unfinished))
    assert house.intake.mails == []


async def check_shut_out(peer: Peer) -> None:
    assert await peer.rest() == b"421 4.3.2 Shutting down, try again later\r\n"
    peer.hang_up()


async def test_stopping_does_not_wait_for_ever_and_the_store_still_finishes():
    async with listening() as house:
        await begin_storing(house)
        await house.listener.stop(0.02)
        house.intake.gate.set()
        house.executor.shutdown()
        assert [mail.raw for mail in house.intake.mails] == [MAIL]


async def deliver_until_shut_out(house: House) -> list[str]:
    """Mail after mail on one connection; the replies to the dots."""
    peer, replies = await house.call(), []
    await peer.greet()
    while not replies or replies[-1].startswith("250"):
        replies.append(await peer.deliver(MAIL))
    peer.hang_up()
    return replies


async def test_under_load_stopping_loses_no_mail_and_refuses_none_for_good():
    async with listening(limits=limits(max_commands_without_mail=10**6)) as house:
        peers = [asyncio.create_task(deliver_until_shut_out(house)) for _ in range(5)]
        await asyncio.sleep(0.05)
        await house.listener.stop(5)
        replies = [reply[:3] for each in await asyncio.gather(*peers) for reply in each]
    assert replies.count("250") == len(house.intake.mails) > 0
    assert set(replies) <= {"250", "421", ""}


async def test_after_stopping_nobody_gets_in_and_stopping_again_is_harmless():
    async with listening() as house:
        host, port = house.listener.address
        await house.listener.stop()
        await house.listener.stop()
        with pytest.raises(ConnectionError):
            await asyncio.open_connection(host, port)
