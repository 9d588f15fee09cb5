"""The kinds of values a configuration holds, each with its check: durations, sizes, addresses, secrets."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from daemon.errors import ConfigError, Problem

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}


def parse_duration(value: object) -> timedelta:
    """`"90s"`, `"15m"`, `"20h"`, `"3d"`. Raises ValueError that says what to write."""
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d+)\s*([smhd])", value) if isinstance(value, str) else None
    if match:
        return timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    number = re.fullmatch(r"\d+", str(value))
    hint = f'missing unit, write "{value}h" (or s, m, d)' if number else 'write a number and a unit, such as "20h"'
    raise ValueError(hint)


def parse_size(value: object) -> int:
    """`"512KiB"`, `"35MiB"`, or plain bytes as a number. Raises ValueError that says what to write."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = re.fullmatch(r"(\d+)\s*(B|KiB|MiB|GiB)", value) if isinstance(value, str) else None
    if not match:
        raise ValueError('write a number and a unit, such as "35MiB"')
    return int(match[1]) * _SIZES[match[2]]


def _check_address(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not at or not local or not domain or re.search(r"[\s<>,;]", value):
        raise ValueError('expected one e-mail address, such as "support@example.org"')
    if value.isascii() and "xn--" not in value.lower():  # it is its own normal form
        return value.lower()
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  only who has an accent pays for it

    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        # intranets have addresses that the public mail system would not know; refuse only what is no address at all
        return f"{local}@{domain}".lower()


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]
MailAddress = Annotated[str, AfterValidator(_check_address)]
Port = Annotated[int, Field(ge=0, le=65535)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class SecretSource(Section):
    """A secret by `file` (mode 0600) or by `env` (the name of a variable): never in the configuration itself."""

    file: str = ""
    env: str = ""

    @model_validator(mode="after")
    def _one(self) -> "SecretSource":
        if bool(self.file) == bool(self.env):
            raise ValueError('write either { file = "/path" } or { env = "NAME" }')
        return self

    def read(self) -> str:
        """The secret, read anew each time. Raises ConfigError naming the file or variable, never its content."""
        if self.env:
            if self.env not in os.environ:
                raise ConfigError([Problem(file="environment", message=f"{self.env} is not set")])
            return os.environ[self.env]
        path = Path(self.file)
        try:
            if path.stat().st_mode & 0o027:
                raise ConfigError(
                    [Problem(file=self.file, message="others can read this secret", remedy=f"chmod 600 {self.file}")]
                )
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError([Problem(file=self.file, message=f"cannot read: {error.strerror}")]) from error
