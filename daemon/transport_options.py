"""From what an admin wrote to what the transports are given: each knows its own options and no configuration."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from daemon.config import Config, ImapSection
from daemon.errors import ConfigError, Problem
from daemon.ports import Carrier, NameService
from daemon.transports.conversations import ListenerOptions
from daemon.transports.imap_account import ImapAccount, Start
from daemon.transports.imap_account import Security as ImapSecurity
from daemon.transports.limits import ListenerLimits
from daemon.transports.maildir import MaildirCarrier
from daemon.transports.smtp_client import SmtpCarrier
from daemon.transports.smtp_session import Security, SmtpOptions
from daemon.transports.tls import server_context


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """Whom a desk talks to of its own accord: `carriers`, a way out for each delivery thread; `names`, to verify by."""

    carriers: tuple[Carrier, ...]
    accounts: list[ImapAccount]
    names: NameService | None


def open_peers(config: Config) -> Peers:
    """What a configuration says of them, and what can be known to be wrong with it: raises ConfigError."""
    return Peers(
        carriers=tuple(carrier(config) for _ in range(config.outbound.connections)),
        accounts=imap_accounts(config),
        names=_names(config),
    )


def _names(config: Config) -> NameService | None:
    if not config.verification.enabled:
        return None
    from daemon.verification import open_resolver  # noqa: PLC0415  only who verifies senders pays for it

    return open_resolver(config)


def carrier(config: Config) -> Carrier:
    """A way out. Raises ConfigError when its secret cannot be read."""
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


def listeners(config: Config) -> dict[str, Callable[[], ListenerOptions]]:
    """What makes each listener's options, by name. It raises ConfigError for a certificate that cannot be used."""
    wanted = {"smtp": (config.smtp.enabled, _smtp), "lmtp": (config.lmtp.enabled, _lmtp)}
    return {name: partial(make, config) for name, (is_enabled, make) in wanted.items() if is_enabled}


def _smtp(config: Config) -> ListenerOptions:
    smtp = config.smtp
    return ListenerOptions(
        name="smtp",
        protocol="smtp",
        host=smtp.host,
        port=smtp.port,
        hostname=config.desk.domain,
        tls=server_context(Path(smtp.certificate), Path(smtp.key)) if smtp.certificate else None,
        limits=_limits(config),
        refuse_bare_newlines=smtp.refuse_bare_newlines,
        trusted_peers=frozenset(config.limits.trusted_peers),
    )


def _lmtp(config: Config) -> ListenerOptions:
    return ListenerOptions(
        name="lmtp",
        protocol="lmtp",
        host=config.lmtp.host,
        port=config.lmtp.port,
        hostname=config.desk.domain,
        limits=_limits(config),
        trusted_peers=frozenset(config.limits.trusted_peers),
    )


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
