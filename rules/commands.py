"""Commands at the very top of what an agent newly wrote: read them and take them off the text. Nothing is judged here.

A command is a line `#word value`; the block ends at the first line that is neither a command nor blank. Below it
nothing is a command: quotations, signatures and forwarded mail never are.
"""

import difflib
import re
from dataclasses import dataclass

from rules.command_words import BY_NAME, SPELLINGS, Group, Takes, plain

MOST_COMMANDS = 20
_MOST_LINES = 100
_LONGEST_LINE = 2000

# What phones and word processors put where a person typed a space, or nothing at all.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u2009\u3000\t"), " ")
_LINE = re.compile(r"[#＃] ?(?P<word>[^\W\d_][\w.-]{0,60}) ?(?P<colon>[:=]?) ?(?P<value>.*)")
_JOINERS = re.compile(r"(?:to|into|with|as|by|until|till|for|on|of|is)(?: +|: ?)", re.IGNORECASE)
_JOINED = frozenset(
    ("assign", "team", "requester", "join", "merge", "link", "due", "snooze", "time", "language", "priority")
)
_COURTESY = frozenset(("it", "this", "please", "now", "ticket", "thisticket", "thisone", "itplease", "thisplease"))
_PRIORITIES = frozenset(("p1", "p2", "p3", "p4"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line understood: the canonical name, its value, and the line as typed. `field`: what `#field.x` names."""

    name: str
    value: str = ""
    field: str = ""
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """One line that begins like a command and is none: `hint` says what may have been meant."""

    line: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What stands at the top, and the text below it. `stray`: a line below the block that may be meant as one."""

    commands: tuple[Command, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    rest: str = ""
    lines: tuple[str, ...] = ()
    stray: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing at the top looks like a command."""
        return not self.lines


def read_commands(text: str) -> Block:
    """Split a new text into its command block and the rest. Total; linear in the length of the text."""
    lines = text.split("\n")
    found: list[Command | Unknown] = []
    typed: list[str] = []
    row = 0
    while row < len(lines) and row < _MOST_LINES:
        line = _clean(lines[row])
        if line:
            match = _LINE.fullmatch(line)
            if match is None:
                break
            found.append(_read(match, line))
            typed.append(line)
        row += 1
    rest = "\n".join(lines[row:]).strip("\n") if typed else text
    return Block(
        commands=tuple(each for each in found if isinstance(each, Command)),
        unknown=tuple(each for each in found if isinstance(each, Unknown)),
        rest=rest if rest.strip() else "",
        lines=tuple(typed),
        stray=_stray(rest),
    )


def _clean(line: str) -> str:
    """One line as it was meant: invisible characters gone, every kind of space a space."""
    if len(line) > _LONGEST_LINE:
        return line.strip()
    return re.sub(" {2,}", " ", line.translate(_INVISIBLE).translate(_SPACES)).strip()


def _read(match: re.Match[str], line: str) -> Command | Unknown:
    word, value = match["word"].rstrip("."), match["value"].strip()
    if word.casefold().startswith("field.") and len(word) > len("field."):
        return _field(word[len("field.") :], value, line)
    if plain(word) in _PRIORITIES:
        return Command(name="priority", value=word.upper(), line=line)
    if plain(word) == "status" and value:
        return _status(value, line)
    spelled = SPELLINGS.get(plain(word))
    if spelled is None:
        whole = SPELLINGS.get(plain(f"{word}{value}"))  # `#on hold`
        return Command(name=whole.name, line=line) if whole else _unknown(word, line)
    return _with_value(spelled.name, value, line)


def _field(name: str, value: str, line: str) -> Command | Unknown:
    if not value:
        return Unknown(line=line, hint=f"#field.{name} needs a value (`none` clears it)")
    return Command(name="field", value=value, field=name.casefold(), line=line)


def _status(value: str, line: str) -> Command | Unknown:
    """`#status: solved`, as people type it who know other help desks."""
    spelled = SPELLINGS.get(plain(value.rstrip(".!")))
    if spelled is None or spelled.group is not Group.STATUS:
        return Unknown(
            line=line, hint=f"there is no status {value[:40]!r}: open, pending, hold, solved, closed or spam"
        )
    return Command(name=spelled.name, line=line)


def _with_value(name: str, value: str, line: str) -> Command | Unknown:
    word = BY_NAME[name]
    if word.takes is Takes.NOTHING:
        value = value.rstrip(".!")
        if value and plain(value) not in _COURTESY:
            return Unknown(line=line, hint=f"#{name} stands alone on its line")
        return Command(name=name, line=line)
    if name in _JOINED:
        value = value[match.end() :] if (match := _JOINERS.match(value)) else value
    if word.takes is Takes.VALUE and not value:
        return Unknown(line=line, hint=f"#{name} needs a value, for example {word.example}")
    return Command(name=name, value=value, line=line)


def _unknown(word: str, line: str) -> Unknown:
    near = difflib.get_close_matches(plain(word), SPELLINGS, n=1, cutoff=0.6)
    if near:
        return Unknown(line=line, hint=f"there is no #{word}; did you mean #{SPELLINGS[near[0]].name}?")
    return Unknown(line=line, hint=f"there is no #{word}; #help lists what there is")


def _stray(rest: str) -> str:
    """A line in the text that is a whole command and nothing else: most likely meant as one, below its place."""
    for line in rest.split("\n")[:_MOST_LINES]:
        cleaned = _clean(line)
        match = _LINE.fullmatch(cleaned) if cleaned[:1] in ("#", "＃") else None
        if match and not match["value"] and plain(match["word"].rstrip(".")) in SPELLINGS:
            return cleaned[:80]
    return ""


_NAMES_TICKETS = frozenset(("merge", "link", "show", "history"))
_NAMES_PEOPLE = frozenset(("join", "requester"))
_NUMBER = re.compile(r"(?<![\w.])#?(\d{1,9})(?!\w)", re.ASCII)
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\+-][^\s<>,;:\"()\[\]\\]{0,120}@[^\s<>,;:\"()\[\]\\@]{1,200}")


def numbers_named(block: Block) -> tuple[int, ...]:
    """Ticket numbers that the store must look up before the commands can be planned."""
    values = (command.value for command in block.commands if command.name in _NAMES_TICKETS)
    return tuple(dict.fromkeys(int(number) for value in values for number in _NUMBER.findall(value)))


def addresses_named(block: Block) -> tuple[str, ...]:
    """Addresses whose contact the store must look up."""
    values = (command.value for command in block.commands if command.name in _NAMES_PEOPLE)
    return tuple(dict.fromkeys(address for value in values for address in addresses_in(value)))


def addresses_in(value: str) -> tuple[str, ...]:
    """Mail addresses in a command's value, each once, their signs and names left out."""
    return tuple(dict.fromkeys(_ADDRESS.findall(value[:_LONGEST_LINE])))
