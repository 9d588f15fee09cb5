"""From what an admin wrote to what errands are carried out with."""

from daemon.config import Config
from daemon.workers.errands import CommandLine, Webhook


def webhooks(config: Config) -> dict[str, Webhook]:
    """The programs that rules may tell, by name."""
    return {
        each.name: Webhook(url=each.url, secret=each.secret.read, timeout_seconds=each.timeout.total_seconds())
        for each in config.webhook
    }


def command_lines(config: Config) -> dict[str, CommandLine]:
    """The command lines that rules may run, by name."""
    return {
        each.name: CommandLine(
            parts=tuple(each.run), timeout_seconds=each.timeout.total_seconds(), most_bytes=each.output
        )
        for each in config.command
    }
