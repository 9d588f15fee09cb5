"""Which organisation an address belongs to, and who comes first."""

from dataclasses import replace

import pytest
from deskwork import DESK

from rules.facts import Organisation
from rules.organisations import is_vip, organisation_at, organisation_name

ACME = Organisation(name="Acme", domains=frozenset({"acme.example", "acme.co.uk"}), vip=True)
LABS = Organisation(name="Acme Labs", domains=frozenset({"labs.acme.example"}))
KNOWN = replace(DESK, organisations=(ACME, LABS), vips=frozenset({"boss@other.example"}))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("kim@acme.example", "Acme"),
        ("kim@ACME.example", "Acme"),
        ("kim@mail.acme.co.uk", "Acme"),
        ("kim@x.labs.acme.example", "Acme Labs"),
        ("kim@notacme.example", "notacme.example"),
        ("kim@gmail.com", ""),
        ("acme.example", ""),
    ],
)
def test_an_address_belongs_to_the_organisation_with_the_closest_domain(address: str, name: str) -> None:
    listed = organisation_at(KNOWN, address)
    assert (listed.name if listed else organisation_name(KNOWN, address) if "@" in address else "") == name


@pytest.mark.parametrize(
    ("address", "vip"),
    [
        ("kim@acme.example", True),
        ("kim@labs.acme.example", False),
        ("boss@other.example", True),
        ("a@b.example", False),
    ],
)
def test_everybody_of_a_vip_organisation_is_a_vip(address: str, *, vip: bool) -> None:
    assert is_vip(KNOWN, address) is vip
