"""All commands, one a job; each loads only what it needs, because start-up time is felt."""

import click

from daemon.cli import (
    desk_commands,
    errand_commands,
    mail_commands,
    people_commands,
    report_commands,
    row_commands,
    rule_commands,
    template_commands,
    ticket_commands,
    time_commands,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(package_name="postroom")
def cli() -> None:
    """Postroom: a help desk that lives in e-mail."""


_MODULES = (
    desk_commands,
    mail_commands,
    people_commands,
    row_commands,
    ticket_commands,
    errand_commands,
    rule_commands,
    template_commands,
    time_commands,
    report_commands,
)
for module in _MODULES:
    for command in module.COMMANDS:
        cli.add_command(command)
