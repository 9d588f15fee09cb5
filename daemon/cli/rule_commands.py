"""Deny lists and triage rules: changing, testing, rehearsing and watching them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from daemon.cli.options import config_option, desk_store, fail, json_option, load_config, print_json, print_table

_ACTIONS = ("drop", "reject", "quarantine", "noreply", "allow")


@click.group()
def deny() -> None:
    """The list of unwanted senders."""


@deny.command("add")
@click.argument("entry")
@click.option("--action", type=click.Choice(_ACTIONS), default="quarantine", show_default=True, help="What happens.")
@click.option("--why", default="", help="Shown wherever a mail is refused.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day the entry is in force.")
@config_option
def deny_add(entry: str, action: str, why: str, until: datetime | None, config_file: Path) -> None:
    """Add ENTRY: a@b.example, b.example, *.b.example, a glob, /an RE2 expression/, or "Header: value"."""
    from daemon import deny_file

    config = load_config(config_file)
    file = _rules_dir(config) / "deny.toml"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    day: date | None = until.date() if until else None
    _replace(config, {file: text.rstrip("\n") + "\n" + deny_file.entry(entry, action, why, day)})
    click.echo(f"{entry}: {action}, added to {file}; a running daemon heeds it within seconds")


@deny.command("remove")
@click.argument("entry")
@config_option
def deny_remove(entry: str, config_file: Path) -> None:
    """Take ENTRY out, in whichever deny*.toml it stands."""
    from daemon import deny_file

    config = load_config(config_file)
    folder = _rules_dir(config)
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("deny*.toml")}
    changed = deny_file.without(files, entry)
    if not changed:
        fail(f"there is no entry {entry!r}; `postroom deny list` shows all")
    _replace(config, {folder / name: text for name, text in changed.items()})
    click.echo(f"{entry}: taken out of {', '.join(changed)}")


@deny.command("list")
@json_option
@config_option
def deny_list(as_json: bool, config_file: Path) -> None:
    """All entries with how often each has spoken."""
    from daemon.app import load_desk_policy
    from daemon.store.denials import hits

    policy = load_desk_policy(load_config(config_file))
    with desk_store(config_file) as store, store.reading() as connection:
        counted = hits(connection)
    rows = [_entry_row(each, counted) for each in policy.desk.deny]
    if as_json:
        print_json(rows)
        return
    print_table("Deny list", tuple(rows[0]) if rows else ("kind", "value"), [list(row.values()) for row in rows])


def _entry_row(entry: Any, counted: dict[str, tuple[int, datetime]]) -> dict[str, Any]:
    count, last = counted.get(f"{entry.kind} {entry.value}", (0, None))
    return {
        "kind": entry.kind,
        "value": entry.value,
        "action": entry.action.value,
        "until": entry.until.isoformat() if entry.until else None,
        "why": entry.why,
        "hits": count,
        "last": last.isoformat() if last else None,
    }


@deny.command("check")
@click.argument("address")
@json_option
@config_option
def deny_check(address: str, as_json: bool, config_file: Path) -> None:
    """What becomes of mail from ADDRESS, and which entries were considered. Entries on headers need a mail: explain."""
    from daemon.app import load_desk_policy
    from daemon.clock import SystemClock
    from rules.deny import about

    policy = load_desk_policy(load_config(config_file))
    entries = about(policy.desk.deny, address, SystemClock().now())
    verdict = entries[0].action.value if entries else "accepted"
    rows = [
        {
            "kind": each.kind,
            "value": each.value,
            "action": each.action.value,
            "why": each.why,
            "decides": number == 0,
        }
        for number, each in enumerate(entries)
    ]
    if as_json:
        print_json({"address": address, "verdict": verdict, "entries": rows})
        return
    print_table(
        f"{address}: {verdict}", ("kind", "value", "action", "why", "decides"), [list(r.values()) for r in rows]
    )
    click.echo(
        "Order: address, domain, subdomains, glob, pattern, header; at equal rank allow wins, then the severest."
    )


def _rules_dir(config: Any) -> Path:
    folder: Path = config.desk.rules_dir
    if folder == Path():
        fail("the packaged rules are in use: set desk.rules_dir to a folder of your own (`postroom init` makes one)")
    return folder


def _replace(config: Any, files: dict[Path, str]) -> None:
    """Write files whole; when the policy would not load with them, put the old ones back. Raises ConfigError."""
    from daemon.app import load_desk_policy
    from daemon.errors import ConfigError

    old = {path: path.read_bytes() if path.exists() else None for path in files}
    for path, text in files.items():
        _write(path, text.encode())
    try:
        load_desk_policy(config)
    except ConfigError:
        for path, content in old.items():
            _write(path, content) if content is not None else path.unlink()
        raise


def _write(path: Path, content: bytes) -> None:
    """In one step, so that a daemon never reads half a file."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(content)
    temporary.replace(path)


