"""What `explain` says of a mail is what happens to it in every field, whatever the rules. More: bench/agree.py."""

import random
from pathlib import Path
from typing import Any

import pytest
from agreement import make_desk, run

from daemon.store.rule_figures import figures
from daemon.store.store import Store


@pytest.mark.parametrize("seed", range(4))
def test_what_is_explained_is_what_happens(store: Store, clock: Any, tmp_path: Path, seed: int) -> None:
    dice, begun = random.Random(seed), clock.now()
    assert run(make_desk(store, clock, tmp_path, dice, rules=60), dice, 20) == []
    with store.reading() as connection:
        assert sum(each.hits for each in figures(connection, begun).values()) > 20
