"""The words an agent can put behind `#`: what there is, what it takes, and what else people type for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Takes(StrEnum):
    """Whether a command stands alone, may have a value, or needs one."""

    NOTHING = "nothing"
    MAYBE = "maybe"
    VALUE = "value"


class Group(StrEnum):
    """What a command is about. Statuses are set last; questions change nothing; held answers are let go or dropped."""

    STATUS = "status"
    CHANGE = "change"
    TEXT = "text"
    QUESTION = "question"
    HELD = "held"
    UNDOING = "undoing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One command: `also` are other spellings, compared without case, spaces, hyphens and underscores."""

    name: str
    takes: Takes
    group: Group
    example: str
    does: str
    also: tuple[str, ...] = ()


def _word(name: str, takes: Takes, group: Group, example: str, does: str, also: str = "") -> Word:
    return Word(name=name, takes=takes, group=group, example=example, does=does, also=tuple(also.split()))


_NOTHING, _MAYBE, _VALUE = Takes.NOTHING, Takes.MAYBE, Takes.VALUE

WORDS: tuple[Word, ...] = (
    _word("solve", _NOTHING, Group.STATUS, "#solve", "The ticket is solved.", "solved resolve resolved done fixed"),
    _word("close", _NOTHING, Group.STATUS, "#close", "The ticket is closed.", "closed"),
    _word("open", _NOTHING, Group.STATUS, "#open", "The ticket is open again.", "reopen reopened opened"),
    _word("pending", _NOTHING, Group.STATUS, "#pending", "We wait for the customer.", "wait waiting awaiting"),
    _word("hold", _NOTHING, Group.STATUS, "#hold", "We wait for somebody else.", "onhold held"),
    _word("spam", _NOTHING, Group.STATUS, "#spam", "Not wanted; nobody is told anything more.", "junk"),
    _word("take", _NOTHING, Group.CHANGE, "#take", "The ticket is yours.", "mine claim"),
    _word(
        "assign",
        _VALUE,
        Group.CHANGE,
        "#assign ben",
        "Give it to `me`, a name, a mail address, `none` or `team:x`.",
        "assignee assigned owner",
    ),
    _word("team", _VALUE, Group.CHANGE, "#team billing", "Give it to a team.", "queue group"),
    _word("priority", _VALUE, Group.CHANGE, "#priority P1", "P1 to P4, or low, normal, high, urgent.", "prio severity"),
    _word("tag", _VALUE, Group.CHANGE, "#tag +vip -bug", "Add and remove tags.", "tags label labels"),
    _word("category", _VALUE, Group.CHANGE, "#category net/wifi", "File it; `none` clears.", "cat"),
    _word("type", _VALUE, Group.CHANGE, "#type incident", "What sort of request it is; `none` clears."),
    _word("field", _VALUE, Group.CHANGE, "#field.site Porto", "Set a field of your own; `none` clears."),
    _word("subject", _VALUE, Group.CHANGE, "#subject Printer", "Change the subject.", "title"),
    _word("language", _VALUE, Group.CHANGE, "#language de", "The language we write to the customer in.", "lang"),
    _word("cc", _VALUE, Group.CHANGE, "#cc +a@b -c@d", "Add and remove people who get copies."),
    _word(
        "requester",
        _VALUE,
        Group.CHANGE,
        "#requester a@b",
        "Whose ticket it is.",
        "requestor customer created onbehalf onbehalfof",
    ),
    _word("join", _VALUE, Group.CHANGE, "#join a@b", "This address is the requester's as well."),
    _word("follow", _MAYBE, Group.CHANGE, "#follow", "You, or a colleague, hear of everything.", "watch subscribe"),
    _word("unfollow", _MAYBE, Group.CHANGE, "#unfollow", "No longer.", "unwatch mute"),
    _word("due", _VALUE, Group.CHANGE, "#due fri 17:00", "When it must be done; `none` clears.", "deadline dueby"),
    _word("snooze", _VALUE, Group.CHANGE, "#snooze 3d", "On hold until then; `none` wakes it.", "remind sleep"),
    _word("time", _VALUE, Group.CHANGE, "#time 15m", "Time you have worked on it.", "spent worked timeworked"),
    _word("merge", _VALUE, Group.CHANGE, "#merge 123", "This ticket goes on in that one.", "duplicate dup duplicateof"),
    _word("split", _MAYBE, Group.CHANGE, "#split", "The message you answer, and what follows, becomes a new ticket."),
    _word("link", _VALUE, Group.CHANGE, "#link 123", "The two have to do with each other.", "related relates"),
    _word(
        "erase", _NOTHING, Group.CHANGE, "#erase", "Wipe the message you answer: its text, its files, the stored mail."
    ),
    _word("note", _MAYBE, Group.TEXT, "#note", "The text below stays internal.", "internal private comment"),
    _word("reply", _MAYBE, Group.TEXT, "#reply", "The text below goes to the customer.", "public answer respond"),
    _word(
        "canned", _VALUE, Group.TEXT, "#canned reset", "Put a prepared answer above your own words.", "macro snippet"
    ),
    _word("send", _NOTHING, Group.HELD, "#send", "Send what was held.", "release sendanyway"),
    _word("drop", _NOTHING, Group.HELD, "#drop", "Never send what was held.", "discard cancel"),
    _word("accept", _NOTHING, Group.HELD, "#accept", "Let this sender into the conversation.", "approve"),
    _word("undo", _MAYBE, Group.UNDOING, "#undo", "Take back your last change, or the one with this word.", "revert"),
    _word("confirm", _VALUE, Group.UNDOING, "#confirm WORD", "Yes, do what you asked about.", "yes"),
    _word("show", _MAYBE, Group.QUESTION, "#show", "The whole ticket.", "status view"),
    _word("list", _MAYBE, Group.QUESTION, "#list mine", "mine, team, overdue, unassigned or open.", "ls tickets"),
    _word("history", _MAYBE, Group.QUESTION, "#history", "Who did what, when and why.", "log events"),
    _word("kb", _VALUE, Group.QUESTION, "#kb vpn reset", "Prepared answers and solved tickets.", "search find"),
    _word("help", _MAYBE, Group.QUESTION, "#help", "This table.", "commands usage"),
)


def plain(text: str) -> str:
    """The form in which spellings are compared: `On-Hold`, `on hold` and `ON_HOLD` are one."""
    return "".join(character for character in text.casefold() if character not in " \t-_")


BY_NAME: Mapping[str, Word] = {word.name: word for word in WORDS}
SPELLINGS: Mapping[str, Word] = {plain(each): word for word in WORDS for each in (word.name, *word.also)}
