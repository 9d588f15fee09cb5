"""The configuration: every option with its meaning, its default and its check. `config.example.toml` is made from this.

All problems of a file are reported at once, each with line and remedy. Secrets come from files or the environment and
have no printable form.
"""

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from daemon.config_errands import CommandSection, RulesSection, WebhookSection
from daemon.config_problems import explain, syntax_problem
from daemon.config_types import Duration, MailAddress, Port, SecretSource, Section, Size
from daemon.config_verification import VerificationSection
from daemon.errors import ConfigError, Problem
from rules.budgets import Budgets
from rules.facts import Answerers


class DeskSection(Section):
    """Who we are and where our files are."""

    name: str = Field("Example support", description="Shown to people as the sender's name and in templates.")
    domain: str = Field("desk.example", description="Right-hand side of our Message-IDs.")
    data_dir: Path = Field(Path("var"), description="Database, stored mail and keys. Relative paths: to this file.")
    rules_dir: Path = Field(
        Path(), description='Folder with deny.toml, triage.toml, people.toml ...; "." uses the packaged defaults.'
    )
    templates_dir: Path = Field(
        Path(), description='Folder with your own templates; "." uses only the packaged defaults.'
    )
    articles_dir: Path = Field(
        Path(), description='Folder with knowledge base articles in Markdown, offered in acknowledgements; "." is none.'
    )
    number_prefix: str = Field("#", description='What stands before a ticket number in subjects: "#" gives [#1234].')
    admins: list[MailAddress] = Field([], description="Who is told of problems with rules, templates or the daemon.")
    authserv_ids: list[str] = Field(
        [],
        description="The authserv-id your own mail server writes into Authentication-Results (RFC 8601). Without one, "
        "senders cannot be authenticated: agents are then known by the secret token in their reply alone.",
    )
    answerers: Answerers = Field(
        Answerers.ANYONE, description='Who may write to the customer of a ticket: "anyone", "team" or "assignee".'
    )
    reopen_days: int = Field(14, ge=0, description="A reply reopens a closed ticket within this many days.")
    token_days: int = Field(30, ge=1, description="Reply tokens stay valid this many days after a ticket was closed.")


class StoreSection(Section):
    """Where rows are kept."""

    url: str = Field("", description='SQLAlchemy URL, such as "postgresql+psycopg://desk@db/postroom"; "" is SQLite.')


