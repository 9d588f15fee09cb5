"""What triage rules may ask of the world outside: where mail may be passed on to, which programs are told and run.

Rules name these things; only the configuration says what they are, so that a rule file never holds an address of a
stranger, a secret or a command line.
"""

import re
import urllib.parse
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from daemon.config_types import Duration, SecretSource, Section, Size
from rules.errands import KINDS

_LONGEST = timedelta(minutes=4)  # less than an errand is claimed for
_PLACE = re.compile(r"\{([a-z_]{1,30})\}")


def _url(value: str) -> str:
    parts = urllib.parse.urlsplit(value)
    is_local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or not (parts.scheme == "https" or is_local) or parts.username:
        raise ValueError('expected an address such as "https://pager.example/hook", plain http only to this machine')
    return value


def _forward(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;\"]*@[^\s@<>,;\"]+", value):
        raise ValueError('expected an address, or a domain such as "@partner.example"')
    return value.lower()


def _kind(value: str) -> str:
    if value not in KINDS:
        raise ValueError(f"expected one of {', '.join(KINDS)}")
    return value


class RulesSection(Section):
    """What triage rules may do outside the desk."""

    forward_to: list[Annotated[str, AfterValidator(_forward)]] = Field(
        [], description='Addresses, and domains such as "@partner.example", that the action `forward` may pass mail to.'
    )
    commands_an_hour: int = Field(
        60, ge=1, description="The action `run` runs no more commands than that; what comes on top is noted and left."
    )


class WebhookSection(Section):
    """A program that the action `webhook` tells of a ticket, by a signed POST."""

    name: str = Field(min_length=1, description="What rules call it.")
    url: Annotated[str, AfterValidator(_url)] = Field(description="Where to; https, or http on this machine.")
    secret: SecretSource = Field(description='What signs each delivery: { file = "..." } or { env = "..." }.')
    timeout: Duration = Field(timedelta(seconds=10), le=_LONGEST, description="How long an answer may take.")


class CommandSection(Section):
    """A command line that the action `run` may run; it is given to no shell."""

    name: str = Field(min_length=1, description="What rules call it.")
    run: list[str] = Field(
        min_length=1, description="The program by its whole path, then its arguments, {NAME} filled."
    )
    arguments: dict[str, Annotated[str, AfterValidator(_kind)]] = Field(
        {}, description="What each {NAME} must be: " + ", ".join(KINDS) + "."
    )
    timeout: Duration = Field(timedelta(seconds=10), le=_LONGEST, description="It is killed after that.")
    output: Size = Field(8192, description="No more of what it prints goes into the note.")

    @model_validator(mode="after")
    def _fits(self) -> "CommandSection":
        if not self.run[0].startswith("/") or "{" in self.run[0]:
            raise ValueError(
                f'run starts with the whole path of a program, such as "/usr/bin/ping", not {self.run[0]!r}'
            )
        used = {name for part in self.run for name in _PLACE.findall(part)}
        if used != set(self.arguments):
            odd = ", ".join(sorted(used ^ set(self.arguments)))
            raise ValueError(f"every {{NAME}} in run stands in arguments and the other way round, which {odd} does not")
        return self
