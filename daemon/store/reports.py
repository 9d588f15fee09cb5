"""The result mail of an agent's commands: what changed, what was not done, what was asked, words for undoing."""

from collections.abc import Callable
from typing import Any

from daemon.store import outbox, questions, undoing, words
from daemon.store.work import Work
from rules.actions import Action, MailClass, Report, Send, UseWord


def _report(work: Work, action: Report) -> None:
    """Comes last, when everything else has been done and can be told."""
    ticket = None if action.ticket is None else work.ticket(action.ticket)
    send = Send(
        ticket=ticket,
        template=outbox.COMMAND_RESULT,
        mail_class=MailClass.NOTICE,
        recipient=action.recipient,
        to_agent=action.agent,
        reply_is_public=False,
        why=action.why,
    )
    row = outbox.row(send, ticket, work.message_id if action.message is None else action.message or None, work.now)
    work.letters.append(row | {"variables": _variables(work, action, ticket)})


def _variables(work: Work, action: Report, ticket: int | None) -> dict[str, Any]:
    tables = [table for each in action.questions for table in questions.answer(work.connection, each, work.now)]
    changes = [*((each.what, each.old, each.new) for each in action.changes), *work.changes]
    return {
        "changes": [list(each) for each in changes],
        "objections": [*([each.line, each.why] for each in action.objections), *(list(each) for each in work.remarks)],
        "tables": [table.to_dict() for table in tables],
        "undo": words.give_undo(work) if work.inverse else "",
        "confirm": words.give_confirm(work, ticket, action) if action.confirm and ticket is not None else "",
        "confirm_why": action.confirm_why,
        "text": action.text,
        "taken": action.taken,
        "offers": list(action.offers),
    }


def _use_word(work: Work, action: UseWord) -> None:
    words.use(work.connection, action.word, work.now)


HANDLERS: dict[type[Action], Callable[[Work, Any], None]] = {
    Report: _report,
    UseWord: _use_word,
    **undoing.HANDLERS,
}
