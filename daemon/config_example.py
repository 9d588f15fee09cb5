"""`config.example.toml`, made from the configuration's own descriptions so that it cannot fall behind them."""

import textwrap
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from daemon.config import (
    AcknowledgementSection,
    DeskSection,
    ImapSection,
    LimitsSection,
    LmtpSection,
    LogSection,
    MailboxSection,
    OutboundSection,
    SmtpSection,
    StoreSection,
    WorkersSection,
)
from daemon.config_errands import CommandSection, RulesSection, WebhookSection
from daemon.config_verification import VerificationSection

_HEAD = """\
# Postroom, every option with its default. Relative paths are meant from the folder of this file.
# Durations: "90s", "15m", "20h", "3d". Sizes: "512KiB", "35MiB". Check with: postroom check
"""
_MAILBOX = {"name": "support", "address": "support@desk.example", "team": "support", "aliases": ["help@desk.example"]}
_IMAP = {
    "name": "support-inbox",
    "mailbox": "support",
    "host": "imap.desk.example",
    "user": "support@desk.example",
    "password": {"file": "/etc/postroom/imap-password"},
}
_WEBHOOK = {
    "name": "pager",
    "url": "https://pager.example/hook",
    "secret": {"file": "/etc/postroom/pager-secret"},
}
_COMMAND = {
    "name": "ping",
    "run": ["/usr/bin/ping", "-c", "3", "{host}"],
    "arguments": {"host": "host"},
}


def example(rules_dir: str = ".", templates_dir: str = ".") -> str:
    """The text of the example. With folders named it is what `postroom init` writes."""
    desk = {"rules_dir": rules_dir, "templates_dir": templates_dir}
    sections = [
        _HEAD,
        _section("[desk]", DeskSection, desk),
        _section("[[mailbox]]", MailboxSection, _MAILBOX),
        _section("[smtp]", SmtpSection, {}),
        _section("[lmtp]", LmtpSection, {}),
        _section("[verification]", VerificationSection, {}),
        _commented(_section("[[imap]]", ImapSection, _IMAP)),
        _section("[outbound]", OutboundSection, {}),
        _section("[rules]", RulesSection, {}),
        _commented(_section("[[webhook]]", WebhookSection, _WEBHOOK)),
        _commented(_section("[[command]]", CommandSection, _COMMAND)),
        _section("[acknowledgements]", AcknowledgementSection, {}),
        _section("[limits]", LimitsSection, {}),
        _section("[workers]", WorkersSection, {}),
        _section("[store]", StoreSection, {}),
        _section("[log]", LogSection, {}),
    ]
    return "\n".join(sections)


def _section(header: str, model: type[BaseModel], values: dict[str, Any]) -> str:
    lines = [header + f"  # {(model.__doc__ or '').strip()}"]
    for name, field in model.model_fields.items():
        lines += textwrap.wrap(field.description or "", 116, initial_indent="# ", subsequent_indent="# ")
        value = values.get(name, _default(field))
        lines.append(f"{name} = {_toml(value)}" if value is not None else f'# {name} = {{ file = "..." }}')
    return "\n".join(lines) + "\n"


def _default(field: FieldInfo) -> Any:
    default = field.get_default(call_default_factory=True, validated_data={})
    return None if default is PydanticUndefined else default


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, Path | str):
        return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, timedelta):
        return f'"{int(value.total_seconds())}s"'
    raise TypeError(value)


def _commented(text: str) -> str:
    return "".join(f"# {line}" if line.strip() else line for line in text.splitlines(keepends=True))
