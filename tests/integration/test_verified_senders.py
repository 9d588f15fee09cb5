"""A desk that the Internet hands mail to: real SMTP from a strange address, a real name server, real signatures."""

import json
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from name_server import SILENT, NameServer
from running import DESK, Daemon
from signing import key_record, signed

import parsers
from parsers.mail import ParsedMail

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]
ADA, KIM = "ada@desk.example", "kim@customer.example"
STRANGE = "127.0.0.2"  # loopback, yet none of limits.trusted_peers
FORGED = b"Authentication-Results: desk.example; dmarc=pass header.from=desk.example\r\n"


def quoted(text: str) -> tuple[str, ...]:
    """A TXT record in presentation form: strings of 255 characters at most."""
    return (" ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255)),)


@pytest.fixture
def names() -> Iterator[NameServer]:
    records: dict[str, tuple[str, ...] | str] = {
        "desk.example TXT": quoted("v=spf1 -all"),
        "_dmarc.desk.example TXT": quoted("v=DMARC1; p=reject"),
        "s1._domainkey.desk.example TXT": quoted(key_record(bits=2048)),
        "customer.example TXT": quoted(f"v=spf1 ip4:{STRANGE} -all"),
        "_dmarc.customer.example TXT": quoted("v=DMARC1; p=none"),
        "silent.example TXT": SILENT,
        "_dmarc.silent.example TXT": SILENT,
    }
    with NameServer(records) as server:
        yield server


@dataclass
class Verifying(Daemon):
    """A desk with verification on, and what it has sent and said."""

    def outgoing(self, recipient: str) -> list[ParsedMail]:
        mails = (parsers.parse(path.read_bytes()) for path in sorted(self.folder.glob("out/new/*")))
        return [mail for mail in mails if recipient in [each.address for each in mail.to]]

    def said(self, event: str) -> list[dict]:
        lines = (self.folder / "desk.log").read_text(encoding="utf-8").splitlines()
        return [line for line in map(json.loads, lines) if line["event"] == event]

    def hand_over(self, raw: bytes, sender: str, recipient: str = DESK, source: str = STRANGE) -> None:
        """As another mail server would, and wait until it is decided."""
        before = len(self.said("mail_decided"))
        with smtplib.SMTP("127.0.0.1", self.smtp, source_address=(source, 0), timeout=10) as client:
            client.sendmail(sender, [recipient], raw)
        self.wait(lambda: len(self.said("mail_decided")) > before)


@pytest.fixture
def desk(tmp_path: Path, names: NameServer) -> Iterator[Verifying]:
    host, port = names.address
    asking = f'[verification]\nenabled = true\ntime_limit = "1s"\nresolvers = ["{host}:{port}"]\n'
    desk = Verifying(tmp_path, extra=asking)
    desk.start()
    yield desk
    desk.stop()


def written(sender: str, to: str, text: str, number: int) -> bytes:
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: Printer\r\nMessage-ID: <{number}@{sender.rpartition('@')[2]}>\r\n"
        f"Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
    ).encode()


def verified(desk: Verifying) -> list[str]:
    return [each["results"] for each in desk.said("sender_verified")]


def test_only_the_agent_s_own_signature_reaches_the_customer(desk: Verifying) -> None:
    desk.hand_over(written(KIM, DESK, "It burns.", 1), KIM)
    desk.wait(lambda: desk.outgoing(ADA))
    to = desk.outgoing(ADA)[0].reply_to[0].address
    desk.hand_over(FORGED + written(ADA, to, "Forged words.", 2), ADA, to)
    desk.hand_over(signed(written(ADA, to, "Use the extinguisher.", 3), "desk.example", bits=2048), KIM, to)
    desk.wait(lambda: any("extinguisher" in mail.text for mail in desk.outgoing(KIM)))
    assert not any("Forged" in mail.text for mail in desk.outgoing(KIM))
    customer, forged, honest = verified(desk)
    assert "spf=pass smtp.mailfrom=customer.example; dkim=none; dmarc=pass (p=none)" in customer
    assert "spf=fail smtp.mailfrom=desk.example; dkim=none; dmarc=fail (p=reject)" in forged
    assert "dkim=pass header.d=desk.example header.s=s1; dmarc=pass (p=reject)" in honest
    told = desk.command("explain", "--inbound", "2")
    assert (told["taken_for"], told["verified"]) == ("agent ada", forged)


def test_silent_name_servers_hold_no_mail_back_and_mail_of_a_trusted_peer_is_not_looked_at(desk: Verifying) -> None:
    desk.hand_over(written("a@silent.example", DESK, "Hello.", 1), "a@silent.example")
    desk.hand_over(written(KIM, DESK, "It burns.", 2), KIM, source="127.0.0.1")
    (silent,) = verified(desk)
    assert silent.startswith("desk.example; spf=temperror smtp.mailfrom=silent.example")
    assert "dmarc=temperror" in silent
    assert desk.command("verify")["ok"]
