"""The command line. Exit codes: 0 done, 1 the answer is no or something failed, 2 a wrong option or configuration."""

import sys
from pathlib import Path

import daemon

if getattr(daemon, "POSTROOM", "") != "postroom":
    sys.exit(
        "postroom: another package has installed its own `daemon` over ours (python-daemon does).\n"
        "Install postroom into an environment of its own: pipx, uv tool, or ./run."
    )

from daemon.cli.commands import cli
from daemon.errors import ConfigError, PostroomError


def main() -> None:
    """The `postroom` command."""
    try:
        cli(prog_name="postroom")
    except ConfigError as error:
        for problem in error.problems:
            print(f"postroom: {_relative(str(problem))}", file=sys.stderr)
        sys.exit(2)
    except PostroomError as error:
        print(f"postroom: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)


def _relative(text: str) -> str:
    return text.removeprefix(f"{Path.cwd()}/")
