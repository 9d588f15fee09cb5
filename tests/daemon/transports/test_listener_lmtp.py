"""LMTP in: a reply for each recipient, as RFC 2033 wants it."""

import pytest
from listening import MAIL, listening

from daemon.errors import Deferred


async def test_every_accepted_recipient_gets_its_own_reply_in_order():
    async with listening(protocol="lmtp") as house:
        peer = await house.call()
        await peer.greet("LHLO")
        envelope = await peer.envelope("support@us", "nobody@us", "sales@us")
        assert [reply[:3] for reply in envelope] == ["250", "250", "550", "250"]
        await peer.ask("DATA")
        peer.send(MAIL + b".\r\nNOOP\r\n")
        assert await peer.replies(3) == ["250 2.0.0 OK, stored as 1"] * 2 + ["250 2.0.0 OK"]
    [mail] = house.intake.mails
    assert (mail.recipients, mail.source) == (("support@us", "sales@us"), "lmtp")


@pytest.mark.parametrize("count", [1, 2, 50])
async def test_there_are_as_many_replies_as_recipients(count: int):
    async with listening(protocol="lmtp") as house:
        peer = await house.call()
        await peer.greet("LHLO")
        await peer.envelope(*["support@us"] * count)
        await peer.ask("DATA")
        peer.send(MAIL + b".\r\nNOOP\r\n")
        codes = [reply[:9] for reply in await peer.replies(count + 1)]
    assert codes == ["250 2.0.0"] * (count + 1)


async def test_trouble_is_told_to_every_recipient():
    async with listening(protocol="lmtp") as house:
        house.intake.error = Deferred(452, "4.3.1", "Disk full")
        peer = await house.call()
        await peer.greet("LHLO")
        await peer.envelope("support@us", "sales@us")
        await peer.ask("DATA")
        peer.send(MAIL + b".\r\n")
        assert await peer.replies(2) == ["452 4.3.1 Disk full"] * 2


@pytest.mark.parametrize("hello", ["HELO", "EHLO"])
async def test_lmtp_does_not_know_the_greetings_of_smtp(hello: str):
    async with listening(protocol="lmtp") as house:
        peer = await house.call()
        assert await peer.greet(hello) == "500 5.5.1 Command not recognized"


async def test_mail_from_our_own_mta_may_have_bare_newlines():
    async with listening(protocol="lmtp", refuse_bare_newlines=None) as house:
        peer = await house.call()
        await peer.greet("LHLO")
        assert (await peer.deliver(b"a\nb\r\n")).startswith("250 ")
    assert house.intake.mails[0].raw == b"a\nb\r\n"
