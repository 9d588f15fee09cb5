"""What a listener does with peers that are too many, too slow, too big or too chatty."""

import asyncio
from datetime import timedelta

import pytest
from listening import MAIL, NOON, limits, listening

from daemon.clock import FakeClock

TIMEOUT = b"421 4.4.2 Timeout, closing connection\r\n"


async def test_the_eleventh_connection_of_ten_is_turned_away():
    async with listening(limits=limits(max_connections=10)) as house:
        peers = [await house.call() for _ in range(11)]
        codes = [(await peer.reply())[:9] for peer in peers]
    assert codes == ["220 mx.us"] * 10 + ["421 4.7.0"]


async def test_one_address_is_capped_and_another_still_gets_in():
    async with listening(limits=limits(max_connections_per_address=1)) as house:
        first, second, third = await house.call(), await house.call(), await house.call(source="127.0.0.2")
        assert [(await peer.reply())[:3] for peer in (first, second, third)] == ["220", "421", "220"]


async def test_trusted_peers_are_not_capped():
    async with listening(limits=limits(max_connections_per_address=1), trusted_peers=frozenset({"127.0.0.1"})) as house:
        peers = [await house.call() for _ in range(5)]
        assert {(await peer.reply())[:3] for peer in peers} == {"220"}


async def test_a_closed_connection_makes_room():
    async with listening(limits=limits(max_connections=1)) as house:
        for _ in range(5):
            peer = await house.call()
            assert (await peer.reply()).startswith("220 ")
            await peer.ask("QUIT")
            peer.hang_up()
            await asyncio.sleep(0.005)


async def test_connections_turned_away_are_one_line_in_the_log(caplog):
    async with listening(limits=limits(max_connections=0)) as house:
        for peer in [await house.call() for _ in range(20)]:
            await peer.rest()
        await asyncio.sleep(0.02)
    records = [record for record in caplog.records if record.getMessage() == "session_limit"]
    assert sum(record.fields["connections"] for record in records) == 20
    assert len(records) < 20


async def test_a_silent_peer_is_sent_away():
    async with listening(limits=limits(idle_seconds=300)) as house:
        peer = await house.call()
        await peer.reply()
        house.clock.advance(timedelta(seconds=301))
        assert await peer.rest() == TIMEOUT


async def test_a_session_without_end_is_sent_away_however_busy_it_is():
    async with listening(limits=limits(session_seconds=600, max_commands_without_mail=1000)) as house:
        peer = await house.call()
        await peer.greet()
        for _ in range(6):
            house.clock.advance(timedelta(seconds=100))
            assert await peer.ask("NOOP") == "250 2.0.0 OK"
        house.clock.advance(timedelta(seconds=1))
        assert await peer.rest() == TIMEOUT


async def test_a_slow_upload_may_take_longer_than_a_session():
    async with listening(limits=limits(session_seconds=600, min_bytes_per_second=50)) as house:
        peer = await house.call()
        await peer.start_data()
        for _ in range(20):
            house.clock.advance(timedelta(seconds=60))
            peer.send(b"x" * 5_998 + b"\r\n")
            await asyncio.sleep(0.01)
        assert (await peer.ask(b".\r\n")).startswith("250 ")
    assert len(house.intake.mails[0].raw) == 120_000


async def test_an_upload_that_only_trickles_is_sent_away():
    async with listening(limits=limits(min_bytes_per_second=100)) as house:
        peer = await house.call()
        await peer.start_data()
        peer.send(b"x")
        await asyncio.sleep(0.01)
        house.clock.advance(timedelta(seconds=61))
        assert await peer.rest() == TIMEOUT
    assert house.intake.mails == []


@pytest.mark.parametrize("command", [b"NOOP\r\n", b"RSET\r\n", b"VRFY x\r\n", b"EHLO x\r\n", b"HELP\r\n"])
async def test_commands_without_a_mail_come_to_an_end(command: bytes):
    async with listening() as house:
        peer = await house.call()
        peer.send(command * 1_000)
        lines = (await peer.rest()).splitlines()
    assert lines[-1] == b"421 4.7.0 Too many commands without a mail"
    assert len([line for line in lines if line[3:4] == b" "]) == 27


async def test_a_mail_lets_a_session_go_on():
    async with listening(limits=limits(max_commands_without_mail=4)) as house:
        peer = await house.call()
        await peer.greet()
        for _ in range(10):
            assert (await peer.deliver(MAIL)).startswith("250 ")
            assert (await peer.ask("NOOP")).startswith("250 ")