@click.group()
def rules() -> None:
    """The triage rules."""


@rules.command("reference")
def rules_reference() -> None:
    """Every fact, operator and action, in Markdown."""
    from rules.reference import reference

    click.echo(reference(), nl=False)


@rules.command("stats")
@click.option("--since", default="30d", show_default=True, help="How far to look back.")
@json_option
@config_option
def rules_stats(since: str, as_json: bool, config_file: Path) -> None:
    """How often each rule acted, how often an agent put it right, and which never did."""
    from daemon.app import load_desk_policy
    from daemon.store import rule_figures

    policy = load_desk_policy(load_config(config_file))
    start = _start(since)
    with desk_store(config_file) as store, store.reading() as connection:
        found = rule_figures.figures(connection, start)
        urgent, made = rule_figures.share_of_p1(connection, start)
    known = {each.name: each.mode.value for each in policy.ruleset.rules}
    rows = []
    for name in rule_figures.names(found, iter(known)):
        each = found.get(name, rule_figures.RuleFigures())
        last = each.last_at.isoformat() if each.last_at else None
        mode = known.get(name, "gone")
        rows.append({"rule": name, "mode": mode, "hits": each.hits, "overridden": each.overridden, "last": last})
    idle = [str(row["rule"]) for row in rows if not row["hits"] and row["mode"] == "on"]
    warning = f"{urgent} of {made} tickets are P1: when everything is urgent, nothing is" if urgent * 10 > made else ""
    if as_json:
        figures = {"since": start.isoformat(), "rules": rows, "never_hit": idle}
        print_json(figures | {"p1": urgent, "tickets": made, "warning": warning})
        return
    columns = ("rule", "mode", "hits", "overridden", "last")
    print_table(f"Rules since {start:%Y-%m-%d}", columns, [[row[name] for name in columns] for row in rows])
    if idle:
        click.echo(f"never hit since {start:%Y-%m-%d}: {', '.join(idle)}")
    if warning:
        click.echo(f"warning: {warning}", err=True)


def _start(since: str) -> datetime:
    from daemon.clock import SystemClock
    from rules.quantities import parse_duration

    duration: timedelta | None = parse_duration(since)
    if duration is None:
        fail(f"--since: got {since!r}, write a duration such as 30d")
    return SystemClock().now() - duration


@click.command()
@click.option("--since", default="30d", show_default=True, help="How far to look back.")
@click.option("--rules", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Other rules.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write an HTML page to FILE.")
@json_option
@config_option
def rehearse(since: str, folder: Path | None, page: Path | None, as_json: bool, config_file: Path) -> None:
    """Replay stored mail under the rules of a folder and show what would change. Nothing is stored or sent."""
    from daemon.app import load_desk_policy
    from daemon.workers.readers import ReaderLimits, ReaderPool
    from daemon.workers.rehearsing import rehearse as replay

    config = load_config(config_file)
    desk = config.desk.model_copy(update={"rules_dir": folder.resolve() if folder else config.desk.rules_dir})
    before, after = load_desk_policy(config), load_desk_policy(config.model_copy(update={"desk": desk}))
    limits = ReaderLimits(memory=config.workers.memory, cpu_seconds=config.workers.seconds)
    readers = ReaderPool(config.workers.readers, limits)
    try:
        with desk_store(config_file) as store, _progress(quiet=as_json) as advance:
            result = replay(store, readers, _start(since), before, after, advance).to_dict()
    finally:
        readers.close()
    _show(result, folder, page, as_json=as_json)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Any]:
    """A bar on standard error, where it disturbs no output."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("mails"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as progress:
        task = progress.add_task("mails", total=None)
        yield lambda total: progress.update(task, advance=1, total=total)


def _show(result: dict[str, Any], folder: Path | None, page: Path | None, *, as_json: bool) -> None:
    from daemon.cli.rehearsal_page import page as html

    if page:
        page.write_text(html(result, f"Rehearsal of {folder or 'the rules in force'}"), encoding="utf-8")
    if as_json:
        print_json(result)
        return
    rules_changed = result["rules"]
    changes = [
        (each["rule"], each["mails"], what, count) for each in rules_changed for what, count in each["changes"].items()
    ]
    print_table("What would change", ("rule", "mails", "change", "count"), changes)
    examples = [
        (each["rule"], eg["ticket"] or f"inbound {eg['inbound']}", eg["subject"], "\n".join(eg["changes"]))
        for each in rules_changed
        for eg in each["examples"]
    ]
    print_table("Examples", ("rule", "ticket", "subject", "change"), examples)
    click.echo(f"{result['changed']} of {result['mails']} mails would be treated otherwise.")


COMMANDS = (deny, rules, rehearse)
