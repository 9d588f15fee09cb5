"""How much automatic mail one address may get from us. It is a weapon: whoever we answer may be a victim."""

from rules.facts import Found

# Enough for a person who writes about several things on one day; a loop of two machines falls silent (RFC 3834 2).
PER_ADDRESS_A_DAY = 5


def objection(found: Found) -> str:
    """Why no more automatic mail goes to this sender today; empty when it may."""
    if found.breaker_open:
        return "the breaker for automatic mail is open"
    if found.automatic_today >= PER_ADDRESS_A_DAY:
        return f"{found.automatic_today} automatic mails to this address within a day"
    return ""
