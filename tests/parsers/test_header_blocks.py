"""Header blocks and the addresses printed in them."""

import pytest

from parsers.header_blocks import find_block, label_of, read_addresses
from parsers.mail import Address

JOHN = Address(name="John Doe", address="john@x.com")


@pytest.mark.parametrize(
    "value",
    [
        "John Doe <john@x.com>",
        "John Doe [mailto:john@x.com]",
        '"John Doe" <john@X.COM>',
        "'John Doe' <john@x.com>",
        "*John Doe* <john@x.com>",
        "John Doe<mailto:john@x.com>",
        "John Doe <john@x.com<mailto:john@x.com>>",
        "John Doe <john@x.com <mailto:john@x.com>>",
        "John Doe <[john@x.com](mailto:john@x.com)>",
        "John Doe (john@x.com)",
        "« John Doe » <john@x.com>",
    ],
)
def test_name_and_address_are_read_in_every_printed_form(value: str) -> None:
    assert read_addresses(value) == (JOHN,)


@pytest.mark.parametrize(
    "value",
    [
        "john@x.com",
        "<john@x.com>",
        "john@x.com <mailto:john@x.com>",
        '"john@x.com" <john@x.com>',
        "john@x.com [mailto:john@x.com]",
    ],
)
def test_an_address_is_not_its_own_name(value: str) -> None:
    assert read_addresses(value) == (Address(address="john@x.com"),)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Doe, John <j@x.com>; Smith, Bob <b@x.com>", [("Doe, John", "j@x.com"), ("Smith, Bob", "b@x.com")]),
        ("John <j@x.com>,Bob <b@x.com>,z@x.com", [("John", "j@x.com"), ("Bob", "b@x.com"), ("", "z@x.com")]),
        ("a@x.com, Bob <b@x.com>", [("", "a@x.com"), ("Bob", "b@x.com")]),
        ("Doe, John; Smith, Bob", [("Doe, John", ""), ("Smith, Bob", "")]),
        ("John Doe", [("John Doe", "")]),
        ("undisclosed-recipients:;", []),
        ("", []),
    ],
)
def test_lists_of_people_are_read(value: str, expected: list[tuple[str, str]]) -> None:
    assert [(person.name, person.address) for person in read_addresses(value)] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("From: Ann", ("from", "Ann")),
        ("  *Gesendet:* heute", ("date", "heute")),
        ("> | Objet : Oui", ("subject", "Oui")),
        ("发件人：Ann", ("from", "Ann")),
        ("**To:** Ann", ("to", "Ann")),
        ("Note: Ann", None),
        ("Words without a label", None),
    ],
)
def test_labels_are_known_in_many_dresses(line: str, expected: tuple[str, str] | None) -> None:
    assert label_of(line) == expected


def test_a_wrapped_value_is_joined() -> None:
    lines = ["From: Ann", "Date: 3/1/2023", "Subject: Two", "line subject", "To: rob@x.com,", " zoe@x.com", "", "Text"]
    block = find_block(lines, 0)
    assert block is not None
    assert (block.values["subject"], block.values["to"]) == ("Two line subject", "rob@x.com, zoe@x.com")
    assert lines[block.end :] == ["", "Text"]


def test_values_below_their_labels_are_read() -> None:
    block = find_block(
        ["From:", "Ann <a@x.com>", "Sent:", "3/1/2023", "To:", "b@x.com", "Subject:", "Hi", "", "Text"], 0
    )
    assert block is not None
    assert (block.values["from"], block.values["to"]) == ("Ann <a@x.com>", "b@x.com")


@pytest.mark.parametrize(
    "text",
    [
        "From: London\nTo: Paris\nDate: 3/1/2023",
        "From: Bob <b@x.com>\nSubject: Form",
        "From: Bob <b@x.com>\nMessage: hi",
        "Date: tomorrow\nTo: Paris",
    ],
)
def test_a_form_that_people_fill_in_is_no_certain_block(text: str) -> None:
    block = find_block(text.split("\n"), 0)
    assert block is not None
    assert not block.is_certain
