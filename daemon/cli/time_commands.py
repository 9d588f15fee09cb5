"""Looking at office hours, and taking a ticket's clocks apart."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.cli.options import config_option, desk_store, fail, json_option, load_config, print_json, print_table

if TYPE_CHECKING:
    from rules.calendars import Calendar
    from rules.timing import Timing

_DAYS = 14


@click.group()
def hours() -> None:
    """When the office is open."""


@hours.command("show")
@click.argument("name", required=False)
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day; today when left out.")
@click.option("--days", default=_DAYS, show_default=True, help="How many days.")
@json_option
@config_option
def hours_show(name: str | None, start: datetime | None, days: int, as_json: bool, config_file: Path) -> None:
    """The hours of each day of a calendar, holidays and changes of the clock included."""
    from daemon.clock import SystemClock

    calendar = _calendar(_timing(config_file), name)
    first = start.date() if start else SystemClock().now().astimezone(calendar.zone).date()
    rows = [_day_row(calendar, first + timedelta(days=each)) for each in range(days)]
    if as_json:
        print_json(rows)
        return
    title = f"Calendar {calendar.name} ({calendar.zone})"
    print_table(title, ("date", "weekday", "open", "counted", ""), [list(row.values()) for row in rows])


def _day_row(calendar: "Calendar", day: date) -> dict[str, str]:
    from daemon.cli.clocks import length
    from rules.calendars import business_time_between

    midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
    counted = business_time_between(calendar, midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC))
    special = calendar.special.get(day)
    return {
        "date": day.isoformat(),
        "weekday": day.strftime("%A"),
        "open": " ".join(f"{_clock_time(a)}-{_clock_time(b)}" for a, b in calendar.spans(day)) or "closed",
        "counted": length(counted),
        "note": special.name if special else "",
    }


def _clock_time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@hours.command("when")
@click.argument("amount")
@click.option("--calendar", "name", help="Calendar; the default one when left out.")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="Start in UTC; now when left out.")
@json_option
@config_option
def hours_when(amount: str, name: str | None, start: datetime | None, as_json: bool, config_file: Path) -> None:
    """When AMOUNT ("4h", "30m", "2bd") of business time has passed."""
    from daemon.cli.clocks import local
    from daemon.clock import SystemClock
    from daemon.policy_time import parse_goal
    from rules.calendars import add_business_time

    calendar = _calendar(_timing(config_file), name)
    try:
        wanted = parse_goal(amount).within(calendar)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="AMOUNT") from error
    begin = start.replace(tzinfo=UTC) if start else SystemClock().now()
    end = add_business_time(calendar, begin, wanted)
    if as_json:
        print_json({"calendar": calendar.name, "from": begin.isoformat(), "until": end.isoformat()})
        return
    click.echo(f"{local(end, calendar)}  ({end:%Y-%m-%d %H:%M} UTC)")


@click.command("clock")
@click.argument("number", type=int)
@json_option
@config_option
def ticket_clock(number: int, as_json: bool, config_file: Path) -> None:
    """What a ticket's customer waits for, since when and until when, interval by interval."""
    from daemon.cli.clocks import clock_json, print_clock
    from daemon.clock import SystemClock
    from daemon.store import tickets
    from daemon.store.histories import histories
    from rules.deadlines import clocks

    timing, now = _timing(config_file), SystemClock().now()
    with desk_store(config_file) as store, store.reading() as connection:
        ids = list(tickets.by_number(connection, [number]).values())
        found = tickets.facts(connection, ids)
        past = histories(connection, ids)
    if not ids:
        fail(f"there is no ticket {number}")
    measured = clocks(found[ids[0]], past[ids[0]], timing.targets, timing.hours)
    if as_json:
        print_json([clock_json(each, now) for each in measured])
        return
    if not measured:
        click.echo("no target of deadlines.toml matches this ticket")
    for each in measured:
        print_clock(each, now)


@click.group()
def timers() -> None:
    """What is due when."""


@timers.command("list")
@click.option("--most", default=50, show_default=True, help="How many at the most.")
@json_option
@config_option
def timers_list(most: int, as_json: bool, config_file: Path) -> None:
    """The timers of all tickets, the soonest first."""
    from daemon.store import views
    from daemon.store.situations import recall
    from daemon.workers.ticking import STOPPED

    with desk_store(config_file) as store, store.reading() as connection:
        rows, stopped = views.timer_list(connection, most=most), recall(connection, STOPPED)
    if as_json:
        print_json(rows)
        return
    if stopped:
        click.echo(f"Timers are stopped: {stopped}")
    columns = ("due_at", "ticket", "kind", "why")
    print_table("Timers", columns, [[row[name] for name in columns] for row in rows])


@timers.command("resume")
@config_option
def timers_resume(config_file: Path) -> None:
    """Let timers run again after the clock jumped: the time is right."""
    from daemon.clock import SystemClock
    from daemon.store.leases import end_at
    from daemon.store.situations import recall, remember
    from daemon.workers.ticking import NAME, STOPPED

    with desk_store(config_file) as store:
        with store.reading() as connection:
            stopped = recall(connection, STOPPED)
        if not stopped:
            fail("timers are not stopped")
        store.write(lambda connection: remember(connection, STOPPED, ""))
        store.write(lambda connection: end_at(connection, NAME, SystemClock().now()))
    click.echo("timers run again")


def _timing(config_file: Path) -> "Timing":
    from daemon.app import load_desk_policy

    return load_desk_policy(load_config(config_file)).timing


def _calendar(timing: "Timing", name: str | None) -> "Calendar":
    if not name:
        return timing.hours.default
    if name not in timing.hours.calendars:
        fail(f"there is no calendar {name!r}; there are {' '.join(timing.hours.calendars)}")
    return timing.hours.calendars[name]


COMMANDS = (hours, timers)
