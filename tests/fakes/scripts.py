"""Conversations written down as scripts, and the desk that plays them: every mail sent has its line, or it is a fault.

== day 1, 09:00                        the time; mails that become due until then follow
alice writes "Printer" cc bob          a new mail, its text in lines that begin with |
anna answers new-ticket-notice         the newest such mail that anna got, quoted below
anna taps #undo in command-result      a link in it, or the line that it offers
-> reply to alice: Turn it on.         a mail sent because of the step, and words in it; ` / ` parts several
-> reply to alice, not: canary         and words that must not be in it
ticket 1001: status=open people=a,b    how the ticket stands
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from postroom import ALICE, ANNA, BEN, BOB, EVE, Postroom, Sent

PEOPLE = {"alice": ALICE, "bob": BOB, "eve": EVE, "anna": ANNA, "ben": BEN, "carol": "carol@cust.example"}
_TIME = re.compile(r"== day (\d+), (\d\d):(\d\d)")
_WRITES = re.compile(r'(\w+) writes "([^"]*)"(?: cc (\w+))?')
_ANSWERS = re.compile(r"(\w+) answers ([\w-]+)(?: about (\d+))?(?: cc (\w+))?( without quoting)?")
_TAPS = re.compile(r"(\w+) taps (#[\w. @-]+|#\w+) in ([\w-]+)")
_MAIL = re.compile(r"-> ([\w-]+) to (\w+)(?:: (.*?))?(?:, not: (.*))?")
_TICKET = re.compile(r"ticket (\d+): (.*)")


@dataclass(slots=True)
class _Step:
    """One line that does something, the text below it, and what is expected of it."""

    number: int
    line: str
    text: list[str] = field(default_factory=list)
    mails: list[re.Match[str]] = field(default_factory=list)
    tickets: list[re.Match[str]] = field(default_factory=list)


def _steps(script: str) -> Iterator[_Step]:
    step: _Step | None = None
    for number, line in enumerate(script.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if step and line.startswith("|"):
            step.text.append(line[2:])
        elif step and (mail := _MAIL.fullmatch(line)):
            step.mails.append(mail)
        elif step and (ticket := _TICKET.fullmatch(line)):
            step.tickets.append(ticket)
        else:
            if step:
                yield step
            step = _Step(number, line)
    if step:
        yield step


def play(script: str, desk: Postroom) -> None:
    """Play a script from the top; the first thing that is not as written fails, with its line."""
    start = desk.clock.now()
    for step in _steps(script):
        sent = _do(step, desk, start)
        _compare(step, sent)
        for ticket in step.tickets:
            _look(ticket, desk, f"line {step.number}: {ticket[0]}")


def _do(step: _Step, desk: Postroom, start: datetime) -> list[Sent]:
    text = "\n".join(step.text) + "\n"
    if moment := _TIME.fullmatch(step.line):
        day = start.date() + timedelta(days=int(moment[1]) - 1)
        then = datetime.combine(day, time(int(moment[2]), int(moment[3])), start.tzinfo)
        return desk.wait(seconds=(then - desk.clock.now()).total_seconds())
    if written := _WRITES.fullmatch(step.line):
        return desk.write(PEOPLE[written[1]], text, subject=written[2], Cc=PEOPLE.get(written[3] or "", ""))
    if answer := _ANSWERS.fullmatch(step.line):
        mail = _got(desk, answer[1], answer[2], answer[3] or "")
        cc = PEOPLE.get(answer[4] or "", "")
        return desk.answer(mail, text, author=PEOPLE[answer[1]], quote=not answer[5], Cc=cc)
    if tap := _TAPS.fullmatch(step.line):
        mail = _got(desk, tap[1], tap[3], "")
        word = mail.line(tap[2]) if tap[2] in ("#undo", "#confirm") else tap[2]
        return desk.write(PEOPLE[tap[1]], mail.tap(word), to=mail.link(word), subject=f"Re: {mail.mail['Subject']}")
    raise AssertionError(f"line {step.number} is none of a script: {step.line}")


def _got(desk: Postroom, name: str, template: str, number: str) -> Sent:
    hits = [
        each
        for each in desk.sent
        if each.recipient == PEOPLE[name] and each.template == template and number in str(each.mail["Subject"])
    ]
    assert hits, f"{name} got no {template}"
    return hits[-1]


def _compare(step: _Step, sent: list[Sent]) -> None:
    place = f"line {step.number}: {step.line}"
    expected = sorted((mail[1], PEOPLE[mail[2]]) for mail in step.mails)
    assert sorted((each.template, each.recipient) for each in sent) == expected, place
    for mail in step.mails:
        found = next(each for each in sent if (each.template, each.recipient) == (mail[1], PEOPLE[mail[2]]))
        seen = " ".join(f"{found.mail['Subject']} {found.text}".split())
        for words in filter(None, (mail[3] or "").split(" / ")):
            assert words in seen, f"{place}: {mail[0]}: {seen}"
        for words in filter(None, (mail[4] or "").split(" / ")):
            assert words not in seen, f"{place}: {mail[0]}: {seen}"


def _look(ticket: re.Match[str], desk: Postroom, place: str) -> None:
    shown = desk.ticket(int(ticket[1]))
    facts = {
        "status": shown["status"],
        "assignee": shown["assignee"] or "nobody",
        "priority": shown["priority"],
        "requester": shown["requester"],
        "tags": ",".join(shown["tags"]),
        "people": ",".join(sorted(each["address"].partition("@")[0] for each in shown["participants"])),
        "messages": str(len(shown["messages"])),
    }
    wanted = dict(pair.split("=", 1) for pair in ticket[2].split())
    wanted = {name: PEOPLE.get(value, value) if name == "requester" else value for name, value in wanted.items()}
    assert {name: facts[name] for name in wanted} == wanted, place