class LogSection(Section):
    """One JSON object a line."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much to say.")
    file: str = Field("", description='A file to append to; "" is standard error.')


class LimitsSection(Section):
    """What one peer, and all peers together, may ask of the SMTP and LMTP listeners."""

    message_size: Size = Field("35MiB", validate_default=True, description="Largest mail taken.")
    line_length: Size = Field("1MiB", validate_default=True, description="Longest line taken.")
    connections: int = Field(500, ge=1, description="Connections at once.")
    connections_per_address: int = Field(20, ge=1, description="Connections at once from one address.")
    trusted_peers: list[str] = Field(
        ["127.0.0.1", "::1"], description="Addresses (your own mail server) that the limit per address does not bind."
    )
    idle: Duration = Field("5m", validate_default=True, description="A peer silent for this long is disconnected.")
    session: Duration = Field("10m", validate_default=True, description="A session without mail ends after this long.")
    commands_without_mail: int = Field(25, ge=5, description="Commands before a mail must follow.")
    recipients: int = Field(100, ge=1, description="Recipients of one mail.")
    bytes_in_flight: Size = Field("128MiB", validate_default=True, description="All unfinished mails together.")


class SmtpSection(Section):
    """Taking mail by SMTP."""

    enabled: bool = Field(True, description="Whether to listen.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Port = Field(8025, description="Port to listen on.")
    certificate: str = Field("", description="PEM file with the certificate chain; offers STARTTLS when set.")
    key: str = Field("", description="PEM file with the private key.")
    refuse_bare_newlines: bool = Field(True, description="Refuse mail with bare CR or LF (SMTP smuggling) with 521.")


class LmtpSection(Section):
    """Taking mail by LMTP from your own mail server."""

    enabled: bool = Field(True, description="Whether to listen.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Port = Field(8024, description="Port to listen on.")


class ImapSection(Section):
    """Taking mail from an IMAP mailbox."""

    name: str = Field(description="Your name for the account, in logs and as part of the key of each mail.")
    mailbox: str = Field(description="The [[mailbox]] (by name) that this account's mail belongs to.")
    host: str = Field(description="IMAP server.")
    port: Port = Field(993, description="Port.")
    security: Literal["tls", "starttls", "none"] = Field("tls", description="Encryption; certificates are verified.")
    user: str = Field(description="Login name.")
    password: SecretSource | None = Field(None, description='{ file = "..." } or { env = "..." }.')
    folder: str = Field("INBOX", description="Folder to read.")
    handled: str = Field(
        "move:Handled", description='What becomes of a stored mail: "move:FOLDER", "keyword:$NAME", "flag" or "keep".'
    )
    start: Literal["from-now", "everything"] = Field("from-now", description="What to take on the first start.")
    poll: Duration = Field("1m", validate_default=True, description="Plain poll beside IDLE.")


class OutboundSection(Section):
    """How mail leaves."""

    transport: Literal["maildir", "smtp"] = Field(
        "maildir", description='"smtp" sends; "maildir" writes to a folder, so that nothing leaves the machine.'
    )
    maildir: Path = Field(Path("var/outgoing"), description="The Maildir for transport maildir.")
    host: str = Field("localhost", description="Your mail server or smarthost.")
    port: Port = Field(25, description="Port.")
    security: Literal["tls", "starttls", "none"] = Field("none", description="Encryption; certificates are verified.")
    user: str = Field("", description="Login name; empty for none.")
    password: SecretSource | None = Field(None, description='{ file = "..." } or { env = "..." }.')
    connections: int = Field(4, ge=1, le=20, description="Deliveries at once.")
    null_sender: bool = Field(
        True, description="Send acknowledgements with MAIL FROM:<>; off for smarthosts that refuse."
    )


class AcknowledgementSection(Section):
    """Automatic answers to customers."""

    enabled: bool = Field(True, description="Tell a customer that the ticket was made.")
    most_in_10_minutes: int = Field(
        300, ge=1, description="More than this opens the breaker: none are sent for a while."
    )
    most_per_address_a_day: int = Field(
        Budgets().per_address_a_day, ge=1, description="Automatic mails of any kind to one address a day."
    )
    most_per_domain_an_hour: int = Field(
        Budgets().per_domain_an_hour, ge=1, description="Acknowledgements to strangers of one domain an hour."
    )
    most_per_ticket_a_day: int = Field(
        Budgets().per_ticket_a_day, ge=1, description="Automatic mails to the customer about one ticket a day."
    )


class WorkersSection(Section):
    """Reading mail happens in processes with limits, because a mail can hang a parser."""

    readers: int = Field(2, ge=1, le=32, description="Reader processes.")
    memory: Size = Field("512MiB", validate_default=True, description="Memory of one reader.")
    seconds: int = Field(10, ge=1, description="CPU seconds for one mail.")
    one_core: bool = Field(
        True,
        description="Keep the daemon's own threads on whichever core has most room; its processes use them all.",
    )


class MailboxSection(Section):
    """A support address the desk owns."""

    name: str = Field(description="Short name.")
    address: MailAddress = Field(description="The address customers write to and get answers from.")
    aliases: list[MailAddress] = Field([], description="More addresses of the same mailbox.")
    team: str = Field("", description="The team whose queue its tickets enter.")
    language: str = Field("en", description="Language of notices when the customer's is not known.")
    display_name: str = Field("", description="Sender's name; empty: desk.name.")


class Config(Section):
    """The whole file."""

    desk: DeskSection = Field(default_factory=DeskSection)
    mailbox: list[MailboxSection] = Field(min_length=1)
    smtp: SmtpSection = Field(default_factory=SmtpSection)
    lmtp: LmtpSection = Field(default_factory=LmtpSection)
    verification: VerificationSection = Field(default_factory=VerificationSection)
    imap: list[ImapSection] = Field(default_factory=list)
    outbound: OutboundSection = Field(default_factory=OutboundSection)
    rules: RulesSection = Field(default_factory=RulesSection)
    webhook: list[WebhookSection] = Field(default_factory=list)
    command: list[CommandSection] = Field(default_factory=list)
    acknowledgements: AcknowledgementSection = Field(default_factory=AcknowledgementSection)
    limits: LimitsSection = Field(default_factory=LimitsSection)
    workers: WorkersSection = Field(default_factory=WorkersSection)
    store: StoreSection = Field(default_factory=StoreSection)
    log: LogSection = Field(default_factory=LogSection)


def load(path: Path) -> Config:
    """Read and check a configuration file. Raises ConfigError with every problem found."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError([Problem(file=str(path), message=f"cannot read: {reason}")]) from error
    config = parse(text, str(path))
    problems = _cross_checks(config, str(path))
    if problems:
        raise ConfigError(problems)
    return _absolute(config, path.resolve().parent)


def parse(text: str, file: str) -> Config:
    """Check the text of a configuration. Raises ConfigError with every problem found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([syntax_problem(error, file)]) from error
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError(explain(error, Config, text, file)) from error


def _cross_checks(config: Config, file: str) -> list[Problem]:
    names = [each.name for each in config.mailbox]
    problems = [
        Problem(file=file, key=f"imap.{each.name}.mailbox", message=f"got {each.mailbox!r}, expected one of {names}")
        for each in config.imap
        if each.mailbox not in names
    ]
    addresses = [address for each in config.mailbox for address in (each.address, *each.aliases)]
    problems += [
        Problem(file=file, key="mailbox", message=f"{address} is given to more than one mailbox")
        for address in sorted({each for each in addresses if addresses.count(each) > 1})
    ]
    problems += _doubles("webhook", [each.name for each in config.webhook], file)
    problems += _doubles("command", [each.name for each in config.command], file)
    problems += [
        Problem(file=file, key="rules.forward_to", message=f"{each} is a mailbox of the desk: mail would go in circles")
        for each in config.rules.forward_to
        if each in addresses
    ]
    if bool(config.smtp.certificate) != bool(config.smtp.key):
        problems.append(Problem(file=file, key="smtp", message="certificate and key go together: one is missing"))
    return problems


def _doubles(section: str, names: list[str], file: str) -> list[Problem]:
    return [
        Problem(file=file, key=section, message=f"there are two of the name {each!r}")
        for each in sorted({each for each in names if names.count(each) > 1})
    ]


def _absolute(config: Config, base: Path) -> Config:
    """Relative paths are meant from the folder of the configuration file."""
    desk: dict[str, Any] = {"data_dir": base / config.desk.data_dir}
    for name in ("rules_dir", "templates_dir", "articles_dir"):
        value: Path = getattr(config.desk, name)
        desk[name] = value if value == Path() else base / value
    outbound = config.outbound.model_copy(update={"maildir": base / config.outbound.maildir})
    return config.model_copy(update={"desk": config.desk.model_copy(update=desk), "outbound": outbound})
