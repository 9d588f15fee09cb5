"""Real signatures, real keys, and everything that must not pass for one."""

import time
from typing import Any

import dkim
import pytest
from dkim.canonicalization import Relaxed
from hypothesis import given
from hypothesis import strategies as st
from signing import key_record, signed

from parsers.dkim_signatures import Verdict, tightened, verify_signatures

MAIL = (
    b"From: Alice <alice@cust.example>\r\nTo: support@us.example\r\nSubject: Printer\r\n"
    b"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <m1@cust.example>\r\n"
    b"Content-Type: text/plain\r\n\r\nIt does not print.\r\n\r\nAlice\r\n"
)
NAME = "s1._domainkey.cust.example"


def verdicts(raw: bytes, key: str | None = "", **keys: str) -> tuple[Verdict, ...]:
    found = {} if key is None else {NAME: key or key_record()}
    return verify_signatures(raw, {**found, **keys})


def result(raw: bytes, key: str | None = "") -> str:
    (verdict,) = verdicts(raw, key)
    return verdict[2]


@pytest.mark.parametrize("ways", [(b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple")])
def test_an_untouched_mail_passes_by_either_canonicalisation(ways: tuple[bytes, bytes]):
    assert verdicts(signed(MAIL, canonicalize=ways)) == (("cust.example", "s1", "pass", ""),)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"It does not", b"It does"),
        (b"Subject: Printer", b"Subject: Prints"),
        (b"alice@cust", b"eve@cust"),
        (b"To: support", b"To: sales"),
        (b"\r\nAlice\r\n", b"\r\nAlice\r\n#close\r\n"),
    ],
)
def test_a_change_of_what_was_signed_fails(old: bytes, new: bytes):
    assert result(signed(MAIL).replace(old, new)) == "fail"


def test_blanks_that_relays_change_do_no_harm():
    raw = signed(MAIL).replace(b"Subject: Printer", b"subject:  Printer ").replace(b"not print.", b"not  print. ")
    assert result(raw + b"\r\n\r\n") == "pass"


def test_another_person_s_key_fails():
    assert result(signed(MAIL, number=1)) == "fail"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (None, "temperror"),
        (key_record("v=DKIM1"), "pass"),
        (key_record("k=rsa"), "pass"),
        (key_record("h=sha1:sha256; s=email; t=s"), "pass"),
        (key_record("v=DKIM2"), "permerror"),
        (key_record("k=ed25519"), "permerror"),
        (key_record("h=sha1"), "permerror"),
        (key_record("s=tlsrpt"), "permerror"),
        (key_record("t=y"), "neutral"),
        (key_record("t=y:s"), "neutral"),
        ("v=DKIM1; k=rsa; p=", "permerror"),
        ("v=DKIM1; k=rsa; p=AAAA", "fail"),
        ("v=DKIM1; k=rsa; p=" + "A" * 1300, "permerror"),
        ("p=x; p=y", "permerror"),
        ("nonsense", "permerror"),
    ],
)  # fmt: skip
def test_a_key_is_used_for_what_its_owner_says(key: str | None, expected: str):
    assert result(signed(MAIL), key) == expected


def test_no_key_at_all_is_a_permanent_error():
    assert verify_signatures(signed(MAIL), {NAME: ""})[0][2:] == ("permerror", "there is no key")


def test_a_signer_below_the_domain_needs_a_key_that_allows_it():
    raw = signed(MAIL, identity=b"alice@sub.cust.example")
    assert (result(raw), result(raw, key_record("t=s"))) == ("pass", "permerror")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"include_headers": [b"from"]}, "policy"),
        ({"length": True}, "policy"),
        ({"signature_algorithm": b"rsa-sha1"}, "neutral"),
    ],
)
def test_a_signature_that_leaves_too_much_open_does_not_count(more: dict[str, Any], expected: str):
    assert result(signed(MAIL, **more)) == expected


@pytest.mark.parametrize(
    "added",
    [
        b"Subject: #close\r\n",
        b"To: other@us.example\r\n",
        b"Content-Type: text/html\r\n",
        b"From: eve@evil.example\r\n",
        b"References: <a@x>\r\nReferences: <b@x>\r\n",
    ],
)
def test_a_second_field_on_top_of_a_signed_one_spoils_every_signature(added: bytes):
    assert result(added + signed(MAIL)) == "policy"


@pytest.mark.parametrize("line", [b"From here\r\n", b"From eve\r\nX-Body: #close\r\n", b"#close\r\n", b">From x\r\n"])
@pytest.mark.parametrize("place", [b"", b"To:", b"Content-Type:"])
def test_a_line_that_readers_may_take_for_the_body_spoils_every_signature(line: bytes, place: bytes):
    raw = signed(MAIL)
    at = raw.index(place)
    assert result(raw[:at] + line + raw[at:]) in ("policy", "permerror")


