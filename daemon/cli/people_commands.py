"""`postroom contact …` and `postroom agent …`: the people outside and inside."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from daemon.cli.options import config_option, desk_store, fail, json_option, load_config, print_json, print_table

Result = TypeVar("Result")


@click.group()
def contact() -> None:
    """The persons outside, each with one or several addresses."""


@contact.command("show")
@click.argument("address")
@json_option
@config_option
def contact_show(address: str, as_json: bool, config_file: Path) -> None:
    """A contact by any of its addresses: organisation, addresses, tickets."""
    from daemon.store import contacts
    from rules.addresses import fold

    with desk_store(config_file) as store, store.reading() as connection:
        found = contacts.contact_at(connection, fold(address))
        shown = contacts.show(connection, found) if found is not None else {}
    if not shown:
        fail(f"there is no contact {address}")
    shown |= _organisation(config_file, [each["address"] for each in shown["addresses"]])
    if as_json:
        print_json(shown)
        return
    known = "\n".join(
        f"{each['address']} (paused until {each['paused_until']})" if each["paused_until"] else each["address"]
        for each in shown["addresses"]
    )
    plain = [(name, shown[name]) for name in ("name", "organisation", "vip", "language", "created_at", "messages")]
    print_table(f"Contact {shown['id']}", ("", ""), [*plain, ("addresses", known)])
    columns = ("number", "status", "subject", "updated_at")
    print_table("Tickets", columns, [[row[name] for name in columns] for row in shown["tickets"]])


def _organisation(config_file: Path, known: list[str]) -> dict[str, Any]:
    from daemon.app import load_desk_policy
    from rules.organisations import is_vip, organisation_name

    desk = load_desk_policy(load_config(config_file)).desk
    names = (organisation_name(desk, address) for address in known)
    return {"organisation": next(filter(None, names), ""), "vip": any(is_vip(desk, address) for address in known)}


@contact.command("join")
@click.argument("address")
@click.argument("other")
@config_option
def contact_join(address: str, other: str, config_file: Path) -> None:
    """The address OTHER belongs to the contact with ADDRESS as well."""
    from daemon.app import load_desk_policy
    from daemon.store import contacts
    from rules.addresses import fold
    from rules.participants import is_outside

    if not is_outside(load_desk_policy(load_config(config_file)).desk, other):
        fail(f"{other} is no address of somebody outside")

    def unit(work: Any) -> bool:
        found = contacts.contact_at(work.connection, fold(address))
        if found is not None:
            contacts.join(work, found, fold(other))
        return found is not None

    if not _work(config_file, unit):
        fail(f"there is no contact {address}")
    click.echo(f"{other} belongs to the contact of {address}")


@contact.command("erase")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Really: there is no undo.")
@json_option
@config_option
def contact_erase(address: str, yes: bool, as_json: bool, config_file: Path) -> None:
    """Forget a contact: names, addresses, texts, files and stored mail go, numbers and times stay. No undo."""
    from dataclasses import asdict

    from daemon.store import contacts
    from daemon.store.contact_erasing import erase_contact
    from rules.addresses import fold

    def unit(work: Any) -> Any:
        found = contacts.contact_at(work.connection, fold(address))
        return erase_contact(work, found) if found is not None and yes else found

    erased = _work(config_file, unit)
    if erased is None:
        fail(f"there is no contact {address}")
    if not yes:
        fail(f"nothing was erased: look with `postroom contact show {address}`, then add --yes; there is no undo")
    if as_json:
        print_json(asdict(erased))
        return
    counted = ", ".join(f"{count} {name}" for name, count in asdict(erased).items())
    click.echo(f"erased: {counted}. Backups still hold them.")


def _work(config_file: Path, unit: Callable[[Any], Result]) -> Result:
    """One transaction on record as the admin's, then the removal of bytes it asked for."""
    from daemon.clock import SystemClock
    from daemon.store.work import Work
    from daemon.workers.sweeping import sweep
    from parsers.mail import ParsedMail
    from rules.admins import AT_THE_COMMAND_LINE

    now = SystemClock().now()

    def whole(connection: Any) -> Result:
        work = Work(
            connection=connection,
            mail=ParsedMail(),
            inbound_id=None,
            evidence={},
            actor=AT_THE_COMMAND_LINE,
            now=now,
        )
        result = unit(work)
        work.flush()
        return result

    with desk_store(config_file) as store:
        done: Result = store.write(whole)
        sweep(store, now)
    return done


@click.group()
def agent() -> None:
    """The persons who answer."""


@agent.command("list")
@json_option
@config_option
def agent_list(as_json: bool, config_file: Path) -> None:
    """Everybody in people.toml: what they have, and whether they are there."""
    from daemon.app import load_desk_policy
    from daemon.clock import SystemClock
    from daemon.store import agent_states

    desk, now = load_desk_policy(load_config(config_file)).desk, SystemClock().now()
    with desk_store(config_file) as store:
        loads = store.write(agent_states.loads)
    rows = [_agent_row(each, loads.get(each.name), now) for each in desk.agents]
    if as_json:
        print_json(rows)
        return
    columns = ("name", "addresses", "teams", "active", "admin", "present", "open_tickets")
    print_table("Agents", columns, [[_cell(row[name]) for name in columns] for row in rows])


def _agent_row(who: Any, load: Any, now: datetime) -> dict[str, Any]:
    from rules.shifts import is_present

    away_until = load.away_until if load and load.away_until and load.away_until > now else None
    return {
        "name": who.name,
        "display_name": who.display_name,
        "addresses": list(who.addresses),
        "teams": list(who.teams),
        "active": who.active,
        "admin": who.admin,
        "present": who.active and away_until is None and is_present(who.work, now),
        "away_until": away_until.isoformat() if away_until else None,
        "open_tickets": load.open_tickets if load else 0,
    }


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)


COMMANDS = (contact, agent)
