"""The command line of a process of our own: our interpreter, our modules, every core that the daemon was given."""

import importlib
import sys
from pathlib import Path

from daemon.cores import ALLOWED


def command(program: str, *arguments: object) -> list[str]:
    """Runs a program text with arguments, importing our packages from where the daemon has them.

    -P and an explicit path: a `rules.py` in somebody's working folder must not be imported instead of ours. The cores
    are set because a child begins on the one that the daemon keeps its own threads on.
    """
    root = str(Path(str(importlib.import_module("parsers").__file__)).parent.parent)
    cores = f"import os; os.sched_setaffinity(0, {set(ALLOWED)}); " if ALLOWED else ""
    text = f"{cores}import sys; sys.path.insert(0, {root!r}); {program}"
    return [sys.executable, "-P", "-c", text, *map(str, arguments)]
