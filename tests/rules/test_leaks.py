"""Internal text never leaves: a seeded share of the conversations that bench/leaks.py plays in full."""

import random

import pytest

from bench.leaks import CLIENTS, conversation, judged, run
from rules.actions import AddMessage


@pytest.fixture(scope="module")
def tally():
    return run(240, seed=7)


def test_no_answer_carries_an_internal_note_to_the_customer(tally):
    assert tally.leaks == []
    assert tally.sent > 100


def test_honest_answers_are_sent_whole_and_hardly_ever_held(tally):
    assert tally.honest > 80
    assert tally.honest_held <= tally.honest * 0.02
    assert tally.honest_cut == 0


def test_every_client_takes_part_and_every_notice_holds_a_canary():
    dice = random.Random(3)
    played = [conversation(dice, number) for number in range(60)]
    assert {each.client for each in played} == set(CLIENTS)
    assert any(each.canary.encode() in each.raw for each in played)


def test_the_measure_itself_would_see_a_leak():
    each = conversation(random.Random(1), 1)
    leaking = each.raw.replace(each.begins.encode(), each.canary.encode(), 1)
    entry = next(a for a in judged(type(each)(*[*_fields(each)[:-1], leaking])).actions if isinstance(a, AddMessage))
    assert each.canary in entry.text


def _fields(each):
    return [getattr(each, name) for name in each.__slots__]
