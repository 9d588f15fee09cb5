"""Prepared answers: Markdown files in the templates folder, for everybody, for a team, or for one agent.

`canned/NAME.md`, `canned/team/TEAM/NAME.md` and `canned/agent/AGENT/NAME.md`.
"""

from collections.abc import Collection
from pathlib import Path

from daemon.errors import Problem
from daemon.policy_files import reading
from rules.canned import VARIABLES, unknown_variables
from rules.facts import Canned

FOLDER = "canned"
_LONGEST = 64 * 1024


def canned_answers(
    templates_dir: Path, agents: Collection[str], teams: Collection[str]
) -> tuple[tuple[Canned, ...], list[Problem]]:
    """Every prepared answer, and what is wrong with files. Raises ConfigError when the folder cannot be read."""
    folder = templates_dir / FOLDER
    if templates_dir == Path() or not folder.is_dir():
        return (), []
    found: list[Canned] = []
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.md")):
        with reading(path, "desk.templates_dir"):
            answer = _answer(path.relative_to(folder).with_suffix("").parts, path.read_text(encoding="utf-8"))
        file = path.relative_to(templates_dir).as_posix()
        wrong = (
            _wrong(answer, agents, teams) if answer else "expected NAME.md, team/TEAM/NAME.md or agent/AGENT/NAME.md"
        )
        if wrong:
            problems.append(Problem(file=file, message=wrong))
        elif answer:
            found.append(answer)
    return tuple(found), problems


def _answer(parts: tuple[str, ...], text: str) -> Canned | None:
    match parts:
        case (name,):
            return Canned(name=name, text=text)
        case ("team", team, name):
            return Canned(name=name, text=text, team=team)
        case ("agent", agent, name):
            return Canned(name=name, text=text, agent=agent)
    return None


def _wrong(answer: Canned, agents: Collection[str], teams: Collection[str]) -> str:
    if answer.team and answer.team not in teams:
        return f"there is no team {answer.team!r}"
    if answer.agent and answer.agent not in agents:
        return f"there is no agent {answer.agent!r}"
    unknown = unknown_variables(answer.text)
    if unknown:
        return f"there is no variable {unknown[0]!r}: {', '.join(VARIABLES)}"
    return f"longer than {_LONGEST} characters" if len(answer.text) > _LONGEST else ""
