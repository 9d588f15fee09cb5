"""STARTTLS: offered, taken, abused."""

import asyncio
import ssl
from datetime import timedelta

import pytest
from listening import MAIL, listening
from self_signed import write_certificate

from daemon.transports.tls import server_context


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return server_context(*write_certificate(tmp_path_factory.mktemp("tls")))


@pytest.mark.parametrize(("protocol", "hello"), [("smtp", "EHLO"), ("lmtp", "LHLO")])
async def test_a_mail_may_come_encrypted(tls: ssl.SSLContext, protocol: str, hello: str):
    async with listening(tls=tls, protocol=protocol) as house:
        peer = await house.call()
        assert "250-STARTTLS" in await peer.greet(hello)
        assert await peer.ask("STARTTLS") == "220 Ready to start TLS"
        await peer.start_tls()
        assert "STARTTLS" not in await peer.ask(f"{hello} again")
        assert (await peer.deliver(MAIL)).startswith("250 ")
    assert [mail.raw for mail in house.intake.mails] == [MAIL]


async def test_the_handshake_forgets_everything_said_before(tls: ssl.SSLContext):
    async with listening(tls=tls) as house:
        peer = await house.call()
        await peer.greet()
        await peer.envelope()
        await peer.ask("STARTTLS")
        await peer.start_tls()
        assert (await peer.ask("MAIL FROM:<a@b>")).startswith("503 ")


async def test_plain_text_injected_behind_starttls_is_thrown_away(tls: ssl.SSLContext):
    async with listening(tls=tls) as house:
        peer = await house.call()
        await peer.greet()
        await peer.ask(b"STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@x>\r\nRCPT TO:<support@us>\r\n")
        await peer.start_tls()
        assert await peer.ask("DATA") == "503 5.5.1 Recipients first"
        assert await peer.ask("MAIL FROM:<a@b>") == "503 5.5.1 Say hello first"


async def test_tls_within_tls_is_refused(tls: ssl.SSLContext):
    async with listening(tls=tls) as house:
        peer = await house.call()
        await peer.greet()
        await peer.ask("STARTTLS")
        await peer.start_tls()
        assert await peer.ask("STARTTLS") == "503 5.5.1 TLS is already in use"


async def test_a_handshake_of_garbage_ends_the_session_and_leaves_nothing_behind(tls: ssl.SSLContext):
    async with listening(tls=tls) as house:
        peer = await house.call()
        await peer.greet()
        await peer.ask("STARTTLS")
        peer.send(b"EHLO no handshake\r\n")
        await peer.rest()
        await asyncio.wait_for(house.listener.stop(5), 1)


async def test_a_peer_that_leaves_in_the_handshake_leaves_nothing_behind(tls: ssl.SSLContext):
    async with listening(tls=tls) as house:
        peer = await house.call()
        await peer.greet()
        await peer.ask("STARTTLS")
        peer.hang_up()
        await asyncio.sleep(0.01)
        await asyncio.wait_for(house.listener.stop(5), 1)


async def test_a_handshake_that_never_ends_is_cut_off(tls: ssl.SSLContext):
    async with listening(tls=tls) as house:
        peer = await house.call()
        await peer.greet()
        await peer.ask("STARTTLS")
        house.clock.advance(timedelta(seconds=301))
        assert await peer.rest() == b""


async def test_stopping_does_not_wait_for_an_idle_encrypted_peer(tls: ssl.SSLContext):
    async with listening(tls=tls) as house:
        peer = await house.call()
        await peer.greet()
        await peer.ask("STARTTLS")
        await peer.start_tls()
        await peer.ask("EHLO again")
        stopping = asyncio.create_task(house.listener.stop(0.1))
        assert await peer.reply() == "421 4.3.2 Shutting down, try again later"
        await asyncio.wait_for(stopping, 1)


async def test_an_encrypted_peer_that_leaves_after_the_dot_does_not_stop_the_storing(tls: ssl.SSLContext):
    async with listening(tls=tls) as house:
        house.intake.gate.clear()
        peer = await house.call()
        await peer.greet()
        await peer.ask("STARTTLS")
        await peer.start_tls()
        await peer.ask("EHLO again")
        await peer.envelope()
        await peer.ask("DATA")
        peer.send(MAIL + b".\r\n")
        await asyncio.get_running_loop().run_in_executor(None, house.intake.entered.wait, 5)
        peer.hang_up()
        await asyncio.sleep(0.01)
        house.intake.gate.set()
    assert [mail.raw for mail in house.intake.mails] == [MAIL]
