"""Acknowledgements: who gets one, who never does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from deskwork import ALICE, DESK, NOW, STRICT, TICKET, checked, found, mail, mails, passed, run

from parsers.mail import Automatic
from rules.facts import Found

FAILED = checked("dmarc=fail header.from=cust.example")
NOTHING = checked("dmarc=none; spf=none; dkim=none")


def acknowledges(message=None, facts=None, *, desk=DESK, **envelope):
    return ("ticket-received", ALICE) in mails(run(message or mail(), facts or Found(), desk=desk, **envelope))


SENDERS = [
    ("authenticated stranger", STRICT, passed(ALICE), {}, True),
    ("stranger whom nothing authenticates", STRICT, NOTHING, {}, False),
    ("stranger nobody has checked", STRICT, (), {}, False),
    ("stranger who failed", STRICT, FAILED, {}, False),
    ("known sender, nothing to authenticate", STRICT, NOTHING, {"was_answered": True}, True),
    ("known sender who failed", STRICT, FAILED, {"was_answered": True}, False),
    ("stranger where nobody can tell", DESK, (), {}, True),
    ("stranger told today", DESK, (), {"acknowledged_recently": True}, False),
    ("authenticated stranger told today", STRICT, passed(ALICE), {"acknowledged_recently": True}, False),
    (
        "authenticated sender who wrote before",
        STRICT,
        passed(ALICE),
        {"acknowledged_recently": True, "sender_known": True},
        True,
    ),
    (
        "authenticated sender whom we have answered",
        STRICT,
        passed(ALICE),
        {"acknowledged_recently": True, "was_answered": True},
        True,
    ),
    ("known sender told today", DESK, (), {"acknowledged_recently": True, "was_answered": True}, False),
    (
        "known sender told today, nothing to authenticate",
        STRICT,
        NOTHING,
        {"acknowledged_recently": True, "was_answered": True},
        False,
    ),
    ("known sender over the budget", DESK, (), {"automatic_today": 5, "was_answered": True}, False),
    ("stranger of a domain over its budget", DESK, (), {"acknowledged_in_domain": 100}, False),
    ("stranger of a domain within it", DESK, (), {"acknowledged_in_domain": 99}, True),
    ("stranger who wrote before and nothing authenticates", STRICT, NOTHING, {"sender_known": True}, False),
    ("stranger who wrote before, told today", DESK, (), {"acknowledged_recently": True, "sender_known": True}, False),
    ("breaker open", DESK, (), {"breaker_open": True, "was_answered": True}, False),
]


@pytest.mark.parametrize(
    ("desk", "headers", "facts", "expected"), [r[1:] for r in SENDERS], ids=[r[0] for r in SENDERS]
)
def test_known_and_authenticated_senders_are_acknowledged_within_budgets(desk, headers, facts, expected):
    assert acknowledges(mail(headers=headers), Found(**facts), desk=desk) is expected


MAILS = [
    ("switched off", {}, {}, replace(DESK, acknowledge=False)),
    ("asks for none", {"automatic": Automatic(acknowledge=False)}, {}, DESK),
    ("null reverse-path", {}, {"sender": ""}, DESK),
    ("null return path by imap", {"headers": (("return-path", "< >"),)}, {"source": "imap"}, DESK),
    ("old mail", {"date": NOW - timedelta(hours=25)}, {}, DESK),
    ("old arrival", {"date": None}, {"received_at": NOW - timedelta(hours=25)}, DESK),
]


@pytest.mark.parametrize(("fields", "envelope", "desk"), [r[1:] for r in MAILS], ids=[r[0] for r in MAILS])
def test_some_mails_are_never_acknowledged(fields, envelope, desk):
    decision = run(mail(**fields), desk=desk, **envelope)
    assert ("ticket-received", ALICE) not in mails(decision)
    assert any(line.startswith("no acknowledgement: ") for line in decision.trace.notices)


@pytest.mark.parametrize(
    "author", ["no-reply@x.example", "DoNotReply+7@x.example", "noreply.shop@x.example", "mailer-daemon@x.example"]
)
def test_senders_that_nobody_reads_are_not_answered(author):
    assert not any(template == "ticket-received" for template, _ in mails(run(mail(author))))


def test_mail_fetched_by_imap_has_no_envelope_and_is_acknowledged_all_the_same():
    assert acknowledges(source="imap", sender="")


def test_a_reply_is_not_acknowledged():
    assert mails(run(mail(subject="[#123]"), found(TICKET)))[0][0] == "customer-reply-notice"


def test_ten_thousand_forged_senders_get_nothing():
    senders = (f"v{n}@victim{n}.example" for n in range(10_000))
    headers = checked("dmarc=fail")
    answers = (mails(run(mail(a, subject="TAKE THIS DOWN", headers=headers), desk=STRICT)) for a in senders)
    assert not any(template == "ticket-received" for sends in answers for template, _ in sends)