async def test_a_refused_sender_and_what_was_sent_along_is_no_reason_to_hang_up():
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        peer.send(b"MAIL FROM:<x@bad.test>\r\n" + b"RCPT TO:<support@us>\r\n" * 50 + b"DATA\r\n")
        assert [reply[:3] for reply in await peer.replies(52)] == ["550"] + ["503"] * 51
        assert (await peer.deliver(MAIL)).startswith("250 ")


@pytest.mark.parametrize(
    "garbage", [b"GET / HTTP/1.1\r\n", b"\0\r\n", b"x" * 5_000 + b"\r\n", b"\r\n", b"MAIL\r\n", b"NOOP\n"]
)
async def test_garbage_comes_to_an_end(garbage: bytes):
    async with listening() as house:
        peer = await house.call()
        peer.send(b"EHLO x\r\n" + garbage * 2_000)
        lines = (await peer.rest()).splitlines()
    assert lines[-1] == b"421 4.7.0 Too many bad commands"
    assert len(lines) == 13


async def test_a_flood_without_a_single_line_takes_no_memory_and_ends_with_its_peer():
    async with listening() as house:
        peer = await house.call()
        await peer.reply()
        for _ in range(100):
            peer.send(b"x" * 100_000)
            await peer.writer.drain()
        peer.writer.write_eof()
        assert await peer.rest() == b""


async def test_recipients_beyond_the_limit_are_left_for_another_mail():
    async with listening(limits=limits(max_recipients=2)) as house:
        peer = await house.call()
        await peer.greet()
        replies = await peer.envelope("support@us", "sales@us", "support@us")
        assert replies[3] == "452 4.5.3 Too many recipients"
        await peer.ask("DATA")
        assert (await peer.ask(MAIL + b".\r\n")).startswith("250 ")
    assert house.intake.mails[0].recipients == ("support@us", "sales@us")


async def test_a_harvest_of_addresses_comes_to_an_end():
    async with listening(limits=limits(max_recipients=2)) as house:
        peer = await house.call()
        await peer.greet()
        await peer.envelope()
        peer.send(b"RCPT TO:<guess@us>\r\n" * 100)
        lines = (await peer.rest()).splitlines()
    assert [line[:9] for line in lines] == [b"550 5.7.1"] * 19 + [b"421 4.7.0"]


async def test_when_memory_runs_out_the_largest_upload_gives_way_and_small_mails_get_through():
    async with listening(limits=limits(max_bytes_in_flight=100_000)) as house:
        large, small = await house.call(), await house.call()
        await large.start_data()
        large.send(b"x" * 99_990 + b"\r\n")
        await asyncio.sleep(0.02)
        await small.greet()
        assert (await small.deliver(MAIL)).startswith("250 ")
        assert (await large.reply()).startswith("421 4.3.1 ")
        assert await large.reply() == ""
    assert [mail.raw for mail in house.intake.mails] == [MAIL]


async def test_a_mail_that_alone_needs_more_memory_than_there_is_gives_way_too():
    async with listening(limits=limits(max_bytes_in_flight=1_000)) as house:
        peer = await house.call()
        await peer.start_data()
        assert (await peer.ask(b"x" * 2_000 + b"\r\n.\r\n")).startswith("421 4.3.1 ")
    assert house.intake.mails == []


async def test_while_stores_hold_all_memory_no_new_content_is_asked_for():
    async with listening(limits=limits(max_bytes_in_flight=len(MAIL))) as house:
        house.intake.gate.clear()
        first, second = await house.call(), await house.call()
        await first.start_data()
        first.send(MAIL + b".\r\n")
        await asyncio.sleep(0.02)
        assert (await second.start_data()).startswith("452 4.3.1 ")
        house.intake.gate.set()
        assert (await first.reply()).startswith("250 ")
        assert (await second.ask("DATA")).startswith("354 ")


async def test_a_peer_that_does_not_read_is_cut_off():
    async with listening(FakeClock(NOON), limits=limits(max_commands_without_mail=10**6)) as house:
        peer = await house.call()
        peer.send(b"EHLO x\r\n" * 100_000)
        await asyncio.sleep(0.05)
        house.clock.advance(timedelta(seconds=301))
        await asyncio.sleep(0.05)
        house.clock.advance(timedelta(seconds=301))
        await asyncio.sleep(0.05)
        assert 0 < (await peer.rest()).count(b"250-mx.us") < 100_000
