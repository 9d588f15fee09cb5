"""SMTP in, as peers see it: the dialogue, and what reaches the intake."""

import pytest
from listening import MAIL, limits, listening

SMUGGLED = b"MAIL FROM:<evil@x>\r\nRCPT TO:<support@us>\r\nDATA\r\nSubject: evil\r\n"
NOT_THE_END = [b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r.\r", b"\r\n\0.\r\n"]


async def test_a_mail_reaches_the_intake_exactly_as_it_was_sent():
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        assert (await peer.deliver(MAIL)).startswith("250 2.0.0 ")
    [mail] = house.intake.mails
    assert (mail.raw, mail.sender, mail.recipients) == (MAIL, "ann@customer.test", ("support@us",))
    assert (mail.source, mail.peer) == ("smtp", "127.0.0.1")


async def test_ehlo_names_every_extension_and_nothing_more():
    async with listening() as house:
        reply = await (await house.call()).greet()
    lines = [
        "250-mx.us",
        "250-PIPELINING",
        "250-SIZE 36700160",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250 ENHANCEDSTATUSCODES",
    ]
    assert reply.split("\n") == lines


async def test_the_null_reverse_path_is_an_empty_sender():
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        await peer.envelope(sender="")
        await peer.ask("DATA")
        await peer.ask(MAIL + b".\r\n")
    assert house.intake.mails[0].sender == ""


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("MAIL FROM:<a@bad.test>", "550 5.7.1 Not welcome"),
        ("MAIL FROM:<a@b> SIZE=99999999", "552 5.3.4 Message too big"),
        ("MAIL FROM:<a@b> SIZE=1 BODY=8BITMIME SMTPUTF8", "250 2.1.0 Sender OK"),
        ("MAIL FROM:<a@b> SIZE=-1", "501 5.5.4 SIZE is a number"),
        ("MAIL FROM:<a@b> BODY=BINARYMIME", "501 5.5.4 BODY is 7BIT or 8BITMIME, SMTPUTF8 has no value"),
        ("MAIL FROM:<a@b> RET=FULL ENVID=x", "555 5.5.4 Parameter not implemented"),
        ("MAIL FROM:<a@b> AUTH=<>", "555 5.5.4 Parameter not implemented"),
        ("MAIL FROM:<a@b> SIZE=1 SIZE=2", "501 5.5.4 Malformed or repeated parameter"),
        ("RCPT TO:<support@us>", "503 5.5.1 Sender first"),
        ("DATA", "503 5.5.1 Recipients first"),
        ("AUTH PLAIN AGEAYg==", "500 5.5.1 Command not recognized"),
        ("EXPN staff", "500 5.5.1 Command not recognized"),
        ("LHLO x", "500 5.5.1 Command not recognized"),
        ("STARTTLS", "502 5.5.1 TLS is not offered"),
        ("VRFY support@us", "252 2.5.2 Send mail to find out"),
        ("HELP", "214 2.0.0 DATA EHLO HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY"),
        ("NOOP hello", "250 2.0.0 OK"),
        ("RSET", "250 2.0.0 OK"),
        ("QUIT", "221 2.0.0 Bye"),
        (b"NOOP\n", "500 5.5.2 Commands end with CRLF"),
        (b"NOOP " + b"x" * 3000 + b"\r\n", "500 5.5.2 Command line too long"),
    ],
)
async def test_a_command_gets_its_reply(command: str | bytes, reply: str):
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        assert await peer.ask(command) == reply


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("<support@us>", "250 2.1.5"),
        ("<SUPPORT@US>", "250 2.1.5"),
        ("<postmaster>", "250 2.1.5"),
        ("<@relay:support@us>", "250 2.1.5"),
        ("<hilfe-ä@us>", "250 2.1.5"),
        ("<a@gmail.com>", "550 5.7.1"),
        ("<a%gmail.com@us>", "550 5.7.1"),
        ('<"a@gmail.com"@us>', "550 5.7.1"),
        ("<@us:a@gmail.com>", "550 5.7.1"),
        ("<a@gmail.com@us>", "550 5.7.1"),
        ("<a!b@us>", "550 5.7.1"),
        ("<>", "550 5.7.1"),
        ("<a@[127.0.0.1]>", "550 5.7.1"),
        ("<support@us.>", "550 5.7.1"),
        ("<" + "a" * 400 + "@us>", "550 5.7.1"),
        ("<support@us>\0", "500 5.5.2"),
        ("<support@us> NOTIFY=NEVER", "555 5.5.4"),
        ("<support@us> ORCPT=rfc822;a@b", "555 5.5.4"),
        ("support@us extra@us", "501 5.5.4"),
    ],
)
async def test_only_our_own_addresses_are_recipients(path: str, code: str):
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        await peer.ask("MAIL FROM:<ann@customer.test>")
        assert (await peer.ask(f"RCPT TO:{path}")).startswith(code + " ")


