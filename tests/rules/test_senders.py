"""Senders: who From is, and how far Reply-To is believed."""

import pytest
from deskwork import ALICE, ANNA, BEN, DESK, EVE, STRICT, US, checked, joined, mail, mails, of, run

from parsers.mail import Address
from rules.actions import CreateTicket
from rules.addresses import agent_at, is_aligned, mailbox_of, organisational_domain, same_organisation
from rules.facts import Role

REPLY_TO = [
    ("colleague", [("orders@cust.example")], ALICE, [("orders@cust.example", Role.CC)]),
    ("sub-domain", ["a@mail.cust.example"], ALICE, [("a@mail.cust.example", Role.CC)]),
    ("same as From", ["Alice@cust.example"], ALICE, []),
    ("foreign", [EVE], ALICE, []),
    ("look-alike", ["alice@cust.example.evil.example"], ALICE, []),
    ("ours", [US], ALICE, []),
    ("an agent", [ANNA], ALICE, []),
    ("many", [f"p{n}@cust.example" for n in range(50)], ALICE, []),
]


@pytest.mark.parametrize(("addresses", "requester", "others"), [r[1:] for r in REPLY_TO], ids=[r[0] for r in REPLY_TO])
def test_reply_to_adds_only_somebody_of_the_same_organisation(addresses, requester, others):
    decision = run(mail(reply_to=tuple(Address(address=a) for a in addresses)))
    assert of(decision, CreateTicket)[0].requester.address == requester
    assert (joined(decision), mails(decision)[0]) == (others, ("ticket-received", requester))


def test_a_robots_reply_to_of_the_same_organisation_is_the_requester():
    message = mail("no-reply@shop.example", reply_to=(Address(address="orders@shop.example"),))
    decision = run(message)
    assert of(decision, CreateTicket)[0].requester.address == "orders@shop.example"
    assert joined(decision) == []


def test_two_people_at_a_mailbox_provider_are_strangers():
    message = mail("mallory@gmail.com", reply_to=(Address(address="victim@gmail.com"),))
    assert joined(run(message)) == []


def test_a_failed_senders_companions_wait():
    message = mail(cc=(Address(address=EVE),), headers=checked("dmarc=fail"))
    assert joined(run(message, desk=STRICT)) == [(EVE, Role.WAITING)]
    assert joined(run(mail(cc=(Address(address=EVE),)))) == [(EVE, Role.CC)]


LOOK_ALIKES = [
    "annа@us.example",
    "ANNA@us.example.",
    "anna@us.example.evil.example",
    "anna+x@us.example",
    "\u017funna@us.example",
]


@pytest.mark.parametrize("address", LOOK_ALIKES)
def test_an_agent_is_found_by_the_exact_address_only(address):
    assert agent_at(DESK, address) is None


def test_ascii_case_does_not_matter_and_other_case_does():
    assert agent_at(DESK, "Anna@US.Example") is DESK.agents[0]
    assert mailbox_of(DESK, "SUPPORT+abc@us.example") is DESK.mailboxes[0]
    assert mailbox_of(DESK, "\u017fupport@us.example") is None
    assert mailbox_of(DESK, "support@evil.example") is None


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("example.com", "example.com"),
        ("a.b.example.com", "example.com"),
        ("shop.example.co.uk", "example.co.uk"),
        ("a.example.com.au", "example.com.au"),
        ("x.y.github.io", "y.github.io"),
        ("localhost", "localhost"),
        ("co.uk", "co.uk"),
    ],
)
def test_the_organisational_domain_is_guessed_with_care(domain, expected):
    assert organisational_domain(domain) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a.example", "a.example", True),
        ("x.a.example", "a.example", True),
        ("a.example", "y.x.a.example", True),
        ("x.a.example", "y.a.example", False),
        ("a.co.uk", "co.uk", False),
        ("a.example", "example", False),
        ("evila.example", "a.example", False),
        ("", "", False),
        ("", "a.example", False),
        ("y.github.io", "github.io", False),
    ],
)
def test_domains_align_up_and_down_but_never_past_the_organisation(one, other, expected):
    assert is_aligned(one, other) is is_aligned(other, one) is expected


def test_agents_of_ours_and_customers_are_never_one_organisation_by_a_public_suffix():
    assert not same_organisation("a@one.co.uk", "b@two.co.uk")
    assert same_organisation("a@x.one.co.uk", "b@one.co.uk")
    assert not same_organisation(BEN, ALICE)
