"""SMTP in, as peers see it: the dialogue, and what reaches the intake."""

from listening import MAIL, listening


async def test_a_mail_reaches_the_intake_exactly_as_it_was_sent():
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        assert (await peer.deliver(MAIL)).startswith("250 2.0.0 ")
    [mail] = house.intake.mails
    assert (mail.raw, mail.sender, mail.recipients) == (MAIL, "ann@customer.test", ("support@us",))
    assert (mail.source, mail.peer) == ("smtp", "127.0.0.1")
