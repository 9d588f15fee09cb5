"""Running the desk, setting one up, checking it."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from daemon.cli.options import config_option, desk_store, fail, json_option, load_config, print_json, print_table


@click.command()
@config_option
def run(config_file: Path) -> None:
    """Run the daemon until it is told to stop (Ctrl-C or SIGTERM)."""
    import asyncio
    import sys

    with _kept():
        from daemon.app import Application
        from daemon.cores import keep_together
        from daemon.log import configure

        config = load_config(config_file)
        configure(level=config.log.level, file=config.log.file)
        application = Application(config)
    # SQLite gives up the interpreter lock at every statement; with the default of 5 ms a busy thread beside the
    # writer makes each of them wait that long to get it back
    sys.setswitchinterval(0.002)
    if config.workers.one_core:
        keep_together()
    asyncio.run(application.run(lambda desk: _announce(config_file, application, desk)))


@contextmanager
def _kept() -> Iterator[None]:
    """What is loaded within is there to stay: no garbage is looked for in it, which takes a twentieth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _announce(config_file: Path, application: Any, desk: Any) -> None:
    config = application.config
    if desk.problems:
        click.echo(f"What cannot be had; the rest runs:\n{bulleted(desk.problems)}", err=True)
    where = ["{} {}:{}".format(name, *listener.address) for name, listener in desk.listeners.items()]
    click.echo(f"Postroom is up ({config_file.name}). Listening: {', '.join(where) or 'nothing'}")
    if desk.peers.accounts:
        click.echo(f"Reading IMAP: {', '.join(account.name for account in desk.peers.accounts)}")
    if config.outbound.transport == "maildir":
        click.echo(f"Outgoing mail is written to {config.outbound.maildir}; nothing leaves this machine.")
    else:
        click.echo(f"Outgoing mail goes to {config.outbound.host}:{config.outbound.port}.")
    click.echo("In another terminal, type:  ./run demo")


def bulleted(problems: Sequence[str]) -> str:
    """One item a problem; further lines of it stand beneath the first."""
    return "\n".join("  - " + problem.strip().replace("\n", "\n    ") for problem in problems)


@click.command()
@click.option("--tests", is_flag=True, help="Also run the [[test]] tables beside the rules.")
@config_option
def check(tests: bool, config_file: Path) -> None:
    """Check the configuration, the rules and the templates; print every problem."""
    from daemon.app import check as check_all
    from rules.lints import lint

    config = load_config(config_file)
    policy = check_all(config)
    for warning in [*_warnings(config), *lint(policy.ruleset)]:
        click.echo(f"warning: {warning}", err=True)
    if tests:
        _run_tests(policy)
    click.echo(f"{config_file}: all is well")


def _run_tests(policy: Any) -> None:
    from daemon.clock import SystemClock
    from rules.rule_test_runs import run_test

    now = SystemClock().now()
    differences = [each for test in policy.tests for each in run_test(test, policy.desk, policy.ruleset, now)]
    for difference in differences:
        click.echo(str(difference), err=True)
    failed = len({each.test.name for each in differences})
    click.echo(f"{len(policy.tests) - failed} of {len(policy.tests)} tests of rules passed")
    if failed:
        raise SystemExit(1)


def _warnings(config: Any) -> list[str]:
    warnings = []
    if not (config.desk.authserv_ids or config.verification.enabled):
        warnings.append(
            "desk.authserv_ids is empty and verification is off: senders cannot be authenticated. Agents are known by "
            "their token alone, and acknowledgements go to addresses that may be forged, within the budgets."
        )
    elif config.smtp.enabled and not config.verification.enabled and not _is_this_machine(config.smtp.host):
        warnings.append(
            f"whoever reaches smtp at {config.smtp.host} can write desk.authserv_ids into a header of their own: let "
            "only your mail server in, or turn verification on."
        )
    if not config.desk.admins:
        warnings.append("desk.admins is empty: nobody is told of broken rules or unreadable mail")
    return warnings


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host == "::1"


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
def init(folder: Path) -> None:
    """Write a starter configuration, rules and templates into FOLDER; existing files are left alone."""
    from importlib import resources

    from daemon.config_example import example

    files = {"postroom.toml": example(rules_dir="rules", templates_dir="templates")}
    for source, target in (("rules", "rules"), ("templates", "templates")):
        for each in (resources.files(source) / "defaults").iterdir():
            if each.name.endswith((".toml", ".j2")):
                files[f"{target}/{each.name}"] = each.read_text(encoding="utf-8")
    for name, text in sorted(files.items()):
        _write_new(folder / name, text)
    click.echo(f"Next: edit {folder / 'postroom.toml'}, then type  postroom check --config {folder / 'postroom.toml'}")


def _write_new(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        click.echo(f"{path} is there already, left alone")
        return
    click.echo(f"{path} written")


@click.command()
@click.option("--read", "read_blobs", is_flag=True, help="Also read and hash every stored mail again.")
@json_option
@config_option
def verify(read_blobs: bool, as_json: bool, config_file: Path) -> None:
    """Check the conservation law: every accepted mail is somewhere, and only once."""
    from daemon.store.verify import verify as balance

    with desk_store(config_file) as store, store.reading() as connection:
        result = balance(connection, store.blobs, read_blobs=read_blobs)
    if as_json:
        print_json(result.to_dict())
    else:
        print_table("Accepted mail", ("", ""), [(k, v) for k, v in result.to_dict().items() if k != "faults"])
        for fault in result.faults:
            click.echo(fault, err=True)
    if not result.ok:
        raise SystemExit(1)


@click.command()
@json_option
@config_option
def status(as_json: bool, config_file: Path) -> None:
    """How much is where: accepted, waiting, tickets by status, outgoing mail by state."""
    from daemon.store import views

    with desk_store(config_file) as store, store.reading() as connection:
        counts = views.status(connection)
    if as_json:
        print_json(counts)
        return
    rows = [(area, name, count) for area, each in counts.items() for name, count in each.items()]
    print_table("Status", ("what", "state", "count"), rows)


@click.command()
@click.option("--seconds", default=30, show_default=True, help="How long to wait for the daemon.")
@config_option
def demo(seconds: int, config_file: Path) -> None:
    """Send a handful of mails to the running daemon and show what it makes of them."""
    from daemon.cli.demo import DemoFailed, play

    try:
        play(load_config(config_file), config_file, seconds)
    except DemoFailed as error:
        fail(str(error))


COMMANDS = (run, check, init, demo, verify, status)
