"""A quarter of a desk in a minute or two: 90 days, 2,000 tickets, 12 agents, holidays and a change of the clock.

People act by a script, time passes on a fake clock, the real ticker does the rest on a real store. Every timer that
fired is compared with a reference that was written differently: python -m bench.quarter [TICKETS].
"""

import random
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import parsers
from bench.quarter_reference import DAY, HOUR, Act, Moment, Office, Story, expected
from bench.real_store import fresh_store
from daemon.clock import FakeClock
from daemon.config import parse
from daemon.policy import Policy, load_policy
from daemon.store import schema, situations, tickets
from daemon.store.engine import Connection
from daemon.store.store import Store
from daemon.workers.ticking import Ticking
from parsers.mail import Address
from rules.actions import NEW, AddMessage, CreateTicket, Decision, MessageKind, Outcome, SetField, SetStatus, Trace
from rules.due import MAILS_A_MINUTE, TO_CUSTOMERS
from rules.facts import Priority, Status

START = datetime(2026, 2, 23, tzinfo=UTC)
DAYS, LAST_NEW, AGENTS, LOOK = 90, 80, 12, 30
ZONE = "Europe/Berlin"
# Germany: Good Friday, Easter Monday, Labour Day, Ascension, Whit Monday; the clock changes on 29 March.
CLOSED = {date(2026, *each) for each in ((4, 3), (4, 6), (5, 1), (5, 14), (5, 25))}
EMPTY = parsers.parse(b"")
MINUTE = timedelta(minutes=1)
Plan = tuple[str, int, list[Act]]
"""A ticket's priority, the minute in which it is made, and what people do to it."""


def write_desk(folder: Path) -> Path:
    """An admin's files: the packaged deadlines, an office in Berlin, twelve agents."""
    packaged = Path(__file__).parents[1] / "rules" / "defaults" / "deadlines.toml"
    (folder / "deadlines.toml").write_text(packaged.read_text(encoding="utf-8"), encoding="utf-8")
    week = ", ".join(f'{day} = ["09:00-17:00"]' for day in ("mon", "tue", "wed", "thu", "fri"))
    office = f'name = "office"\ntime_zone = "{ZONE}"\nholidays = ["DE"]\nweek = {{ {week} }}\n'
    (folder / "hours.toml").write_text(f'default = "office"\n[[calendar]]\n{office}', encoding="utf-8")
    people = ['[[team]]\nname = "support"\nlead = "agent0"\n']
    people += [
        f'[[agent]]\nname = "agent{n}"\naddresses = ["agent{n}@desk.example"]\nteams = ["support"]\n'
        for n in range(AGENTS)
    ]
    (folder / "people.toml").write_text("\n".join(people), encoding="utf-8")
    return folder


def policy(folder: Path) -> Policy:
    config = f"""
[desk]
rules_dir = "{write_desk(folder)}"
[[mailbox]]
name = "support"
address = "support@desk.example"
team = "support"
"""
    return load_policy(parse(config, "quarter"), (bytes(range(32)),))


