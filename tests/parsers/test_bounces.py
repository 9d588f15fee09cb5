"""Bounces are read whatever mail system wrote them, and nothing else is taken for one."""

import json
import random
import time

import pytest
from bounce_samples import ANNA, BERT, NO_BOUNCES, REPORTS, TEXTS, Sample, dsn, plain
from more_bounce_samples import MORE_TEXTS

from parsers.bodies import read_body
from parsers.bounces import read_bounce
from parsers.mail import Bounce, BouncedRecipient
from parsers.structure import read_structure


def read(mail: str) -> Bounce | None:
    structure = read_structure(mail.encode())
    return read_bounce(structure, read_body(structure.parts).text)


def recipients(mail: str) -> list[tuple[str, str]]:
    bounce = read(mail)
    return [(r.address, r.status) for r in bounce.recipients] if bounce else []


@pytest.mark.parametrize("sample", REPORTS + TEXTS + MORE_TEXTS, ids=lambda sample: sample.name)
def test_recipients_status_action_and_original_id_are_read(sample: Sample) -> None:
    bounce = read(sample.mail)
    assert bounce is not None
    assert tuple((r.address, r.status) for r in bounce.recipients) == sample.recipients
    assert {r.action for r in bounce.recipients} <= {sample.action}
    assert bounce.original_message_id == sample.original_id


@pytest.mark.parametrize("mail", [mail for _, mail in NO_BOUNCES], ids=[name for name, _ in NO_BOUNCES])
def test_other_mail_is_no_bounce(mail: str) -> None:
    assert read(mail) is None


def test_a_person_who_passes_a_report_on_sends_no_bounce() -> None:
    report = next(sample.mail for sample in REPORTS if sample.name == "postfix")
    passed_on = report.replace("multipart/report; report-type=delivery-status", "multipart/mixed")
    passed_on = passed_on.replace("Mail Delivery System <MAILER-DAEMON@mx.example>", "Anna <anna@customer.example>")
    assert read(passed_on.replace("Undelivered Mail Returned to Sender", "Fwd: Undelivered Mail")) is None


def test_several_recipients_on_one_line_are_all_read() -> None:
    found = recipients(plain(f"Delivery to these recipients failed:\n\n  {ANNA}, <{BERT}>; carl@customer.example\n"))
    assert [address for address, _ in found] == [ANNA, BERT, "carl@customer.example"]


def test_a_role_address_is_a_recipient_when_no_other_is_named() -> None:
    found = recipients(plain("Your message could not be delivered to:\n\n<support@customer.example>:\nUser unknown\n"))
    assert found == [("support@customer.example", "5.1.1")]


@pytest.mark.parametrize("masked", ["xxxx@customer.example", "***@customer.example", "a\u2026@customer.example"])
def test_a_masked_recipient_gives_way_to_the_original_one(masked: str) -> None:
    fields = f"Final-Recipient: rfc822; {masked}\nOriginal-Recipient: rfc822; {ANNA}\nAction: failed\nStatus: 5.1.1"
    assert recipients(dsn(fields)) == [(ANNA, "5.1.1")]


def test_a_vague_report_is_completed_from_the_notice_beside_it() -> None:
    fields = f"Final-Recipient: rfc822; {ANNA}\nAction: failed\nStatus: 5.0.0"
    assert recipients(dsn(fields, notice="The server said: 552 5.2.2 mailbox full")) == [(ANNA, "5.2.2")]


def test_a_sending_services_event_is_a_bounce() -> None:
    told = {"emailAddress": ANNA, "status": "5.1.1", "action": "failed", "diagnosticCode": "smtp; 550 no user"}
    event = {
        "notificationType": "Bounce",
        "bounce": {"bounceType": "Permanent", "bouncedRecipients": [told]},
        "mail": {"commonHeaders": {"messageId": "<original.1@sender.example>"}},
    }
    bounce = read(plain(json.dumps(event) + "\n\n--\nTo stop these, write.\n", sender="no-reply@sns.amazonaws.com"))
    recipient = BouncedRecipient(
        address=ANNA, status="5.1.1", status_class=5, action="failed", diagnostic="550 no user"
    )
    assert bounce == Bounce(recipients=(recipient,), original_message_id="<original.1@sender.example>")


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("failed", "5.1.1", ("5.1.1", 5, "failed")),
        ("failed", "4.4.7", ("4.4.7", 4, "failed")),
        ("delayed", "5.4.1", ("4.4.1", 4, "delayed")),
        ("delivered", "2.0.0", ("2.0.0", 2, "delivered")),
        ("relayed", "2.1.9", ("2.1.9", 2, "relayed")),
        ("expanded", "2.1.5", ("2.1.5", 2, "expanded")),
        ("failed (nothing)", "5.1.1 (no such user)", ("5.1.1", 5, "failed")),
    ],
)
def test_status_class_and_action_agree(action: str, status: str, expected: tuple[str, int, str]) -> None:
    bounce = read(dsn(f"Final-Recipient: rfc822; {ANNA}\nAction: {action}\nStatus: {status}"))
    assert bounce is not None
    assert [(r.status, r.status_class, r.action) for r in bounce.recipients] == [expected]


def test_the_original_is_known_by_the_threading_fields_when_nothing_came_back() -> None:
    bounce = read(plain(f"<{ANNA}>:\nUser unknown\n", more="In-Reply-To: <original.1@sender.example>\n"))
    assert bounce is not None
    assert bounce.original_message_id == "<original.1@sender.example>"


@pytest.mark.parametrize(
    "filler", ["\n\n", "<a@b.example>:\n\n", "550 a@b.example ", "To:\n ", "user x ", "- original "]
)
def test_hostile_text_takes_little_time(filler: str) -> None:
    started = time.process_time()
    read(plain((filler * 20_000)[:20_000]))
    assert time.process_time() - started < 1


def test_no_text_raises() -> None:
    rng = random.Random(7)
    mails = [sample.mail for sample in REPORTS + TEXTS]
    for _ in range(150):
        mail = list(rng.choice(mails))
        for _ in range(20):
            mail[rng.randrange(len(mail))] = rng.choice("<>@:;.\n \t\x00\ufffd5a-")
        read("".join(mail))
