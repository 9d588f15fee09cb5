"""The SMTP client knows, for every way a smarthost can fail, whether the mail has been taken."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from daemon.clock import FakeClock
from daemon.errors import Unavailable
from daemon.ports import OutgoingMail, SendState
from daemon.transports.smtp_client import Security, SmtpCarrier, SmtpOptions, Timeouts
from tests.fakes.certificates import Authority
from tests.fakes.smarthost import Smarthost, unused_port

RAW = b"From: desk@ours.example\r\nSubject: Hi\r\n\r\nHello\r\n"
BIG = RAW + (b"x" * 70 + b"\r\n") * 120_000
QUICK = Timeouts(connect=5, greeting=5, command=5, data=5, block=5, final=5, quick=1)
SENT, DEFERRED, FAILED, UNCERTAIN = SendState.SENT, SendState.DEFERRED, SendState.FAILED, SendState.UNCERTAIN


def mail(raw: bytes = RAW, sender: str = "desk@ours.example", recipient: str = "ann@customer.example") -> OutgoingMail:
    return OutgoingMail(outbox_id=1, sender=sender, recipient=recipient, raw=raw)


def carrier_to(port: int, **options: Any) -> SmtpCarrier:
    defaults: dict[str, Any] = {"host": "127.0.0.1", "security": Security.NONE, "timeouts": QUICK}
    return SmtpCarrier(SmtpOptions(port=port, **(defaults | options)), FakeClock(datetime(2026, 1, 1, tzinfo=UTC)))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def smarthost() -> Iterator[Smarthost]:
    with Smarthost() as host:
        yield host


@pytest.mark.parametrize(
    ("script", "state", "stage", "code", "accepted"),
    [
        ({"replies": {"GREETING": "421 4.3.2 Busy"}}, DEFERRED, "greeting", 421, 0),
        ({"replies": {"GREETING": "554 5.7.1 No service"}}, DEFERRED, "greeting", 554, 0),
        ({"replies": {"GREETING": "hello"}}, DEFERRED, "greeting", 0, 0),
        ({"cut": "GREETING"}, DEFERRED, "greeting", 0, 0),
        ({"cut": "EHLO"}, DEFERRED, "ehlo", 0, 0),
        ({"replies": {"EHLO": "502 5.5.1 No"}}, DEFERRED, "ehlo", 502, 0),
        ({"cut": "MAIL"}, DEFERRED, "mail", 0, 0),
        ({"replies": {"MAIL": "451 4.3.0 Later"}}, DEFERRED, "mail", 451, 0),
        ({"replies": {"MAIL": "550 5.7.1 Not you"}}, FAILED, "mail", 550, 0),
        ({"replies": {"MAIL": "530 5.7.0 Log in first"}}, DEFERRED, "mail", 530, 0),
        ({"cut": "RCPT"}, DEFERRED, "rcpt", 0, 0),
        ({"replies": {"RCPT": "450 4.7.1 Greylisted"}}, DEFERRED, "rcpt", 450, 0),
        ({"replies": {"RCPT": "550 5.1.1 No such user"}}, FAILED, "rcpt", 550, 0),
        ({"replies": {"DATA": "451 4.3.0 Later"}}, DEFERRED, "data", 451, 0),
        ({"replies": {"DATA": "554 5.5.1 No"}}, FAILED, "data", 554, 0),
        ({"replies": {"DATA": "250 Strange"}}, DEFERRED, "data", 250, 0),
        ({"cut": "DATA"}, DEFERRED, "data", 0, 0),
        ({"cut": "DOT"}, UNCERTAIN, "dot", 0, 0),
        ({"cut": "ACCEPTED"}, UNCERTAIN, "dot", 0, 1),
        ({"replies": {"DOT": "451 4.3.0 Later"}}, DEFERRED, "dot", 451, 0),
        ({"replies": {"DOT": "554 5.7.1 Spam"}}, FAILED, "dot", 554, 0),
        ({"replies": {"DOT": "250garbage"}}, SENT, "dot", 250, 1),
        ({"replies": {"DOT": "ok"}}, UNCERTAIN, "dot", 0, 0),
        ({"replies": {"QUIT": "421 4.3.2 Going"}}, SENT, "dot", 250, 1),
        ({"cut": "QUIT"}, SENT, "dot", 250, 1),
        ({}, SENT, "dot", 250, 1),
    ],
)
def test_every_fault_has_its_outcome(
    script: dict[str, Any], state: SendState, stage: str, code: int, accepted: int
) -> None:
    with Smarthost(**script) as host:
        carrier = carrier_to(host.port)
        result = carrier.send(mail())
        carrier.close()
    assert (result.state, result.stage, result.code) == (state, stage, code)
    assert len(host.accepted) == accepted


def test_a_smarthost_that_is_not_there_defers() -> None:
    result = carrier_to(unused_port()).send(mail())
    assert (result.state, result.stage) == (DEFERRED, "connect")


def test_an_unknown_host_name_defers() -> None:
    result = carrier_to(25, host="x" * 70 + ".invalid").send(mail())
    assert (result.state, result.stage) == (DEFERRED, "connect")


def test_a_cut_in_mid_data_is_no_uncertainty() -> None:
    with Smarthost(cut="MIDDATA") as host:
        result = carrier_to(host.port).send(mail(BIG))
    assert (result.state, result.stage, host.accepted) == (DEFERRED, "body", [])


def test_a_complaint_in_mid_data_is_heard() -> None:
    with Smarthost(cut="MIDDATA", replies={"MIDDATA": "552 5.3.4 Too large"}) as host:
        result = carrier_to(host.port).send(mail(BIG))
    assert (result.state, result.stage, result.code, result.status) == (FAILED, "body", 552, "5.3.4")


def test_silence_after_the_dot_is_uncertain() -> None:
    timeouts = Timeouts(final=0.05)
    with Smarthost(hang="DOT") as host:
        result = carrier_to(host.port, timeouts=timeouts).send(mail())
    assert (result.state, result.stage) == (UNCERTAIN, "dot")


def test_silence_before_the_dot_defers() -> None:
    with Smarthost(hang="RCPT") as host:
        result = carrier_to(host.port, timeouts=Timeouts(command=0.05)).send(mail())
    assert (result.state, result.stage) == (DEFERRED, "rcpt")


def test_the_reply_is_taken_apart(smarthost: Smarthost) -> None:
    smarthost.script.replies = {"RCPT": "550-5.1.1 No such\r\n550 5.1.1 user\x07 here"}
    carrier = carrier_to(smarthost.port)
    result = carrier.send(mail())
    carrier.close()
    assert (result.status, result.text) == ("5.1.1", "No such 5.1.1 user here")


@pytest.mark.parametrize("body", [b".", b".\r\n", b"..", b".a\r\nb\r\n.\r\n..c\r\n", b"no end", b"", b"\r\n\r\n"])
def test_dots_arrive_as_they_were(smarthost: Smarthost, body: bytes) -> None:
    carrier = carrier_to(smarthost.port)
    carrier.send(mail(RAW + body))
    carrier.close()
    expected = RAW + body
    assert smarthost.accepted[0].data == (expected if expected.endswith(b"\r\n") else expected + b"\r\n")


@pytest.mark.parametrize(
    "raw", [RAW + b"a\nb\r\n", RAW + b"a\rb\r\n", RAW + b"\r\n.\nMAIL FROM:<x@y>\r\n", RAW + b"\r"]
)
def test_a_bare_line_end_never_reaches_the_wire(smarthost: Smarthost, raw: bytes) -> None:
    result = carrier_to(smarthost.port).send(mail(raw))
    assert (result.state, result.stage, smarthost.connections) == (FAILED, "local", 0)


@pytest.mark.parametrize("address", ["a\r\nRCPT TO:<x@y>", "a@b>", "<a@b", "a b@c", "a\0@b", "", "a@b\udcff"])
def test_a_malformed_recipient_never_reaches_the_wire(smarthost: Smarthost, address: str) -> None:
    result = carrier_to(smarthost.port).send(mail(recipient=address))
    assert (result.state, result.status, smarthost.connections) == (FAILED, "5.1.3", 0)


def test_the_null_sender_is_said_as_empty_path(smarthost: Smarthost) -> None:
    carrier = carrier_to(smarthost.port)
    carrier.send(mail(sender=""))
    carrier.close()
    assert f"MAIL FROM:<> SIZE={len(RAW)}" in smarthost.commands


def test_mails_share_a_connection_and_a_refusal_does_not_end_it(smarthost: Smarthost) -> None:
    smarthost.script.replies = {"RCPT": ["250 Ok", "550 5.1.1 No", "250 Ok"]}
    carrier = carrier_to(smarthost.port)
    states = [carrier.send(mail()).state for _ in range(3)]
    carrier.close()
    assert (states, smarthost.connections) == ([SENT, FAILED, SENT], 1)


def test_a_connection_the_server_has_closed_is_replaced_unnoticed() -> None:
    with Smarthost(replies={"RSET": "421 4.4.2 Idle for too long"}) as host:
        carrier = carrier_to(host.port)
        states = [carrier.send(mail()).state for _ in range(3)]
        carrier.close()
    assert (states, host.connections) == ([SENT] * 3, 3)


def test_a_connection_carries_no_more_than_its_share(smarthost: Smarthost) -> None:
    carrier = carrier_to(smarthost.port, max_mails=2)
    assert [carrier.send(mail()).state for _ in range(5)] == [SENT] * 5
    carrier.close()
    assert (smarthost.connections, smarthost.commands.count("QUIT")) == (3, 3)


def test_an_idle_connection_is_not_trusted(smarthost: Smarthost) -> None:
    clock = FakeClock(datetime(2026, 1, 1, tzinfo=UTC))
    options = SmtpOptions(host="127.0.0.1", port=smarthost.port, security=Security.NONE, max_idle_s=30)
    carrier = SmtpCarrier(options, clock)
    carrier.send(mail())
    clock.advance(timedelta(seconds=31))
    carrier.send(mail())
    carrier.close()
    assert (smarthost.connections, smarthost.commands.count("RSET")) == (2, 0)


def test_a_421_at_any_stage_ends_the_connection(smarthost: Smarthost) -> None:
    smarthost.script.replies = {"RCPT": ["421 4.7.0 Slow down", "250 Ok"]}
    carrier = carrier_to(smarthost.port)
    states = [carrier.send(mail()).state for _ in range(2)]
    carrier.close()
    assert (states, smarthost.connections) == ([DEFERRED, SENT], 2)


def test_a_mail_over_the_servers_limit_is_not_offered(smarthost: Smarthost) -> None:
    smarthost.script.extensions = ("SIZE 10",)
    carrier = carrier_to(smarthost.port)
    result = carrier.send(mail())
    carrier.close()
    assert (result.state, result.status, "DATA" in smarthost.commands) == (FAILED, "5.3.4", False)


@pytest.mark.parametrize(
    ("extensions", "state", "status"), [((), FAILED, "5.6.7"), (("SMTPUTF8", "8BITMIME"), SENT, "2.0.0")]
)
def test_a_non_ascii_address_needs_smtputf8(
    smarthost: Smarthost, extensions: tuple[str, ...], state: SendState, status: str
) -> None:
    smarthost.script.extensions = extensions
    carrier = carrier_to(smarthost.port)
    result = carrier.send(mail(recipient="jörg@customer.example"))
    carrier.close()
    assert (result.state, result.status) == (state, status)
    assert ["SMTPUTF8" in line for line in smarthost.commands if line.startswith("MAIL")] == [True] * (state is SENT)


def test_a_plain_mail_asks_for_no_extension_it_does_not_need(smarthost: Smarthost) -> None:
    smarthost.script.extensions = ("SMTPUTF8", "8BITMIME")
    carrier = carrier_to(smarthost.port)
    carrier.send(mail())
    carrier.close()
    assert "MAIL FROM:<desk@ours.example>" in smarthost.commands


def test_starttls_encrypts_before_anything_else_is_said(authority: Authority) -> None:
    with Smarthost(starttls=authority.server_context()) as host:
        carrier = carrier_to(host.port, security=Security.STARTTLS, ca_file=str(authority.ca_file))
        result = carrier.send(mail())
        carrier.close()
    assert (result.state, host.commands[:3]) == (SENT, ["ehlo localhost", "STARTTLS", "ehlo localhost"])


def test_what_came_in_plain_text_behind_the_starttls_reply_is_forgotten(authority: Authority) -> None:
    injected = {"STARTTLS": "220 Go ahead\r\n250-fake.example\r\n250 AUTH PLAIN"}
    with Smarthost(starttls=authority.server_context(), replies=injected) as host:
        options = {"security": Security.STARTTLS, "ca_file": str(authority.ca_file), "username": "desk"}
        result = carrier_to(host.port, **options).send(mail())
    assert (result.state, result.stage in ("auth", "starttls")) == (DEFERRED, True)
    assert not [line for line in host.commands if line.startswith("AUTH")]


def test_implicit_tls_works_for_many_mails(authority: Authority) -> None:
    with Smarthost(tls=authority.server_context()) as host:
        carrier = carrier_to(host.port, security=Security.TLS, ca_file=str(authority.ca_file))
        states = [carrier.send(mail(BIG)).state, carrier.send(mail()).state]
        carrier.close()
    assert (states, host.connections, host.accepted[0].data == BIG) == ([SENT, SENT], 1, True)


def test_a_cut_in_mid_data_under_tls_is_no_uncertainty(authority: Authority) -> None:
    with Smarthost(tls=authority.server_context(), cut="MIDDATA") as host:
        result = carrier_to(host.port, security=Security.TLS, ca_file=str(authority.ca_file)).send(mail(BIG))
    assert (result.state, result.stage, host.accepted) == (DEFERRED, "body", [])


@pytest.mark.parametrize("cut", ["DOT", "ACCEPTED"])
def test_a_cut_after_the_dot_under_tls_is_uncertain(authority: Authority, cut: str) -> None:
    with Smarthost(tls=authority.server_context(), cut=cut) as host:
        result = carrier_to(host.port, security=Security.TLS, ca_file=str(authority.ca_file)).send(mail())
    assert (result.state, result.stage) == (UNCERTAIN, "dot")


def test_stripped_starttls_is_no_licence_to_go_on_in_plain_text(smarthost: Smarthost) -> None:
    result = carrier_to(smarthost.port, security=Security.STARTTLS, username="desk", password="s").send(mail())
    assert (result.state, result.stage) == (DEFERRED, "starttls")
    assert smarthost.commands == ["ehlo localhost"]


@pytest.mark.parametrize("fault", ["unknown authority", "expired", "wrong name"])
def test_a_bad_certificate_defers_and_nothing_is_said(authority: Authority, fault: str) -> None:
    address = "127.0.0.2" if fault == "wrong name" else "127.0.0.1"
    ca_file = "" if fault == "unknown authority" else str(authority.ca_file)
    with Smarthost(tls=authority.server_context(address, expired=fault == "expired")) as host:
        result = carrier_to(host.port, security=Security.TLS, ca_file=ca_file).send(mail())
    assert (result.state, result.stage, host.commands) == (DEFERRED, "tls", [])
    assert "certificate" in result.text


def test_a_missing_ca_file_defers(smarthost: Smarthost, tmp_path: Path) -> None:
    result = carrier_to(smarthost.port, security=Security.TLS, ca_file=str(tmp_path / "none.pem")).send(mail())
    assert (result.state, result.stage) == (DEFERRED, "tls")


@pytest.mark.parametrize(
    ("offer", "said"),
    [
        ("AUTH PLAIN LOGIN", ["AUTH PLAIN " + base64.b64encode("\0désk\0p w".encode()).decode()]),
        ("AUTH LOGIN", ["AUTH LOGIN", *(base64.b64encode(word.encode()).decode() for word in ("désk", "p w"))]),
    ],
)
def test_a_password_is_presented_as_the_server_likes(smarthost: Smarthost, offer: str, said: list[str]) -> None:
    smarthost.script.extensions = (offer,)
    carrier = carrier_to(smarthost.port, username="désk", password="p w")
    result = carrier.send(mail())
    carrier.close()
    assert (result.state, smarthost.commands[1 : 1 + len(said)]) == (SENT, said)


@pytest.mark.parametrize("reply", ["535 5.7.8 Bad credentials", "454 4.7.0 Later", "334 "])
def test_a_refused_login_defers_every_mail(smarthost: Smarthost, reply: str) -> None:
    smarthost.script.extensions = ("AUTH PLAIN",)
    smarthost.script.replies = {"AUTH": reply}
    result = carrier_to(smarthost.port, username="desk", password="wrong").send(mail())
    assert (result.state, result.stage) == (DEFERRED, "auth")


def test_a_server_without_login_defers_when_we_have_one(smarthost: Smarthost) -> None:
    result = carrier_to(smarthost.port, username="desk", password="secret").send(mail())
    assert (result.state, result.stage) == (DEFERRED, "auth")


def test_a_refused_token_is_renewed_once(smarthost: Smarthost) -> None:
    smarthost.script.replies = {"AUTH": ["334 eyJzdGF0dXMiOiI0MDEifQ==", "235 2.7.0 Welcome"]}
    asked: list[bool] = []

    def token(is_renewal: bool) -> str:
        asked.append(is_renewal)
        return "new" if is_renewal else "old"

    carrier = carrier_to(smarthost.port, username="desk", token=token)
    assert (carrier.send(mail()).state, asked) == (SENT, [False, True])
    carrier.close()


def test_an_unreachable_token_issuer_defers(smarthost: Smarthost) -> None:
    def token(_: bool) -> str:
        raise Unavailable("the issuer does not answer")

    result = carrier_to(smarthost.port, username="desk", token=token).send(mail())
    assert (result.state, result.stage, result.text) == (DEFERRED, "auth", "the issuer does not answer")


def test_options_never_show_their_secrets() -> None:
    shown = repr(SmtpOptions(host="h", username="desk", password="hunter2", token=lambda _: "t"))
    assert "hunter2" not in shown
    assert "token" not in shown


def test_closing_twice_or_unused_is_harmless(smarthost: Smarthost) -> None:
    carrier = carrier_to(smarthost.port)
    carrier.close()
    carrier.send(mail())
    carrier.close()
    carrier.close()
    assert smarthost.commands.count("QUIT") == 1
