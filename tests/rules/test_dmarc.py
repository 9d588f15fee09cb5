"""Policy discovery and alignment (RFC 7489 3.1, 6.6.3)."""

from collections.abc import Sequence

import pytest
from zones import AWAY, Zone

from parsers.host_names import as_ascii
from parsers.public_suffixes import registered_domain
from rules.dmarc import Identifier, find_policy, judge_dmarc
from rules.lookups import LookupFailed

ZONE = {
    "_dmarc.example.com TXT": ("v=DMARC1; p=reject; sp=quarantine",),
    "_dmarc.strict.com TXT": ("v=DMARC1; p=none; adkim=s; aspf=s",),
    "_dmarc.own.example.com TXT": ("v=DMARC1; p=none",),
    "_dmarc.shop.co.uk TXT": ("v=DMARC1; p=reject",),
    "_dmarc.co.uk TXT": ("v=DMARC1; p=none",),
    "_dmarc.github.io TXT": ("v=DMARC1; p=none",),
    "_dmarc.away.com TXT": AWAY,
    "_dmarc.twice.com TXT": ("v=DMARC1; p=reject", "v=DMARC1; p=none"),
}


def spf(domain: str, result: str = "pass") -> Identifier:
    return Identifier(method="spf", domain=domain, result=result)


def dkim(domain: str, result: str = "pass") -> Identifier:
    return Identifier(method="dkim", domain=domain, result=result)


@pytest.mark.parametrize(
    ("domain", "asked", "questions"),
    [
        ("example.com", "reject", 1),
        ("mail.example.com", "quarantine", 2),
        ("own.example.com", "none", 1),
        ("a.b.shop.co.uk", "reject", 2),
        ("other.co.uk", None, 1),
        ("nobody.com", None, 1),
        ("alice.github.io", None, 1),
        ("twice.com", None, 1),
        ("x.twice.com", None, 2),
    ],
)
def test_the_policy_is_the_domain_s_own_or_that_of_its_organisation(domain: str, asked: str | None, questions: int):
    zone = Zone(ZONE)
    policy = find_policy(domain, zone)
    assert (policy.asked if policy else None, len(zone.asked)) == (asked, questions)


@pytest.mark.parametrize("domain", ["away.com", "x.away.com"])
def test_a_policy_that_cannot_be_asked_for_is_no_answer(domain: str):
    with pytest.raises(LookupFailed):
        find_policy(domain, Zone(ZONE))


@pytest.mark.parametrize(
    ("domain", "identifiers", "result"),
    [
        ("example.com", [], "fail"),
        ("example.com", [spf("example.com")], "pass"),
        ("example.com", [dkim("example.com")], "pass"),
        ("example.com", [spf("bounce.example.com")], "pass"),
        ("mail.example.com", [dkim("other.example.com")], "pass"),
        ("example.com", [spf("evil.example"), dkim("evil.example")], "fail"),
        ("example.com", [spf("example.com.evil.example")], "fail"),
        ("example.com", [spf("xexample.com")], "fail"),
        ("example.com", [spf("com")], "fail"),
        ("example.com", [spf("example.com", "fail"), dkim("example.com")], "pass"),
        ("example.com", [spf("example.com", "softfail")], "fail"),
        ("example.com", [spf("example.com", "neutral"), dkim("example.com", "policy")], "fail"),
        ("example.com", [spf("example.com", "temperror")], "temperror"),
        ("example.com", [dkim("example.com", "temperror"), spf("evil.example")], "temperror"),
        ("example.com", [dkim("example.com", "permerror")], "fail"),
        ("example.com", [spf("evil.example", "temperror"), dkim("evil.example", "temperror")], "fail"),
        ("strict.com", [spf("bounce.strict.com"), dkim("mail.strict.com")], "fail"),
        ("strict.com", [spf("strict.com")], "pass"),
        ("a.shop.co.uk", [spf("b.shop.co.uk")], "pass"),
        ("a.shop.co.uk", [spf("other.co.uk")], "fail"),
        ("nobody.com", [spf("nobody.com")], "none"),
    ],
)
def test_one_aligned_pass_is_enough_and_nothing_else_is(domain: str, identifiers: Sequence[Identifier], result: str):
    assert judge_dmarc(find_policy(domain, Zone(ZONE)), identifiers).value == result


@pytest.mark.parametrize(
    ("domain", "organisation"),
    [
        ("a.b.example.com", "example.com"),
        ("EXAMPLE.com.", "example.com"),
        ("a.b.shop.co.uk", "shop.co.uk"),
        ("co.uk", "co.uk"),
        ("alice.github.io", "alice.github.io"),
        ("x.alice.github.io", "alice.github.io"),
        ("a.xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("com", "com"),
    ],
)
def test_organisations_begin_below_the_public_suffix(domain: str, organisation: str):
    assert registered_domain(domain) == organisation


@pytest.mark.parametrize(
    ("name", "ascii_name"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("localhost", ""),
        ("[192.0.2.1]", ""),
        ("a..b", ""),
        ("a b.example", ""),
        ("x" * 64 + ".example", ""),
        ("ü" * 300 + ".example", ""),
        ("exämple.evil\u3002com", "xn--exmple-cua.evil.com"),
        ("", ""),
    ],
)
def test_a_domain_is_asked_for_as_the_dns_has_it(name: str, ascii_name: str):
    assert as_ascii(name) == ascii_name
