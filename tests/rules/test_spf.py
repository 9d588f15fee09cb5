"""SPF as RFC 7208 has it: its own examples, its error table, its limits."""

from typing import Any

import pytest
from zones import AWAY, Zone

from rules.spf import SpfCheck, SpfResult, check_spf

# RFC 7208, appendix A
HOSTS: dict[str, Any] = {
    "example.com A": ("192.0.2.10", "192.0.2.11"),
    "example.com MX": ("mail-a.example.com.", "mail-b.example.com."),
    "amy.example.com A": ("192.0.2.65",),
    "bob.example.com A": ("192.0.2.66",),
    "mail-a.example.com A": ("192.0.2.129",),
    "mail-b.example.com A": ("192.0.2.130",),
    "example.org MX": ("mail-c.example.org.",),
    "mail-c.example.org A": ("192.0.2.140",),
    "10.2.0.192.in-addr.arpa PTR": ("example.com.",),
    "11.2.0.192.in-addr.arpa PTR": ("example.com.",),
    "65.2.0.192.in-addr.arpa PTR": ("amy.example.com.",),
    "66.2.0.192.in-addr.arpa PTR": ("bob.example.com.",),
    "129.2.0.192.in-addr.arpa PTR": ("mail-a.example.com.",),
    "130.2.0.192.in-addr.arpa PTR": ("mail-b.example.com.",),
    "140.2.0.192.in-addr.arpa PTR": ("mail-c.example.org.",),
    "4.0.0.10.in-addr.arpa PTR": ("bob.example.com.",),
}


def look(record: str, ip: str = "192.0.2.10", sender: str = "joe@example.com", **more: Any) -> str:
    helo = more.pop("helo", "mx.example.com")
    return check_spf(ip, sender, helo, Zone({**HOSTS, "example.com TXT": (record,), **more})).result.value


@pytest.mark.parametrize(
    ("record", "passing", "failing"),
    [
        ("v=spf1 +all", ("129.129.1.1", "2001:db8::1"), ()),
        ("v=spf1 a -all", ("192.0.2.10", "192.0.2.11"), ("192.0.2.65", "2001:db8::1")),
        ("v=spf1 a:example.org -all", (), ("192.0.2.10", "192.0.2.140")),
        ("v=spf1 mx -all", ("192.0.2.129", "192.0.2.130"), ("192.0.2.10",)),
        ("v=spf1 mx:example.org -all", ("192.0.2.140",), ("192.0.2.129",)),
        ("v=spf1 mx mx:example.org -all", ("192.0.2.129", "192.0.2.140"), ("192.0.2.10",)),
        ("v=spf1 mx/30 mx:example.org/30 -all", ("192.0.2.131", "192.0.2.143"), ("192.0.2.132",)),
        ("v=spf1 ptr -all", ("192.0.2.10", "192.0.2.65"), ("192.0.2.140", "10.0.0.4")),
        ("v=spf1 ip4:192.0.2.128/28 -all", ("192.0.2.129",), ("192.0.2.65",)),
        ("v=spf1 ip6:2001:db8::/32 -all", ("2001:db8:1::1",), ("2001:db9::1", "192.0.2.10")),
        ("v=spf1 ip4:192.0.2.10 -all", ("::ffff:192.0.2.10",), ("::ffff:192.0.2.11",)),
    ],
)
def test_the_examples_of_the_rfc_give_what_it_says(record: str, passing: tuple[str, ...], failing: tuple[str, ...]):
    assert [look(record, ip) for ip in (*passing, *failing)] == ["pass"] * len(passing) + ["fail"] * len(failing)


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 -all", "fail"),
        ("v=spf1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1", "neutral"),
        ("v=spf1 A -ALL", "pass"),
        ("V=SPF1 a -all", "pass"),
        ("v=spf1  a   -all ", "pass"),
        ("v=spf10 a -all", "none"),
        ("v=spf2 -all", "none"),
        ("some other text", "none"),
        ("v=spf1 ~mx -all ?a", "fail"),
        ("v=spf1 -ip4:192.0.2.10 +all", "fail"),
        ("v=spf1 future=%{d}x a -all", "pass"),
        ("v=spf1 exp=explain._spf.%{d} -all", "fail"),
        ("v=spf1 a:example.com/24 -all", "pass"),
        ("v=spf1 a/24//64 -all", "pass"),
        ("v=spf1 a//64 -all", "pass"),
        ("v=spf1 ptr:example.com -all", "pass"),
        ("v=spf1 ptr:example.org -all", "fail"),
    ],
)
def test_each_qualifier_and_form_of_a_record_counts(record: str, result: str):
    assert look(record) == result