def script(dice: random.Random, office: Office) -> Plan:
    """One ticket."""
    priority = dice.choices(("P1", "P2", "P3", "P4"), (1, 3, 12, 4))[0]
    made = dice.randrange(LAST_NEW * DAY // LOOK) * LOOK
    agent = f"agent{dice.randrange(AGENTS)}"
    patience = dice.choice((20, 45, 120, 400, 900))  # open minutes until somebody looks
    taken = int(office.add(made, dice.randrange(1, patience // LOOK + 2) * LOOK))
    taken = -(-taken // LOOK) * LOOK
    acts = [Act(taken, "assign", agent)]
    answered = taken + dice.randrange(1, 60) * LOOK
    kind = dice.choices(("plain", "silent customer", "solved at once", "comes back"), (12, 4, 5, 3))[0]
    if kind in ("plain", "silent customer"):
        acts.append(Act(answered, "answer", agent))
    if kind == "silent customer":
        return priority, made, acts
    if kind == "plain":
        wrote = answered + dice.randrange(1, 5 * DAY // LOOK) * LOOK
        acts += [Act(wrote, "write"), Act(wrote + dice.randrange(1, 2 * DAY // LOOK) * LOOK, "solve", agent)]
        return priority, made, acts
    acts.append(Act(answered, "solve", agent))
    if kind == "comes back":
        wrote = answered + dice.randrange(1, 3 * DAY // LOOK) * LOOK
        acts += [Act(wrote, "write"), Act(wrote + dice.randrange(1, 8 * HOUR // LOOK) * LOOK, "solve", agent)]
    return priority, made, acts


def make(connection: Connection, number: int, priority: str, now: datetime) -> None:
    """A customer writes for the first time."""
    person = Address(name="", address=f"customer{number}@customer{number}.example")
    create = CreateTicket(
        subject="x", mailbox="support", requester=person, team="support", priority=Priority(priority), why="a new mail"
    )
    _apply(connection, [create, _message(NEW, "")], None, now)


def act(connection: Connection, ticket: int, what: Act, now: datetime) -> None:
    """Somebody does something to a ticket."""
    found = tickets.facts(connection, [ticket])[ticket]
    if what.what == "assign":
        _apply(connection, [SetField(ticket=ticket, field="assignee", value=what.who, why="taken")], ticket, now)
        return
    status = {"answer": Status.PENDING, "solve": Status.SOLVED, "write": Status.OPEN}[what.what]
    _apply(
        connection,
        [_message(ticket, what.who), SetStatus(ticket=ticket, old=found.status, new=status, why=what.what)],
        ticket,
        now,
    )


def _message(ticket: int, author: str) -> AddMessage:
    return AddMessage(
        ticket=ticket, kind=MessageKind.MAIL, public=True, text="x", author=author, by_mail=False, why="x"
    )


def _apply(connection: Connection, actions: Sequence[object], ticket: int | None, now: datetime) -> None:
    decision = Decision(outcome=Outcome.ENTRY, actions=tuple(actions), trace=Trace(), ticket=ticket)  # type: ignore[arg-type]
    tickets.apply(connection, decision, EMPTY, None, now)


def run(store: Store, clock: FakeClock, ticking: Ticking, plans: Sequence[Plan]) -> list[int]:
    """Let the quarter pass, looking when something is due: any other look is in vain. Returns the minutes of looks."""
    steps = sorted(
        [(made, 0, number, None) for number, (_, made, _) in enumerate(plans)]
        + [(each.at, 1, number, each) for number, (_, _, acts) in enumerate(plans) for each in acts],
        key=lambda step: step[:3],
    )
    ids: dict[int, int] = {}
    place = at = 0
    looks: list[int] = []
    while at < DAYS * DAY:
        clock.advance(START + at * MINUTE - clock.now())
        due = place
        while due < len(steps) and steps[due][0] <= at:
            due += 1
        todo, place = steps[place:due], due

        def unit(connection: Connection, todo: Sequence[tuple[int, int, int, Act | None]] = todo) -> None:
            for _, _, number, what in todo:
                if what is None:
                    ids[number] = len(ids) + 1
                    make(connection, number, plans[number][0], clock.now())
                else:
                    act(connection, ids[number], what, clock.now())

        if todo:
            store.write(unit)
        ticking.tick()
        looks.append(at)
        at = _next(store, at, steps[place][0] if place < len(steps) else DAYS * DAY)
    return looks


def _next(store: Store, at: int, step: int) -> int:
    """The next moment at which there is something to look at."""
    with store.reading() as connection:
        first = connection.exec_driver_sql("SELECT min(due_at) FROM timers").scalar()
        is_behind = bool(situations.untimed(connection, 1))
    due = (datetime.fromisoformat(first).replace(tzinfo=UTC) - START) / MINUTE if first else step
    if due <= at + 2:  # more was due than a minute has room for
        return at + 1
    on_grid = (at // LOOK + 1) * LOOK
    return on_grid if is_behind else max(on_grid, -(-int(min(due, step)) // LOOK) * LOOK)


Fired = tuple[int, str, float, int]
"""A ticket's place in the plans, the kind of a timer, when it was due and when it was carried out, in minutes."""


def fired(store: Store, plans: Sequence[Plan]) -> tuple[Counter[Fired], list[str]]:
    """Every timer that fired, and every mail that did not go out in the minute its timers fired."""
    order = sorted(range(len(plans)), key=lambda number: (plans[number][1], number))
    with store.reading() as connection:
        rows = connection.execute(schema.fired.select()).all()
        mails = connection.execute(schema.outbox.select().where(schema.outbox.c.ticket_id.is_not(None))).all()
    found = Counter((order[row.ticket_id - 1], row.kind, _minutes(row.due_at), int(_minutes(row.at))) for row in rows)
    by_key = {(row.ticket_id, row.kind, row.anchor.isoformat()): row.at for row in rows}
    wrong = [
        f"a mail about {kind} of ticket {mail.ticket_id} at {mail.created_at}"
        for mail in mails
        for kind, anchor in mail.variables["timers"]
        if by_key.get((mail.ticket_id, kind, anchor)) != mail.created_at
    ]
    print(f"{len(rows)} timers fired, {len(mails)} mails about tickets")
    return found, wrong


def _minutes(moment: datetime) -> float:
    return (moment - START) / MINUTE


def delayed(found: Counter[Fired], looks: Sequence[int]) -> tuple[dict[int, dict[tuple[str, Moment], int]], list[str]]:
    """Mails to customers that went out later, by ticket; and those that had no reason to: the minute was not full."""
    a_minute = Counter(at for _, kind, _, at in found.elements() if kind in TO_CUSTOMERS)
    delays: dict[int, dict[tuple[str, Moment], int]] = {}
    wrong = [f"{count} mails to customers in one minute" for count in a_minute.values() if count > MAILS_A_MINUTE]
    for number, kind, due, at in found:
        seen = looks[bisect_left(looks, due)]
        if kind in TO_CUSTOMERS and at > seen:
            delays.setdefault(number, {})[kind, due] = at
            if all(a_minute[each] < MAILS_A_MINUTE for each in looks if seen <= each < at):
                wrong.append(f"{kind} of {number} waited from {seen} to {at} although there was room")
    return delays, wrong


def compare(store: Store, plans: Sequence[Plan], office: Office, looks: list[int]) -> list[str]:
    """Every difference between what fired and the reference."""
    found, wrong = fired(store, plans)
    delays, without_reason = delayed(found, looks)
    wanted: Counter[Fired] = Counter()
    for number, (priority, made, acts) in enumerate(plans):
        waited = delays.get(number, {})
        story = Story(office=office, priority=priority, made=made, acts=acts, looks=looks, delays=waited)
        for each in expected(story):
            if each.at < DAYS * DAY:
                wanted[number, each.kind, float(each.due), each.at] += 1
    missing = [f"missing: {each}" for each in wanted - found]
    return [*missing, *(f"not expected: {each}" for each in found - wanted), *wrong, *without_reason]


def main() -> None:
    """Run it, and fail on any difference."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    dice, started = random.Random(1), time.perf_counter()
    office = Office(START, DAYS + 60, ZONE, CLOSED)
    plans = [script(dice, office) for _ in range(count)]
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # what is measured is not the disk
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        clock = FakeClock(START)
        store, rules = fresh_store(Path(folder), clock), policy(Path(folder))
        looks = run(store, clock, Ticking(store, lambda: rules, clock, breaker_limit=1_000_000), plans)
        differences = compare(store, plans, office, looks)
        store.close()
    took = time.perf_counter() - started
    print(f"{count} tickets, {DAYS} days, {len(looks)} looks: {took:.0f} s, {len(differences)} differences")
    for each in sorted(differences)[:20]:
        print(each)
    if differences or took > 120:
        sys.exit(1)


if __name__ == "__main__":
    main()
