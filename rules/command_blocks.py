"""A block of commands as it stands: what is wrong with it whatever the ticket, and which lines are one command."""

from dataclasses import replace

from rules.actions import Objection
from rules.command_words import BY_NAME, Group
from rules.commands import MOST_COMMANDS, Block, Command

_COMBINED = ("tag", "cc")
_REPEATABLE = ("canned", "link", "follow", "unfollow", "kb", "list", "show", "history", "help", "field")


def block_objections(block: Block) -> list[Objection]:
    """What is wrong with the block itself, whatever the ticket."""
    found = [Objection(line=each.line, why=each.hint) for each in block.unknown]
    if len(block.lines) > MOST_COMMANDS:
        found.append(Objection(line=block.lines[MOST_COMMANDS], why=f"a mail has at most {MOST_COMMANDS} commands"))
    if block.stray:
        found.append(Objection(line=block.stray, why="commands stand at the very top, above all text"))
    keys: dict[tuple[str, str], str] = {}
    for command in block.commands:
        key = ("status", "") if group(command) is Group.STATUS else (command.name, command.field)
        key = ("assign", "") if command.name in ("take", "assign", "team") else key
        if keys.setdefault(key, command.line) != command.line and command.name not in (*_COMBINED, *_REPEATABLE):
            found.append(Objection(line=command.line, why=f"contradicts {keys[key]}"))
    return found


def group(command: Command) -> Group:
    """What sort of command it is."""
    return BY_NAME[command.name].group


def combined(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    """`#tag +a` and `#tag +b` are one change; the same line twice is one line."""
    kept: dict[str, Command] = {}
    for command in commands:
        key = command.name if command.name in _COMBINED else command.line
        before = kept.get(key)
        joined = before is not None and command.name in _COMBINED
        kept[key] = replace(command, value=f"{before.value} {command.value}") if before and joined else command
    return tuple(kept.values())