@pytest.mark.parametrize(
    "term",
    [
        "all:x",
        "al",
        "ip4:192.0.2",
        "ip4:192.0.2.1/33",
        "ip4:192.0.2.1/00",
        "ip4:192.0.2.01",
        "ip4",
        "ip6:192.0.2.1/24",
        "ip6:2001:db8::/129",
        "ip6:fe80::1%eth0",
        "include",
        "include:",
        "include:nodots",
        "include:a.12",
        "include:%{c}.example.com",
        "exists:",
        "exists:%(ir).example.com",
        "exists:%{x}.example.com",
        "exists:%{d0}.example.com",
        "exists:%{i",
        "exists:a b.example.com",
        "a:",
        "a:example.com:8080",
        "a/33",
        "a//129",
        "a/0/0",
        "mx:example.-com",
        "ptr/24",
        "redirect=",
        "redirect=example",
        "redirect=a.example redirect=b.example",
        "exp=a.example exp=b.example",
        "-redirect=a.example",
        "1=x",
        "x=%",
        "=x",
        "foo",
        "a,mx",
        "é",
    ],
)
def test_a_syntax_error_anywhere_is_a_permanent_error_even_behind_what_matches(term: str):
    assert look(f"v=spf1 +all {term}") == "permerror"


@pytest.mark.parametrize(
    ("inner", "result"),
    [
        ("v=spf1 +all", "pass"),
        ("v=spf1 -all", "softfail"),
        ("v=spf1 ~all", "softfail"),
        ("v=spf1 ?all", "softfail"),
        (AWAY, "temperror"),
        ("v=spf1 foo", "permerror"),
        ("no record", "permerror"),
    ],
)
def test_an_include_passes_or_does_not_match_or_spreads_its_error(inner: str, result: str):
    found = inner if inner == AWAY else (inner,)
    assert look("v=spf1 include:inner.example ~all", **{"inner.example TXT": found}) == result


@pytest.mark.parametrize(
    ("target", "result"),
    [(("v=spf1 a:example.com -all",), "pass"), (("v=spf1 -all",), "fail"), ((), "permerror"), (AWAY, "temperror")],
)
def test_a_redirect_is_the_other_domain_s_result_and_needs_one(target: Any, result: str):
    assert look("v=spf1 redirect=_spf.example.net", **{"_spf.example.net TXT": target}) == result


def test_a_redirect_beside_all_is_never_followed():
    assert look("v=spf1 redirect=_spf.example.net ?all", **{"_spf.example.net TXT": AWAY}) == "neutral"


def test_macros_after_a_redirect_speak_of_the_new_domain():
    found = {
        "_spf.example.net TXT": ("v=spf1 exists:%{d}.x.example -all",),
        "_spf.example.net.x.example A": ("127.0.0.2",),
    }
    assert look("v=spf1 redirect=_spf.example.net", **found) == "pass"


