"""`postroom ticket …`: what agents ask for by mail, for admins at the command line, by the same rules and store."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from daemon.cli.options import config_option, desk_store, fail, json_option, load_config, print_json, print_table
from daemon.cli.time_commands import ticket_clock

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def ticket() -> None:
    """One ticket, changed as agents do by mail. Exit code 1: refused, or asked about, and nothing was changed."""


def _shared(command: Command) -> Command:
    """What every one of them takes: whose name, yes to questions, JSON, the configuration."""
    command = click.option("--as", "agent", default="", help="In the name of this agent.")(command)
    command = click.option("--yes", is_flag=True, help="Do also what would be asked about first.")(command)
    return config_option(json_option(command))


@ticket.command()
@click.argument("number", type=int)
@click.argument("who")
@_shared
def assign(number: int, who: str, **options: Any) -> None:
    """Give ticket NUMBER to WHO: an agent's name or address, none, or team:NAME."""
    _do(number, [f"#assign {who}"], **options)


@ticket.command("set")
@click.argument("number", type=int)
@click.argument("settings", nargs=-1, required=True, metavar="NAME=VALUE...")
@_shared
def set_(number: int, settings: tuple[str, ...], **options: Any) -> None:
    """Set what a command sets: status=solved priority=P1 tag=+vip category=a/b field.site=Porto snooze=3d ..."""
    _do(number, [_setting(each) for each in settings], **options)


def _setting(typed: str) -> str:
    from rules.command_words import SPELLINGS, Group, Takes, plain

    name, sign, value = typed.partition("=")
    known = SPELLINGS.get(plain(name))
    is_plain = known is not None and known.group is Group.CHANGE and known.takes is not Takes.NOTHING
    if not sign or not (is_plain or name == "status" or name.startswith("field.")):
        raise click.UsageError(f"{typed!r}: write NAME=VALUE, such as priority=P1; `#help` names: see docs/commands.md")
    return f"#{name} {value}"


@ticket.command()
@click.argument("number", type=int)
@click.argument("text")
@_shared
def note(number: int, text: str, **options: Any) -> None:
    """Add an internal note; TEXT, or - for standard input. @name tells a colleague."""
    _do(number, [], says=("note", text), **options)


@ticket.command()
@click.argument("number", type=int)
@click.argument("text")
@click.option("--status", default="", help="What the ticket becomes, instead of pending.")
@_shared
def reply(number: int, text: str, status: str, **options: Any) -> None:
    """Answer the requester and those who get copies; TEXT, or - for standard input."""
    _do(number, [f"#status {status}"] if status else [], says=("reply", text), **options)


@ticket.command()
@click.argument("number", type=int)
@click.argument("into", type=int)
@_shared
def merge(number: int, into: int, **options: Any) -> None:
    """Let ticket NUMBER go on in ticket INTO. Between two customers it needs --yes."""
    _do(number, [f"#merge {into}"], **options)


@ticket.command()
@click.argument("number", type=int)
@click.argument("message", type=int)
@_shared
def split(number: int, message: int, **options: Any) -> None:
    """Make MESSAGE (its id in `tickets show`) and all that follow a new ticket."""
    _do(number, [f"#split {message}"], **options)


@ticket.command()
@click.argument("number", type=int)
@click.argument("other", type=int)
@_shared
def link(number: int, other: int, **options: Any) -> None:
    """Note that two tickets have to do with each other."""
    _do(number, [f"#link {other}"], **options)


@ticket.command()
@click.argument("number", type=int)
@_shared
def close(number: int, **options: Any) -> None:
    """Close a ticket."""
    _do(number, ["#close"], **options)


@ticket.command()
@click.argument("number", type=int)
@click.argument("word", default="")
@_shared
def undo(number: int, word: str, **options: Any) -> None:
    """Take back the last change made here within 30 minutes, or the one with this word."""
    _do(number, [f"#undo {word}"], **options)


def _do(
    number: int,
    lines: list[str],
    *,
    agent: str,
    yes: bool,
    as_json: bool,
    config_file: Path,
    says: tuple[str, str] | None = None,
) -> None:
    from daemon.app import load_desk_policy
    from daemon.clock import SystemClock
    from daemon.workers.wishes import NotDone, fulfil
    from rules.admins import Wish, with_text
    from rules.commands import read_commands

    block = read_commands("\n".join(" ".join(line.split()) for line in lines))
    if says:
        block = with_text(block, says[0], _text(says[1]))
    policy = load_desk_policy(load_config(config_file))
    wish = Wish(number=number, block=block, agent=_agent(policy, agent), confirmed=yes)
    with desk_store(config_file) as store:
        try:
            outcome = fulfil(store, policy, wish, SystemClock().now())
        except NotDone as error:
            _refused(error, as_json=as_json)
            return
    _print(outcome.to_dict(), as_json=as_json)


def _text(typed: str) -> str:
    text: str = click.open_file("-", encoding="utf-8").read() if typed == "-" else typed
    if not text.strip():
        raise click.UsageError("there is no text")
    return text


def _agent(policy: Any, name: str) -> Any:
    if not name:
        return None
    from rules.facts import Agent
    from rules.people_named import agent_meant

    found = agent_meant(policy.desk, name, Agent(name="", addresses=()))
    if isinstance(found, str):
        fail(found)
    return found


def _refused(error: Any, *, as_json: bool) -> None:
    if as_json:
        print_json({"refused": error.reasons, "confirm": error.confirm})
        raise SystemExit(1)
    fail(f"nothing was changed: {error}" + ("; to do it all the same, add --yes" if error.confirm else ""))


def _print(outcome: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(outcome)
        return
    rows = [(each["what"], each["old"], each["new"]) for each in outcome["changes"]]
    print_table(f"Ticket {outcome['number']}", ("what", "was", "is"), rows)
    for each in outcome["sent"]:
        click.echo(f"{each['template']} to {each['to']}")
    if outcome["undo"]:
        click.echo(f"To take it back within 30 minutes: postroom ticket undo {outcome['number']} {outcome['undo']}")


ticket.add_command(ticket_clock)
COMMANDS = (ticket,)
