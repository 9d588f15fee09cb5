"""The organisation behind an address: one that people.toml lists by its domains, else the address's own domain."""

from rules.addresses import domain_of, organisation_of
from rules.facts import Desk, Organisation


def organisation_at(desk: Desk, address: str) -> Organisation | None:
    """The listed organisation whose domain, or a domain above it, the address has; the closest domain wins."""
    labels = domain_of(address).split(".") if "@" in address else []
    above = (".".join(labels[position:]) for position in range(len(labels) - 1))
    return next((found for domain in above if (found := _with_domain(desk, domain))), None)


def _with_domain(desk: Desk, domain: str) -> Organisation | None:
    return next((each for each in desk.organisations if domain in each.domains), None)


def organisation_name(desk: Desk, address: str) -> str:
    """The organisation's name; else the own domain; empty for providers where everybody can have a mailbox."""
    listed = organisation_at(desk, address)
    return listed.name if listed else organisation_of(address)


def is_vip(desk: Desk, address: str) -> bool:
    """Whether the address, its domain or its organisation is on the list of those who come first."""
    listed = organisation_at(desk, address)
    return address in desk.vips or f"@{domain_of(address)}" in desk.vips or bool(listed and listed.vip)
