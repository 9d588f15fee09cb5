"""What is allowed and still most likely a mistake."""

import pytest
from rulework import ruleset

from rules.lints import lint

STOP = '[[rule]]\nname = "a"\nwhen = { subject.is = "x" }\nthen = { type = "x" }\nstop = true\n'
CASES = [
    (STOP + '[[rule]]\nname = "b"\nwhen = { subject.is = "x", vip.is = true }\nthen = { type = "y" }', "never reached"),
    (
        '[[rule]]\nname = "a"\nwhen = { any = [ { subject.is = "x" }, { none = [ { vip.is = true } ] } ] }\n'
        'then = { type = "x" }',
        "matches nearly everything",
    ),
    (
        '[[rule]]\nname = "a"\nwhen = { any = [ { subject.is = "x" }, { team.is_not = "first" } ] }\n'
        'then = { type = "x" }',
        "matches nearly everything",
    ),
    (
        '[[rule]]\nname = "a"\non = "reply"\nwhen = { status.changed = true }\nthen = { status = "open" }',
        "starts no rule",
    ),
    ('[[rule]]\nname = "a"\non = "reply"\nthen = { note = "x" }', "once = true"),
    ('[[rule]]\nname = "a"\nthen = { drop = "x" }', "keeps out all mail"),
]
FINE = [
    STOP + '[[rule]]\nname = "b"\nwhen = { vip.is = true }\nthen = { type = "y" }',
    STOP.replace("stop = true", "stop = true\nonce = true") + '[[rule]]\nname = "b"\nwhen = { subject.is = "x" }\n'
    'then = { type = "y" }',
    '[[rule]]\nname = "a"\nwhen = { none = [ { vip.is = true } ] }\nthen = { type = "x" }',
]


@pytest.mark.parametrize(("rules", "warning"), CASES, ids=[warning for _, warning in CASES])
def test_a_likely_mistake_is_named(rules: str, warning: str) -> None:
    (found,) = lint(ruleset(rules))
    assert warning in found


@pytest.mark.parametrize("rules", FINE)
def test_what_makes_sense_is_not_warned_of(rules: str) -> None:
    assert not lint(ruleset(rules))
