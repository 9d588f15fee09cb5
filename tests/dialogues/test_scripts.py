"""The conversations in this folder, played mail by mail."""

from pathlib import Path

import pytest
from postroom import Postroom
from scripts import play

from daemon.clock import FakeClock
from daemon.store.store import Store

SCRIPTS = sorted(Path(__file__).parent.glob("*.dialogue"))


@pytest.mark.parametrize("script", SCRIPTS, ids=[each.stem for each in SCRIPTS])
def test_the_conversation_goes_as_written(script: Path, store: Store, clock: FakeClock) -> None:
    play(script.read_text(encoding="utf-8"), Postroom(store, clock))


def test_a_mail_that_no_line_tells_of_is_a_fault(store: Store, clock: FakeClock) -> None:
    with pytest.raises(AssertionError, match='line 1: alice writes "Printer"'):
        play('alice writes "Printer"\n| Help.\n-> ticket-received to alice\n', Postroom(store, clock))
