"""The command block: what people type, what is understood, and what is not taken for a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.command_words import SPELLINGS, WORDS, plain
from rules.commands import addresses_named, numbers_named, read_commands

UNDERSTOOD = [
    ("#solve", "solve", ""),
    ("# close", "close", ""),
    ("#status: solved", "solve", ""),
    ("#status on hold", "hold", ""),
    ("#Status = Closed.", "close", ""),
    ("#assign to ben", "assign", "ben"),
    ("#Assign: ben@us.example", "assign", "ben@us.example"),
    ("＃solve", "solve", ""),
    ("#\u00a0solve", "solve", ""),
    ("\ufeff#solve", "solve", ""),
    ("#on hold", "hold", ""),
    ("#solved please", "solve", ""),
    ("#p1", "priority", "P1"),
    ("#prio high", "priority", "high"),
    ("#created by a@b.example", "requester", "a@b.example"),
    ("#merge into #123", "merge", "#123"),
    ("#tag +vip -bug", "tag", "+vip -bug"),
    ("#subject On fire", "subject", "On fire"),
    ("#snooze until monday", "snooze", "monday"),
    ("#status", "show", ""),
    ("#note to be done: call", "note", "to be done: call"),
]


@pytest.mark.parametrize(("line", "name", "value"), UNDERSTOOD, ids=[row[0] for row in UNDERSTOOD])
def test_commands_are_understood_as_people_type_them(line, name, value):
    block = read_commands(f"{line}\nText")
    assert [(each.name, each.value) for each in block.commands] == [(name, value)]
    assert block.rest == "Text"


HINTS = [
    ("#sovle", "did you mean #solve?"),
    ("#xyzzy", "#help"),
    ("#assign", "needs a value"),
    ("#solve thanks for all", "stands alone"),
    ("#status melted", "there is no status"),
    ("#field.site", "needs a value"),
]


@pytest.mark.parametrize(("line", "hint"), HINTS, ids=[row[0] for row in HINTS])
def test_what_is_not_understood_is_asked_about(line, hint):
    block = read_commands(f"#take\n{line}\nText")
    assert [hint in each.hint for each in block.unknown] == [True]


NO_COMMANDS = [
    "Hello\nWorld",
    "#1 try again",
    "##-- postroom: line",
    "",
    "\n\n",
    "# 1",
    "#",
    "a #solve b",
    "-#solve",
    "> #solve",
]


@pytest.mark.parametrize("text", NO_COMMANDS)
def test_what_does_not_begin_like_a_command_is_text(text):
    block = read_commands(text)
    assert (block.is_empty, block.rest.strip()) == (True, text.strip())


def test_the_block_ends_at_the_first_other_line_and_blank_lines_do_not_end_it():
    block = read_commands("\n#take\n\n#solve\nHello\n\n#close now and then\n")
    assert [each.name for each in block.commands] == ["take", "solve"]
    assert block.rest == "Hello\n\n#close now and then"


@pytest.mark.parametrize("line", ["#close", "  # solve", "#drop."])
def test_a_command_below_the_text_is_noticed(line):
    assert read_commands(f"Hello\n{line}\nBye").stray == line.strip()


def test_what_the_store_must_look_up_is_named():
    block = read_commands("#merge 12\n#link #34\n#show [#56]\n#requester Kim <a@b.example>\n#tag 78")
    assert (numbers_named(block), addresses_named(block)) == ((12, 34, 56), ("a@b.example",))


def test_no_spelling_means_two_commands_and_no_alias_is_lost():
    spellings = [plain(each) for word in WORDS for each in (word.name, *word.also)]
    assert len(spellings) == len(set(spellings)) == len(SPELLINGS)


@pytest.mark.parametrize("word", WORDS, ids=[word.name for word in WORDS])
def test_every_example_of_the_help_is_understood(word):
    (command,) = read_commands(word.example).commands
    assert command.name == word.name


@given(
    st.text(alphabet=st.sampled_from("#solveclose \n\t.:=+-ßé＃\u200b\u00a0@1<>"), max_size=60) | st.text(max_size=60)
)
def test_nothing_of_a_text_is_lost_whatever_it_holds(text):
    block = read_commands(text)
    assert len(block.commands) + len(block.unknown) == len(block.lines)
    assert block.rest in text
    assert not block.is_empty or block.rest.strip() == text.strip()
