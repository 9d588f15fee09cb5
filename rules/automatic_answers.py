"""The one automatic answer a mail may get: the acknowledgement of a new ticket, or what a rule answers instead."""

from collections.abc import Iterable
from dataclasses import replace

from parsers.mail import Address
from rules import acknowledgements
from rules.actions import Action, MailClass, Send
from rules.cases import Case
from rules.facts import Status
from rules.triage_facts import Happening
from rules.triage_steps import Steps


def automatic_answers(
    case: Case, planned: Iterable[Action], happening: Happening, ticket: int, steps: Steps
) -> tuple[tuple[Send, ...], str]:
    """The answer, if any, and why a rule's wish for one is not granted. What forbids an acknowledgement forbids it."""
    acknowledgement = next(
        (each for each in planned if isinstance(each, Send) and each.mail_class is MailClass.ACKNOWLEDGEMENT), None
    )
    if steps.silenced_by or steps.status is Status.SPAM:
        return (), ""
    answer = steps.answer
    if answer is None:
        return ((acknowledgement,) if acknowledgement else ()), ""
    if acknowledgement:
        return (replace(acknowledgement, template=answer.template, text=answer.text, why=answer.why),), ""
    objection = _objection(case, happening)
    if objection:
        return (), f"{answer.why}: no answer: {objection}"
    send = Send(
        ticket=ticket,
        template=answer.template,
        mail_class=MailClass.ACKNOWLEDGEMENT,
        recipient=Address(address=case.sender.address),
        text=answer.text,
        to_author=acknowledgements.is_proved(case),
        why=answer.why,
    )
    return (send,), ""


def _objection(case: Case, happening: Happening) -> str:
    if happening is Happening.ANSWER:
        return "an agent wrote this mail"
    return acknowledgements.objection(case)
