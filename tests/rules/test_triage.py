"""Running rules: what matches, what wins, what is traced, and that nothing stops the mail."""

from dataclasses import replace

import pytest
from deskwork import TICKET
from rulework import THEN, compiled, facts, ruleset, triaged, wishes

from rules.conditions import Comparison
from rules.facts import Activity, Priority
from rules.matrix import DEFAULT, Matrix
from rules.operators import Hit, Probe, View
from rules.ruleset import Rule, Ruleset
from rules.triage import Verdict, run
from rules.triage_facts import Happening


def rule(name: str, then: str, more: str = "") -> str:
    return f'[[rule]]\nname = "{name}"\nthen = {then}\n{more}\n'


def test_actions_run_in_file_order() -> None:
    text = rule("a", '{ team = "billing", tags = ["x"] }') + rule("b", '{ priority = "P2" }')
    assert wishes(triaged(text)) == ["team = billing", "tags = x", "priority = P2"]


def test_the_later_rule_wins_and_the_trace_says_so() -> None:
    triage = triaged(rule("a", '{ priority = "P1", type = "x" }') + rule("b", '{ priority = "P3" }'))
    assert wishes(triage) == ["type = x", "priority = P3"]
    assert triage.trace[0].remarks == ("priority = P1 overruled by b",)


def test_tags_and_notes_add_up() -> None:
    triage = triaged(rule("a", '{ tags = ["x"], note = "1" }') + rule("b", '{ tags = ["y"], note = "2" }'))
    assert len(triage.actions) == 4


def test_keeping_a_mail_out_is_decided_by_the_last_rule_that_speaks_of_it() -> None:
    text = rule("a", '{ drop = "x" }') + rule("b", '{ quarantine = "y", reject = "z" }')
    assert wishes(triaged(text)) == ["reject = z"]


def test_matches_are_judged_on_the_facts_as_they_were() -> None:
    second = '[[rule]]\nname = "b"\nwhen = { team.is = "billing" }\n' + THEN
    assert triaged(rule("a", '{ team = "billing" }') + second).acted == ("a",)


def test_stop_ends_the_rules() -> None:
    assert triaged(rule("a", '{ type = "x" }', "stop = true") + rule("b", '{ type = "y" }')).acted == ("a",)


def test_a_rule_that_does_not_match_stops_nothing() -> None:
    first = rule("a", '{ type = "x" }', 'stop = true\nwhen = { subject.is = "other" }')
    assert triaged(first + rule("b", '{ type = "y" }')).acted == ("b",)


def test_a_shadow_rule_is_traced_and_does_nothing_not_even_stop() -> None:
    triage = triaged(rule("a", '{ type = "x" }', 'mode = "shadow"\nstop = true') + rule("b", '{ type = "y" }'))
    assert wishes(triage) == ["type = y"]
    assert triage.trace[0].verdict is Verdict.SHADOW


def test_a_rule_switched_off_is_not_even_traced() -> None:
    assert not triaged(rule("a", '{ type = "x" }', 'mode = "off"')).trace


def test_once_means_once_a_ticket() -> None:
    text = rule("a", '{ type = "x" }', 'on = "reply"\nonce = true')
    fired = Activity(fired=frozenset({"a"}))
    assert triaged(text, happening=Happening.REPLY, ticket=TICKET).acted == ("a",)
    (said,) = triaged(text, happening=Happening.REPLY, ticket=TICKET, activity=fired).trace
    assert said.verdict is Verdict.ONCE


def test_a_rule_runs_only_on_its_happening() -> None:
    text = rule("a", '{ type = "x" }', 'on = ["reply", "answer"]')
    assert not triaged(text).trace
    assert triaged(text, happening=Happening.ANSWER).acted == ("a",)


def test_a_rule_that_fails_is_skipped_and_recorded() -> None:
    def broken(_: View) -> Hit | None:
        raise ZeroDivisionError("a bug")

    bad = Rule(name="bad", when=Comparison(path="x", operator="is", probe=Probe(test=broken)), effects=())
    good = ruleset(rule("good", '{ type = "x" }')).rules[0]
    triage = run(Ruleset(rules=(bad, good)), facts())
    assert triage.acted == ("good",)
    assert triage.trace[0].line() == "bad: failed and was skipped (ZeroDivisionError: a bug)"


def test_captures_are_filled_in_once_as_one_short_line() -> None:
    when = r"when = { subject.pattern = 'order (?P<order>[^,]+)' }"
    text = rule("a", '{ field.order = "{order}", note = "No. {order}" }', when)
    triage = triaged(text, subject="order 4\t7 {order}" + "x" * 500)
    assert triage.actions[0].effect.value == ("4 7 {order}" + "x" * 500)[:200]
    assert wishes(triage)[1].startswith("note = No. 4 7 {order}")


def test_a_placeholder_without_capture_is_a_fault() -> None:
    (fault,) = compiled(rule("a", '{ field.order = "{order}" }')).faults
    assert "captures {order}" in fault.found


def test_the_trace_says_why_and_what() -> None:
    text = rule("a", '{ type = "x" }', 'when = { subject.contains_any = ["printer"] }\nstop = true')
    assert triaged(text).trace[0].line() == 'a: acted, because subject contains "printer", type = x; stop'


@pytest.mark.parametrize(
    ("when", "words_only"),
    [
        ('{ subject.contains_any = ["outage"] }', True),
        ('{ header.importance.is = "high" }', True),
        ('{ subject.contains_any = ["outage"], vip.is = true }', False),
        ("{ }", False),
    ],
)
def test_a_rule_knows_whether_it_rests_on_the_customers_words_alone(when: str, words_only: bool) -> None:
    assert ruleset(f'[[rule]]\nname = "a"\nwhen = {when}\n{THEN}').rules[0].words_only is words_only


def test_the_matrix_gives_no_p1_on_words_alone() -> None:
    assert Matrix().priority("high", "high", words_only=True) is Priority.P2
    assert Matrix().priority("high", "high", words_only=False) is Priority.P1
    assert Matrix().priority("", "", words_only=True) is Priority.P3


def test_the_matrix_never_ranks_more_impact_or_urgency_lower() -> None:
    levels = ("high", "medium", "low")
    rows = [[DEFAULT[(impact, urgency)] for urgency in levels] for impact in levels]
    assert all(row == sorted(row) for row in rows)
    assert all(list(column) == sorted(column) for column in zip(*rows, strict=True))


def test_a_matrix_of_ones_own_changes_the_cells_it_names() -> None:
    matrix = ruleset('[matrix]\nlow = { low = "P2" }').matrix
    assert matrix.priority("low", "low", words_only=False) is Priority.P2
    assert replace(matrix).priority("low", "medium", words_only=False) is Priority.P4