@pytest.mark.parametrize(
    ("spec", "name"),
    [  # RFC 7208 7.4
        ("%{s}.x", "strong-bad@email.example.com.x"),
        ("%{o}.x", "email.example.com.x"),
        ("%{d}.x", "email.example.com.x"),
        ("%{d4}.x", "email.example.com.x"),
        ("%{d2}.x", "example.com.x"),
        ("%{d1}.x", "com.x"),
        ("%{dr}.x", "com.example.email.x"),
        ("%{d2r}.x", "example.email.x"),
        ("%{l}.x", "strong-bad.x"),
        ("%{l-}.x", "strong.bad.x"),
        ("%{lr}.x", "strong-bad.x"),
        ("%{lr-}.x", "bad.strong.x"),
        ("%{l1r-}.x", "strong.x"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
        ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
        ("%{h}.x", "mx.example.org.x"),
        ("%{S}.x", "strong-bad%40email.example.com.x"),
        ("%{p}.x", "unknown.x"),
        ("a%%b%_c%-.x", "a%b c%20.x"),
    ],
)
def test_macros_are_filled_as_in_the_examples_of_the_rfc(spec: str, name: str):
    zone = Zone({"email.example.com TXT": (f"v=spf1 exists:{spec} -all",), f"{name} A": ("127.0.0.2",)})
    found = check_spf("192.0.2.3", "strong-bad@email.example.com", "mx.example.org", zone)
    assert (zone.asked[-1], found.result) == (f"{name} A", SpfResult.PASS)


def test_an_ipv6_address_is_spelled_in_nibbles():
    name = "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com"
    zone = Zone({"example.com TXT": ("v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all",), f"{name} A": ("127.0.0.2",)})
    assert check_spf("2001:db8::cb01", "a@example.com", "x.example", zone).result is SpfResult.PASS


def test_a_peer_whose_name_leads_back_fills_the_name_macro():
    assert (
        look("v=spf1 exists:%{p}.x.example -all", "192.0.2.65", **{"amy.example.com.x.example A": ("127.0.0.2",)})
        == "pass"
    )


def test_a_name_too_long_loses_labels_on_the_left():
    local = ".".join(["a" * 50] * 6)
    zone = Zone({"example.com TXT": ("v=spf1 exists:%{l}.%{d} -all",)})
    check_spf("192.0.2.3", f"{local}@example.com", "x.example", zone)
    assert zone.asked[-1] == f"{'.'.join(['a' * 50] * 4)}.example.com A"


def test_more_than_ten_terms_that_ask_are_an_error():
    ten = " ".join(f"a:h{number}.example.com" for number in range(10))
    found = {f"h{number}.example.com A": ("198.51.100.1",) for number in range(11)}
    assert look(f"v=spf1 {ten} -all", **found) == "fail"
    assert look(f"v=spf1 {ten} a:h10.example.com -all", **found) == "permerror"


def test_domains_that_include_each_other_end():
    assert (
        look("v=spf1 include:b.example -all", **{"b.example TXT": ("v=spf1 include:example.com -all",)}) == "permerror"
    )


def test_the_third_question_in_vain_is_an_error():
    assert look("v=spf1 a:no1.example a:no2.example -all") == "fail"
    assert look("v=spf1 a:no1.example a:no2.example exists:no3.example -all") == "permerror"


def test_more_than_ten_exchanges_are_an_error():
    hosts = {"example.org MX": tuple(f"m{n}.example.org." for n in range(11))}
    addresses = {f"m{n}.example.org A": ("198.51.100.1",) for n in range(11)}
    assert look("v=spf1 mx:example.org -all", **hosts, **addresses) == "permerror"


def test_only_ten_names_of_a_peer_are_looked_at():
    names = tuple(f"h{n}.example.org." for n in range(10))
    assert look("v=spf1 ptr -all", **{"10.2.0.192.in-addr.arpa PTR": (*names, "example.com.")}) == "fail"


def test_two_records_are_an_error_of_the_owner():
    assert look("", **{"example.com TXT": ("v=spf1 +all", "v=spf1 -all")}) == "permerror"


@pytest.mark.parametrize("away", ["example.com TXT", "example.com A", "example.com MX", "mail-b.example.com A"])
def test_a_silent_name_server_is_a_temporary_error(away: str):
    records = {"example.com TXT": ("v=spf1 a mx -all",), away: AWAY}
    assert look("", "192.0.2.130", **records) == "temperror"


@pytest.mark.parametrize("away", ["10.2.0.192.in-addr.arpa PTR", "example.com A"])
def test_a_silent_name_server_is_no_error_where_names_of_the_peer_are_looked_for(away: str):
    assert look("v=spf1 ptr -all", **{away: AWAY}) == "fail"


@pytest.mark.parametrize(
    ("sender", "helo", "found"),
    [
        ("joe@example.com", "mx.example.net", SpfCheck(result=SpfResult.PASS, domain="example.com")),
        ("@example.com", "mx.example.net", SpfCheck(result=SpfResult.PASS, domain="example.com")),
        ("", "example.com", SpfCheck(result=SpfResult.PASS, domain="example.com", by_helo=True)),
        ("", "[192.0.2.10]", SpfCheck(result=SpfResult.NONE, domain="", by_helo=True)),
        ("joe@localhost", "example.com", SpfCheck(result=SpfResult.NONE, domain="")),
        ("joe@exa mple.com", "example.com", SpfCheck(result=SpfResult.NONE, domain="")),
        ("joe@" + "a" * 64 + ".com", "example.com", SpfCheck(result=SpfResult.NONE, domain="")),
        ("joe@a..com", "example.com", SpfCheck(result=SpfResult.NONE, domain="")),
        ("joe@bücher.example", "x", SpfCheck(result=SpfResult.PASS, domain="xn--bcher-kva.example")),
    ],
)  # fmt: skip
def test_the_sender_is_checked_or_the_greeting_where_there_is_none(sender: str, helo: str, found: SpfCheck):
    zone = Zone({"example.com TXT": ("v=spf1 +all",), "xn--bcher-kva.example TXT": ("v=spf1 +all",)})
    assert check_spf("192.0.2.10", sender, helo, zone) == found


def test_without_an_address_of_the_peer_nothing_is_known():
    assert look("v=spf1 +all", "") == "none"


def test_a_hostile_record_is_judged_quickly():
    assert look("v=spf1 exists:" + "%{i}" * 800 + "." + "a" * 900) == "permerror"
    assert look("v=spf1 " + "x" * 100_000) == "permerror"
