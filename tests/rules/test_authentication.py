"""Authentication-Results: whose words count, and what they say."""

import pytest
from deskwork import DESK, NOW, STRICT, mail
from hypothesis import given
from hypothesis import strategies as st

from rules.authentication import NO_AUTHSERV_ID, Verdict, authenticate, read_authserv_id, read_results, trusted_results
from rules.facts import Envelope

AR = "authentication-results"
OURS = "mx.us.example; "


def verdict(*headers, desk=STRICT, **envelope):
    message = mail("alice@cust.example", headers=tuple(headers))
    return authenticate(message, Envelope(source="smtp", received_at=NOW, **envelope), desk)


VALUES = [
    ("dmarc=pass header.from=cust.example", "pass"),
    ("dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=cust.example", "pass"),
    ("DMARC = PASS header.from = CUST.example", "pass"),
    ("dmarc/1=pass header.from=cust.example", "pass"),
    ("spf=pass smtp.mailfrom=x@y.example; dkim=none; dmarc=pass header.from=alice@cust.example", "pass"),
    ('spf=pass smtp.mailfrom="a; dmarc=fail"; dmarc=pass header.from=cust.example', "pass"),
    ("dmarc=pass header.from=evil.example", "fail"),
    ("dmarc=pass (x) header.from=evil", "fail"),
    ("dmarc=pass header.from=sub.cust.example", "fail"),
    ("dmarc=pass", "unknown"),
    ("dmarc=bestguesspass header.from=cust.example", "unknown"),
    ("dmarc=fail header.from=cust.example", "fail"),
    ("dmarc=pass header.from=cust.example; dmarc=fail header.from=cust.example", "fail"),
    ("dmarc=fail (dmarc=pass) header.from=cust.example", "fail"),
    ("dmarc=fail; dkim=pass header.d=cust.example", "fail"),
    ("dmarc=temperror header.from=cust.example", "unknown"),
    ("dkim=pass header.d=evil.example(; dmarc=pass header.from=cust.example", "fail"),
    ('dkim=pass header.d="cust.example; dmarc=pass header.from=cust.example', "fail"),
    ("dkim=pass header.d=cust.example)", "fail"),
    ("dmarc=none; dkim=pass header.d=cust.example", "pass"),
    ("dmarc=none; dkim=pass header.i=@mail.cust.example", "pass"),
    ("dmarc=none; dkim=pass header.d=example", "unknown"),
    ("dmarc=none; dkim=pass header.d=evilcust.example", "unknown"),
    ("dmarc=none; spf=pass smtp.mailfrom=bounce@cust.example", "pass"),
    ("dmarc=none; spf=pass smtp.mailfrom=evil.example", "unknown"),
    ("dmarc=none; spf=softfail smtp.mailfrom=cust.example", "fail"),
    ("dmarc=none; spf=none; dkim=none", "unknown"),
    ("none", "unknown"),
    ("", "unknown"),
]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_what_our_server_says_is_read_as_rfc_8601_means_it(value, expected):
    assert verdict((AR, OURS + value)).verdict == expected


PLACES = [
    (
        [("received", "by mx"), (AR, "mx.us.example; dmarc=fail"), (AR, OURS + "dmarc=pass header.from=cust.example")],
        "fail",
    ),
    ([(AR, OURS + "dmarc=fail"), ("received", "x"), (AR, OURS + "dmarc=pass header.from=cust.example")], "fail"),
    ([(AR, OURS + "spf=none"), ("received", "x"), (AR, OURS + "dmarc=pass header.from=cust.example")], "unknown"),
    ([(AR, "evil.example; dmarc=pass header.from=cust.example"), (AR, OURS + "dmarc=fail")], "fail"),
    ([(AR, "evil.example; dmarc=pass header.from=cust.example")], "unknown"),
    ([(AR, "evil.example; x=mx.us.example; dmarc=pass header.from=cust.example")], "unknown"),
    ([(AR, "mx.us.example.evil.example; dmarc=pass header.from=cust.example")], "unknown"),
    ([(AR, "(mx.us.example;) evil.example; dmarc=pass header.from=cust.example")], "unknown"),
    ([("x-authentication-results", OURS + "dmarc=pass header.from=cust.example")], "unknown"),
    ([("arc-authentication-results", "i=1; mx.us.example; dmarc=pass header.from=cust.example")], "unknown"),
    ([(AR, "MX.us.example 1; dmarc=pass header.from=cust.example")], "pass"),
    (
        [
            (AR, OURS + "dkim=pass header.d=x.example"),
            ("dkim-filter", "y"),
            (AR, OURS + "dmarc=pass header.from=cust.example"),
        ],
        "pass",
    ),
    ([(AR, OURS + "x" * 9000 + "; dmarc=pass header.from=cust.example")], "fail"),
]


@pytest.mark.parametrize(("headers", "expected"), PLACES)
def test_only_the_topmost_words_of_our_own_server_count(headers, expected):
    assert verdict(*headers).verdict == expected


def test_only_dmarc_and_smtp_auth_are_strong_enough_for_an_agent():
    assert verdict((AR, OURS + "dmarc=pass header.from=cust.example")).strong
    assert verdict(authenticated_as="Alice@cust.example").strong
    assert not verdict((AR, OURS + "dkim=pass header.d=cust.example")).strong


def test_a_login_as_somebody_else_proves_nothing():
    assert verdict(authenticated_as="bob@cust.example").verdict is Verdict.UNKNOWN


def test_without_a_configured_server_no_header_is_believed():
    assert verdict((AR, OURS + "dmarc=pass header.from=cust.example"), desk=DESK).verdict is Verdict.UNKNOWN


def test_microsofts_header_without_a_server_name_counts_only_when_configured():
    value = (
        "spf=pass (IP is 1.2.3.4) smtp.mailfrom=c.example; dmarc=pass action=none header.from=c.example;compauth=pass"
    )
    assert read_authserv_id(value) == NO_AUTHSERV_ID
    assert [result.method for result in read_results(value)] == ["spf", "dmarc", "compauth"]
    assert trusted_results(((AR, value),), ("mx.us.example",)) is None
    assert trusted_results(((AR, value),), (NO_AUTHSERV_ID,))


@given(st.text(alphabet=st.sampled_from('ab=;()"\\ ./\t'), max_size=200))
def test_no_value_raises(value):
    read_results(value)
    read_authserv_id(value)


def test_a_hostile_value_is_read_in_linear_time():
    for value in ("(" * 8000, '"' * 8001, "a=" * 4000, "\\" * 8000, '="' * 4000, "a" * 8190):
        read_results(value)


@pytest.mark.parametrize(("result", "expected"), [("pass", "pass"), ("fail", "fail")])
@pytest.mark.parametrize("desk", [DESK, STRICT], ids=["no authserv-id", "authserv-id"])
def test_our_own_look_counts_and_no_header_beside_it(result, expected, desk):
    forged = [
        (AR, f"{name}; dmarc={other} header.from=cust.example")
        for name in ("mx.us.example", "us.example")
        for other in ("pass", "fail")
    ]
    own = verdict(*forged, desk=desk, verified=f"us.example; dmarc={result} (p=reject) header.from=cust.example")
    assert (own.verdict, own.strong, own.checked) == (expected, result == "pass", True)


def test_where_nobody_could_look_nobody_has_looked():
    open_ = verdict(
        desk=DESK, verified="us.example; spf=temperror; dkim=none; dmarc=temperror header.from=cust.example"
    )
    assert (open_.verdict, open_.checked) == ("unknown", False)
