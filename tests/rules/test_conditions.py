"""Conditions: every fact and operator, groups, and what is said about wrong ones."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from deskwork import NOW, TICKET, checked
from rulework import PDF, THEN, compiled, facts, matches, triaged

from parsers.mail import Address, Automatic, AutomaticKind
from rules.facts import Activity, Status
from rules.operators import OPERATORS
from rules.triage_facts import FAMILIES, FIELDS, Happening

HOLDS: list[tuple[str, dict[str, Any]]] = [
    ('{ from.is = "ALICE@cust.example" }', {}),
    ('{ from_domain.is_one_of = ["x.example", "cust.example"] }', {}),
    ('{ from_name.contains_any = ["robot"] }', {"sender_from": Address(name="A Robot", address="a@b.example")}),
    ('{ envelope_from.starts = "bounce@" }', {}),
    ('{ reply_to.ends = "@b.example" }', {"reply_to": (Address(address="x@b.example"),)}),
    ('{ to.is = "support@us.example" }', {}),
    ('{ cc.glob = "*@legal.*" }', {"cc": (Address(address="a@legal.example"),)}),
    ('{ recipient.is = "help@us.example" }', {}),
    ('{ address.is = "bounce@cust.example" }', {}),
    ('{ address.in_file = "partners.txt" }', {"cc": (Address(address="anybody@partner.example"),)}),
    ('{ from.in_file = "partners.txt" }', {"sender_from": Address(address="kim@cust.example")}),
    ('{ subject.contains_any = ["scanner", "printer"] }', {}),
    ('{ text.contains_all = ["does not", "print"] }', {}),
    ('{ whole_text.contains_any = ["old"] }', {"text": "new\n> old", "reply": "new"}),
    ('{ none = [ { text.contains_any = ["old"] } ] }', {"text": "new\n> old", "reply": "new"}),
    ('{ subject_or_text.contains_all = ["printer", "print"] }', {}),
    (r"{ subject.pattern = '^PRINT(er)?$' }", {}),
    ('{ language.is = "en" }', {}),
    ('{ automatic.is = "bulk" }', {"automatic": Automatic(kind=AutomaticKind.BULK)}),
    ("{ has_attachment.is = true }", {"attachments": (PDF,)}),
    ('{ attachment_name.glob = "*.pdf" }', {"attachments": (PDF,)}),
    ('{ attachment_name.contains_any = ["4711"] }', {"attachments": (PDF,)}),
    ('{ attachment_type.is = "application/pdf" }', {"attachments": (PDF,)}),
    ('{ attachment_size.greater = "2MB" }', {"attachments": (PDF,)}),
    ("{ attachment_count.within = [1, 3] }", {"attachments": (PDF,)}),
    ('{ authentication.is = "unknown" }', {}),
    ("{ spam_score.greater = 5 }", {"headers": (("x-spam-status", "Yes, score=7.5 required=5"),)}),
    ("{ spam_score.less = 0 }", {"headers": (("x-rspamd-score", "-1.5"),)}),
    ('{ header.x-priority.is = "1" }', {"headers": (("x-priority", "1"),)}),
    ("{ header.List-Id.present = true }", {"headers": (("list-id", "<a.b>"),)}),
    ("{ header.list-id.present = false }", {}),
    ('{ organisation.is = "cust.example" }', {}),
    ("{ vip.is = true }", {}),
    ("{ known.is = false }", {}),
    ("{ on_shift.is = true }", {}),
    ('{ mailbox.is = "support" }', {}),
    ('{ assignee.is = "" }', {}),
    ('{ field.site.is = "" }', {}),
    ("{ field.site.present = false }", {}),
    ("{ since_agent_reply.present = false }", {}),
    ("{ text.is_not = 'x', all = [ { subject.is = 'PRINTER' } ] }", {}),
    ("{ any = [ { subject.is = 'x' }, { all = [ { subject.is = 'printer' }, { language.is = 'en' } ] } ] }", {}),
]
DOES_NOT_HOLD: list[str] = [
    '{ from.is = "al\u0131ce@cust.example" }',
    '{ subject.is = "print" }',
    '{ text.contains_any = ["prin"] }',
    '{ text.contains_all = ["print", "scan"] }',
    "{ spam_score.greater = 5 }",
    "{ spam_score.less = 5 }",
    '{ since_agent_reply.greater = "1s" }',
    "{ status.changed = true }",
    '{ header.x-none.is = "" }',
    "{ none = [ { subject.is = 'printer' } ] }",
    "{ any = [ { subject.is = 'x' }, { subject.is = 'y' } ] }",
    "{ subject.is = 'printer', language.is = 'de' }",
    '{ address.in_file = "partners.txt" }',
]


@pytest.mark.parametrize(("when", "more"), HOLDS, ids=[when for when, _ in HOLDS])
def test_a_condition_holds(when: str, more: dict[str, Any]) -> None:
    assert matches(when, **more)


@pytest.mark.parametrize("when", DOES_NOT_HOLD)
def test_a_condition_does_not_hold(when: str) -> None:
    assert not matches(when)


@pytest.mark.parametrize(
    "when",
    [
        '{ status.changed = { from = "pending", to = "open" } }',
        "{ status.changed = true }",
        '{ previous.status.is = "pending" }',
        '{ since_customer_reply.within = "1h" }',
        '{ since_agent_reply.greater = "2d" }',
        "{ replies.greater = 1 }",
        "{ reopens.is = 1 }",
        "{ open_tickets.within = [2, 4] }",
        '{ assignee.is = "anna" }',
    ],
)
def test_a_reply_is_judged_by_the_past_of_its_ticket(when: str) -> None:
    activity = Activity(
        customer_replies=2,
        reopens=1,
        open_tickets=3,
        last_customer_at=NOW - timedelta(minutes=5),
        last_agent_at=NOW - timedelta(days=3),
    )
    rule = f'[[rule]]\nname = "r"\non = "reply"\nwhen = {when}\n{THEN}'
    now_open = replace(TICKET, status=Status.OPEN)
    assert triaged(rule, happening=Happening.REPLY, ticket=now_open, before=TICKET, activity=activity).acted


def test_an_authentication_result_is_a_fact() -> None:
    assert facts(headers=checked("dmarc=pass header.from=cust.example")).value("authentication") == "unknown"


FAULTS = [
    ('{ subjekt.is = "x" }', "there is no fact 'subjekt'", "did you mean 'subject'?"),
    ("{ vip.contains_any = ['x'] }", "does not fit vip, which is yes or no", ""),
    ("{ subject.contans_any = ['x'] }", "there is no operator 'contans_any'", "did you mean 'contains_any'?"),
    (r"{ subject.pattern = '(?=x)' }", 'got "(?=x)"', "for example"),
    ("{ subject = 'x' }", 'got "x"', ""),
    ("{ any = [] }", "got []", ""),
    ("{ any = [ 'x' ] }", 'got "x"', ""),
    ("{ attachment_size.greater = 'big' }", 'got "big"', "for example"),
    ("{ since_created.greater = 3 }", "got 3", "for example"),
    ("{ address.in_file = 'none.txt' }", 'got "none.txt"', "for example"),
    ("{ subject.changed = true }", "got true", "for example"),
    ("{ previous.subject.is = 'x' }", "there is no fact 'previous.subject'", ""),
    ("{ attachment_count.within = [1] }", "got [1]", "for example"),
]


@pytest.mark.parametrize(("when", "found", "hint"), FAULTS, ids=[when for when, _, _ in FAULTS])
def test_a_wrong_condition_is_explained(when: str, found: str, hint: str) -> None:
    (fault,) = compiled(f'[[rule]]\nname = "r"\nwhen = {when}\n{THEN}').faults
    assert found in fault.found
    assert hint in fault.hint


@pytest.mark.parametrize("example", [each.example for each in (*FIELDS.values(), *OPERATORS.values())])
def test_every_example_of_the_reference_compiles(example: str) -> None:
    assert not compiled(f'[[rule]]\nname = "r"\nwhen = {example}\n{THEN}').faults


@pytest.mark.parametrize("example", [example for _, _, example, _ in FAMILIES.values()])
def test_every_example_of_a_family_compiles(example: str) -> None:
    assert not compiled(f'[[rule]]\nname = "r"\nwhen = {example}\n{THEN}').faults


def test_a_mail_without_anything_is_judged_too() -> None:
    when = '{ any = [ { from.is = "x" }, { text.contains_any = ["x"] }, { language.is = "x" } ] }'
    assert not matches(when, sender_from=None, text="", reply="", subject="", language="", date=None)
