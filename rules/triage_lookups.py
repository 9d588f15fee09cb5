"""What rules want to know of the store about one mail: tickets they may name, the sender's others, forwards so far."""

import re
from dataclasses import replace

from parsers.mail import ParsedMail
from rules.effects import PLACEHOLDER
from rules.errand_actions import SAME_SUBJECT
from rules.ruleset import Ruleset
from rules.threads import Lookups

_NUMBER = re.compile(r"(?<![\w.,])[0-9]{1,9}(?![\w])", re.ASCII)
_MOST_NUMBERS = 20
_LONGEST_READ = 20_000


def with_rules(wanted: Lookups, mail: ParsedMail, ruleset: Ruleset) -> Lookups:
    """The same lookups with those of the rules: nothing more for rules that neither link, merge nor forward."""
    names = ruleset.named_tickets
    if not names and not ruleset.forwards:
        return wanted
    numbers = [int(each) for each in names if each.isdigit()]
    if any(PLACEHOLDER.fullmatch(each) for each in names):
        numbers += _numbers(mail)
    return replace(
        wanted,
        numbers=tuple(dict.fromkeys((*wanted.numbers, *numbers))),
        addresses=tuple(dict.fromkeys((*wanted.addresses, *((wanted.sender,) if wanted.sender and names else ())))),
        siblings=SAME_SUBJECT in names,
        forwards=ruleset.forwards,
    )


def _numbers(mail: ParsedMail) -> list[int]:
    """Whatever in the mail may be a ticket number that a pattern captures."""
    said = f"{mail.subject}\n{mail.reply or mail.text}"[:_LONGEST_READ]
    return [int(each) for each in dict.fromkeys(_NUMBER.findall(said))][:_MOST_NUMBERS]
