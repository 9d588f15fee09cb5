"""One-time words given to agents: to take changes back, or to confirm what cannot be."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from daemon.store.schema import words
from daemon.store.work import Work
from rules.actions import Report
from rules.facts import WordFacts

VALID = timedelta(minutes=30)
_MOST = 50


def give_undo(work: Work) -> str:
    """A word that stands for all that this decision changed; kept under the first ticket it changed."""
    ticket = next((int(each["ticket_id"]) for each in work.events), None)
    return _give(work, "undo", work.agent, ticket, {"inverse": work.inverse}) if ticket is not None else ""


def give_confirm(work: Work, ticket: int, action: Report) -> str:
    """A word that carries out a command block."""
    return _give(work, "confirm", action.agent, ticket, {"text": action.confirm})


def _give(work: Work, kind: str, agent: str, ticket: int, content: dict[str, Any]) -> str:
    word = secrets.token_hex(4)
    work.connection.execute(
        words.insert().values(
            word=word,
            kind=kind,
            agent=agent,
            ticket_id=ticket,
            content=content,
            created_at=work.now,
            expires_at=work.now + VALID,
        )
    )
    return word


def usable(connection: Connection, agent: str, now: datetime) -> tuple[WordFacts, ...]:
    """The agent's words that are neither used nor too old, newest first."""
    query = (
        select(words)
        .where(words.c.agent == agent, words.c.used_at.is_(None), words.c.expires_at > now)
        .order_by(words.c.created_at.desc(), words.c.word)
        .limit(_MOST)
    )
    return tuple(
        WordFacts(word=row.word, kind=row.kind, ticket_id=row.ticket_id, text=row.content.get("text", ""))
        for row in connection.execute(query)
    )


def inverse(connection: Connection, word: str) -> Sequence[dict[str, Any]]:
    """The steps an undo word stands for."""
    content = connection.execute(select(words.c.content).where(words.c.word == word)).scalar()
    return list(content["inverse"]) if content and "inverse" in content else []


def use(connection: Connection, word: str, now: datetime) -> None:
    """Never again."""
    connection.execute(update(words).where(words.c.word == word, words.c.used_at.is_(None)).values(used_at=now))
