"""How much automatic mail may go where. It is a weapon: whoever we answer may be a victim."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """The most that goes out. The defaults let a person write about several things on one day, and let a loop of two
    machines fall silent (RFC 3834 2). The domain's counts only for strangers: a customer's domain may be large."""

    per_address_a_day: int = 5
    per_domain_an_hour: int = 100
    per_ticket_a_day: int = 3


def objection(budgets: Budgets, *, breaker_open: bool, to_address: int, to_domain: int = 0, on_ticket: int = 0) -> str:
    """Why no more automatic mail goes out; empty when it may. The counts are of what went out within each time."""
    if breaker_open:
        return "the breaker for automatic mail is open"
    if to_address >= budgets.per_address_a_day:
        return f"{to_address} automatic mails to this address within a day"
    if to_domain >= budgets.per_domain_an_hour:
        return f"{to_domain} acknowledgements to this domain within an hour"
    if on_ticket >= budgets.per_ticket_a_day:
        return f"{on_ticket} automatic mails on this ticket within a day"
    return ""