@pytest.mark.parametrize("terminator", NOT_THE_END)
async def test_a_false_end_of_data_smuggles_no_second_mail(terminator: bytes):
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        assert (await peer.deliver(b"Subject: one" + terminator + SMUGGLED)).startswith("250 ")
        assert await peer.ask("NOOP") == "250 2.0.0 OK"
    assert len(house.intake.mails) == 1


@pytest.mark.parametrize("terminator", NOT_THE_END[:-1])
async def test_on_an_open_port_bare_newlines_end_the_session(terminator: bytes):
    async with listening(refuse_bare_newlines=True) as house:
        peer = await house.call()
        await peer.greet()
        assert (await peer.deliver(b"Subject: one" + terminator + SMUGGLED)).startswith("521 5.5.2 ")
        assert await peer.reply() == ""
    assert house.intake.mails == []


async def test_a_batch_of_commands_is_answered_in_order():
    envelope = b"MAIL FROM:<a@b>\r\nRCPT TO:<support@us>\r\nRCPT TO:<nobody@us>\r\nDATA\r\n"
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        peer.send(envelope)
        assert [reply[:3] for reply in await peer.replies(4)] == ["250", "250", "550", "354"]
        peer.send(MAIL + b".\r\n" + envelope)
        assert [reply[:3] for reply in await peer.replies(5)] == ["250", "250", "250", "550", "354"]
        peer.send(b".\r\nQUIT\r\n")
        assert [reply[:3] for reply in await peer.replies(2)] == ["250", "221"]
    assert [mail.raw for mail in house.intake.mails] == [MAIL, b""]


async def test_a_very_long_line_is_taken_as_it_is():
    content = b"Subject: x\r\n\r\n" + b"a" * 600_000 + b"\r\n"
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        assert (await peer.deliver(content)).startswith("250 ")
    assert house.intake.mails[0].raw == content


@pytest.mark.parametrize(
    ("size", "reply"),
    [(1_000, "250 2.0.0 OK, stored as 1"), (1_001, "552 5.3.4 Message too big"), (1_900, "552 5.3.4 Message too big")],
)
async def test_an_oversize_mail_is_refused_at_the_dot_and_the_session_goes_on(size: int, reply: str):
    async with listening(limits=limits(max_message_bytes=1_000)) as house:
        peer = await house.call()
        await peer.greet()
        assert await peer.deliver(b"a" * (size - 2) + b"\r\n") == reply
        assert await peer.ask("NOOP") == "250 2.0.0 OK"


async def test_a_mail_far_beyond_the_limit_ends_the_session():
    async with listening(limits=limits(max_message_bytes=1_000)) as house:
        peer = await house.call()
        await peer.start_data()
        assert await peer.ask(b"a" * 3_000) == "521 5.3.4 Message far too big"
        assert await peer.reply() == ""


async def test_a_new_hello_and_rset_forget_the_envelope():
    async with listening() as house:
        peer = await house.call()
        await peer.greet()
        for command in ("EHLO again", "HELO again", "RSET"):
            await peer.envelope()
            assert (await peer.ask(command)).startswith("250")
            assert (await peer.ask("DATA")).startswith("503 ")


async def test_mail_before_hello_is_out_of_order():
    async with listening() as house:
        peer = await house.call()
        assert await peer.reply() == "220 mx.us ESMTP Postroom"
        assert await peer.ask("MAIL FROM:<a@b>") == "503 5.5.1 Say hello first"


async def test_two_listeners_cannot_have_one_port():
    async with listening() as house:
        port = house.listener.address[1]
        with pytest.raises(OSError, match=f"front: cannot listen on 127.0.0.1 port {port}: "):
            async with listening(port=port):
                pass
