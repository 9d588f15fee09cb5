"""Tokens: what we sign we believe, and nothing else."""

import base64
import hmac

import pytest
from deskwork import ALICE, BOB, KEY
from hypothesis import given
from hypothesis import strategies as st

from rules import tokens
from rules.tokens import TokenKind

OLD, NEW_KEY = b"o" * 32, b"n" * 32
GOOD = tokens.sign((KEY,), TokenKind.CUSTOMER, 123, ALICE, 456)


@pytest.mark.parametrize("kind", list(TokenKind))
def test_a_signed_token_says_what_was_signed(kind):
    token = tokens.verify((KEY,), tokens.sign((KEY,), kind, 123, ALICE, 456))
    assert token is not None
    assert (token.kind, token.ticket_id, token.serial) == (kind, 123, 456)


@given(ticket=st.integers(0, 2**35), serial=st.integers(0, 2**35), recipient=st.text(max_size=80))
def test_every_token_fits_a_local_part_and_survives_upper_case(ticket, serial, recipient):
    text = tokens.sign((KEY,), TokenKind.RETURN_PATH, ticket, recipient, serial)
    token = tokens.verify((KEY,), text.upper())
    assert token is not None
    assert (token.ticket_id, token.serial) == (ticket, serial)
    assert len(f"support+t{text}") <= 64
    assert tokens.issued_to((KEY,), token, recipient)


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD[:-1],
        GOOD + "a",
        GOOD[1:],
        GOOD + "\n",
        " " + GOOD,
        "é" + GOOD[1:],
        "a" * 44,
        "t.123.us",
        GOOD[:-1] + "1",
    ],
)
def test_garbage_is_no_token(text):
    assert tokens.verify((KEY,), text) is None


@given(st.text(max_size=70))
def test_no_text_raises(text):
    assert tokens.verify((KEY,), text) is None
    tokens.read_token_address(text)
    tokens.read_message_id(text)


@pytest.mark.parametrize("place", range(len(GOOD)))
def test_one_changed_character_anywhere_breaks_the_token(place):
    other = "b" if GOOD[place] != "b" else "c"
    assert tokens.verify((KEY,), GOOD[:place] + other + GOOD[place + 1 :]) is None


def test_a_mac_of_another_ticket_does_not_fit():
    other = tokens.sign((KEY,), TokenKind.CUSTOMER, 124, ALICE, 456)
    assert tokens.verify((KEY,), GOOD[:4] + other[4:]) is None
    assert tokens.verify((KEY,), other[:-16] + GOOD[-16:]) is None


def test_the_first_key_signs_and_every_key_verifies():
    text = tokens.sign((OLD,), TokenKind.CUSTOMER, 1, ALICE, 2)
    token = tokens.verify((NEW_KEY, OLD), text)
    assert token is not None
    assert tokens.issued_to((NEW_KEY, OLD), token, ALICE)
    assert tokens.verify((NEW_KEY,), text) is None
    assert tokens.verify((NEW_KEY,), tokens.sign((NEW_KEY, OLD), TokenKind.CUSTOMER, 1, ALICE, 2)) is not None


def test_signing_without_a_key_is_refused_and_nothing_verifies_without_one():
    with pytest.raises(ValueError, match="no key"):
        tokens.sign((), TokenKind.CUSTOMER, 1, ALICE, 2)
    assert tokens.verify((), GOOD) is None


def test_a_token_belongs_to_one_address_whatever_its_ascii_case():
    token = tokens.verify((KEY,), GOOD)
    assert token is not None
    assert tokens.issued_to((KEY,), token, "Alice@CUST.example")
    assert not tokens.issued_to((KEY,), token, BOB)
    assert not tokens.issued_to((KEY,), token, "alıce@cust.example")


def test_addresses_ids_and_bodies_carry_the_token_and_give_it_back():
    assert tokens.read_token_address(tokens.token_address("support@us.example", GOOD)) == GOOD
    assert tokens.read_token_address("support+x@us.example") == ""
    assert tokens.read_message_id(tokens.message_id(GOOD, "us.example")) == GOOD
    assert tokens.read_message_id("<T.5.x@us>") == ""
    assert tokens.find_body_references(f"> a {tokens.body_reference(GOOD)} b\n" * 3) == (GOOD,)


def test_a_body_full_of_references_is_read_only_so_far():
    text = "".join(tokens.body_reference(tokens.sign((KEY,), TokenKind.CUSTOMER, n, ALICE, n)) for n in range(100))
    assert len(tokens.find_body_references(text)) == 20


@pytest.mark.parametrize("serial", [1, 1 << 8, 1 << 16, 1 << 24, 1 << 30])
def test_a_token_has_one_spelling_spare_bits_and_all(serial):
    text = tokens.sign((KEY,), TokenKind.CUSTOMER, 1, ALICE, serial)
    spellings = [text[:-1] + last for last in "abcdefghijklmnopqrstuvwxyz234567"]
    assert [s for s in spellings if tokens.verify((KEY,), s)] == [text]


@pytest.mark.parametrize(("head", "known"), [(0x11, True), (0x10, False), (0x15, False), (0x21, False), (0x01, False)])
def test_other_versions_and_kinds_are_no_tokens_even_under_our_key(head, known):
    body = bytes([head, 1, 1]) + b"t" * 6
    signed = body + hmac.digest(KEY, b"postroom token\0" + body, "sha256")[:10]
    text = base64.b32encode(signed).decode().rstrip("=").lower()
    assert (tokens.verify((KEY,), text) is not None) is known