def test_fields_with_a_blank_before_the_colon_spoil_every_signature():
    assert result(signed(MAIL).replace(b"Subject:", b"Subject :")) in ("policy", "permerror", "fail")


def test_each_signature_has_its_own_result_and_only_the_topmost_are_looked_at():
    raw = signed(signed(MAIL), "list.example", number=1)
    found = verdicts(raw, **{"s1._domainkey.list.example": key_record(number=1)})
    assert [(domain, result) for domain, _, result, _ in found] == [("list.example", "pass"), ("cust.example", "pass")]
    assert len(verify_signatures(b"DKIM-Signature: x\r\n" * 50 + MAIL, {})) == 8


def test_a_key_of_another_domain_does_not_vouch_for_what_only_looks_like_it():
    raw = signed(MAIL).replace(b"d=cust.example", b"d==?utf-8?q?cust.example?=")
    assert result(raw) == "permerror"


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"v=1",
        b"v=1; a=rsa-sha256; d=cust.example; s=s1; h=from:subject; b=x; bh=x",
        b"v=1; a=rsa-sha256; d=cust.example; s=s1; h=to; b=eA==; bh=eA==",
        b"v=2; a=rsa-sha256; d=cust.example; s=s1; h=from:subject; b=eA==; bh=eA==",
        b"v=1; a=rsa-sha256; d=cust.example; s=s1; h=from:subject; b=eA==; bh=eA==; x=1",
        b"v=1; a=rsa-sha256; d=cust.example; s=s1; h=from:subject; b=eA==; bh=eA==; t=99999999999",
        b"v=1; a=rsa-sha256; d=example; s=s1; h=from:subject; b=eA==; bh=eA==",
        b"v=1; a=rsa-sha256; d=cust.example; d=cust.example; s=s1; h=from:subject; b=eA==; bh=eA==",
        b"\xff\xfe\x00",
    ],
)
def test_a_malformed_signature_is_an_error_and_nothing_worse(value: bytes):
    assert result(b"DKIM-Signature: " + value + b"\r\n" + MAIL) in ("permerror", "fail", "neutral")


def test_a_mail_without_signatures_has_no_results():
    assert verify_signatures(MAIL, {}) == ()
    assert verify_signatures(b"", {}) == ()


HOSTILE = {
    "blanks without end": lambda raw: raw + b" " * 200_000 + b"x\r\n",
    "blanks in the signature": lambda raw: raw.replace(b"; s=", b";" + b" " * 60_000 + b"s=", 1),
    "folds in the signature": lambda raw: raw.replace(b"; s=", b";" + b"\r\n " * 20_000 + b"s=", 1),
    "a header of folds": lambda raw: b"X: x\r\n" + b" y\r\n" * 50_000 + raw,
    "names without end": lambda raw: raw.replace(b"h=from", b"h=from" + b":x" * 3_000, 1),
}


@pytest.mark.parametrize("spoil", HOSTILE.values(), ids=HOSTILE)
def test_what_makes_dkimpy_run_for_long_is_kept_from_it(spoil: Any):
    raw = spoil(signed(MAIL))
    start = time.process_time()
    assert result(raw) in ("fail", "permerror", "policy")
    assert time.process_time() - start < 0.5


def test_blanks_at_line_ends_count_as_the_canonicalisation_says():
    blank = MAIL.replace(b"print.\r\n", b"print. \t \r\n")
    relaxed, simple = signed(blank), signed(blank, canonicalize=(b"relaxed", b"simple"))
    assert (result(relaxed), result(simple)) == ("pass", "pass")
    assert result(relaxed.replace(b"print. \t \r\n", b"print.\r\n")) == "pass"
    assert result(simple.replace(b"print. \t \r\n", b"print.\r\n")) == "fail"


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r", b"\n", b"\r\n", b"a", b"b"]), max_size=40))
def test_taking_blanks_together_changes_nothing_that_relaxed_hashes(pieces: list[bytes]):
    raw = b"From: a\r\n\r\n" + b"".join(pieces) + b"\r\n"
    bodies = [dkim.DKIM(each).body for each in (raw, tightened(raw, 11))]
    assert len({Relaxed.canonicalize_body(each) for each in bodies}) == 1


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_have_some_result(before: bytes, after: bytes):
    for raw in (before, b"DKIM-Signature: " + before + b"\r\n" + after, before + signed(MAIL) + after):
        assert all(len(each) == 4 for each in verdicts(raw))


def test_of_a_large_mail_fewer_signatures_are_looked_at():
    large = b"DKIM-Signature: x\r\n" * 8 + MAIL + b"x" * 20_000_000
    assert len(verify_signatures(large, {})) == 6


def test_dkimpy_alone_would_let_through_what_is_refused_here():
    """Why there are checks of our own: should dkimpy learn them, some may go."""
    raw = b"Subject: #close\r\n" + signed(MAIL, include_headers=[b"from"])
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: key_record("t=y; h=sha1").encode())
