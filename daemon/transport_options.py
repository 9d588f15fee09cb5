"""From what an admin wrote to what the transports are given: each knows its own options and no configuration."""

from pathlib import Path

from daemon.config import Config, ImapSection
from daemon.errors import ConfigError, Problem
from daemon.ports import Carrier
from daemon.transports.conversations import ListenerOptions
from daemon.transports.imap_account import ImapAccount, Start
from daemon.transports.imap_account import Security as ImapSecurity
from daemon.transports.limits import ListenerLimits
from daemon.transports.maildir import MaildirCarrier
from daemon.transports.smtp_client import SmtpCarrier
from daemon.transports.smtp_session import Security, SmtpOptions
from daemon.transports.tls import server_context
from daemon.workers.errands import CommandLine, Webhook


def carrier(config: Config) -> Carrier:
    """A way out, one for each delivery thread."""
    outbound = config.outbound
    if outbound.transport == "maildir":
        return MaildirCarrier(outbound.maildir, config.desk.domain)
    return SmtpCarrier(
        SmtpOptions(
            host=outbound.host,
            port=outbound.port,
            hostname=config.desk.domain,
            security=Security(outbound.security),
            username=outbound.user,
            password=outbound.password.read() if outbound.password else "",
        )
    )


def listener_options(config: Config) -> list[ListenerOptions]:
    """The listeners a configuration asks for. Raises ConfigError for a certificate that cannot be used."""
    limits, trusted = _limits(config), frozenset(config.limits.trusted_peers)
    options: list[ListenerOptions] = []
    smtp, lmtp = config.smtp, config.lmtp
    if smtp.enabled:
        options.append(
            ListenerOptions(
                name="smtp",
                protocol="smtp",
                host=smtp.host,
                port=smtp.port,
                hostname=config.desk.domain,
                tls=server_context(Path(smtp.certificate), Path(smtp.key)) if smtp.certificate else None,
                limits=limits,
                refuse_bare_newlines=smtp.refuse_bare_newlines,
                trusted_peers=trusted,
            )
        )
    if lmtp.enabled:
        options.append(
            ListenerOptions(
                name="lmtp",
                protocol="lmtp",
                host=lmtp.host,
                port=lmtp.port,
                hostname=config.desk.domain,
                limits=limits,
                trusted_peers=trusted,
            )
        )
    return options


def imap_accounts(config: Config) -> list[ImapAccount]:
    """The accounts a configuration asks for. Raises ConfigError for words that no IMAP server may be sent."""
    problems: list[Problem] = []
    accounts = [
        account
        for number, section in enumerate(config.imap, 1)
        if (account := _account(config, section, number, problems))
    ]
    if problems:
        raise ConfigError(problems)
    return [account for account in accounts if account]


def _account(config: Config, section: ImapSection, number: int, problems: list[Problem]) -> ImapAccount | None:
    address = next(box.address for box in config.mailbox if box.name == section.mailbox)
    try:
        return ImapAccount(
            name=section.name,
            host=section.host,
            port=section.port,
            user=section.user,
            secret=section.password.read if section.password else str,
            recipient=address,
            security=ImapSecurity(section.security),
            folder=section.folder,
            handled=section.handled,
            start=Start(section.start),
            poll_seconds=section.poll.total_seconds(),
            max_message_bytes=config.limits.message_size,
        )
    except ValueError as error:
        problems.append(Problem(file="configuration", key=f"imap.{number}", message=str(error)))
        return None


def _limits(config: Config) -> ListenerLimits:
    limits = config.limits
    return ListenerLimits(
        max_message_bytes=limits.message_size,
        max_line_bytes=limits.line_length,
        max_connections=limits.connections,
        max_connections_per_address=limits.connections_per_address,
        idle_seconds=limits.idle.total_seconds(),
        session_seconds=limits.session.total_seconds(),
        max_commands_without_mail=limits.commands_without_mail,
        max_recipients=limits.recipients,
        max_bytes_in_flight=limits.bytes_in_flight,
    )


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
