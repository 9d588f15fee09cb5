"""Actions that reach beyond the ticket: answers, other tickets, other addresses, other programs."""

from rules.effects import PLACEHOLDER, Effect
from rules.errands import KINDS
from rules.wishes import ActionKind, Wish, is_address, known, listed

PREPARED = "prepared-answer"
SAME_SUBJECT = "same-subject"
_LARGEST_NUMBER = 2**31


def _follower(wish: Wish) -> tuple[Effect, ...] | str:
    named = listed(wish.value)
    unknown = next((each for each in named if each not in wish.names.agents), "")
    if unknown or not named:
        return known("agents", unknown, wish.names.agents)
    return (Effect(action="follower", values=named, collects=True),)


def _reply(wish: Wish) -> tuple[Effect, ...] | str:
    if isinstance(wish.value, dict):
        return _canned(wish)
    if wish.value not in wish.names.templates:
        return known('a customer\'s notice, or { canned = "..." }', wish.value, wish.names.templates)
    return (Effect(action="reply", value=str(wish.value)),)


def _canned(wish: Wish) -> tuple[Effect, ...] | str:
    table = wish.value if isinstance(wish.value, dict) else {}
    name = table.get("canned")
    if set(table) != {"canned"} or name not in wish.names.canned:
        return known('{ canned = "NAME" } with a prepared answer for everybody', name, wish.names.canned)
    unfit = wish.names.canned[str(name)]
    return unfit or (Effect(action="reply", value=PREPARED, arguments=(("canned", str(name)),)),)


def _number(wish: Wish) -> tuple[Effect, ...] | str:
    value = wish.value
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 < value < _LARGEST_NUMBER
    is_capture = isinstance(value, str) and bool(PLACEHOLDER.fullmatch(value))
    is_search = wish.action == "merge" and value == SAME_SUBJECT
    if not (is_number or is_capture or is_search):
        return 'a ticket number such as 1042, or a capture such as "{number}"' + (
            f', or "{SAME_SUBJECT}"' if wish.action == "merge" else ""
        )
    return (Effect(action=wish.action, value=str(value), collects=wish.action == "link"),)


def _forward(wish: Wish) -> tuple[Effect, ...] | str:
    named = tuple(each.lower() for each in listed(wish.value))
    allowed = wish.names.forwards
    refused = next((each for each in named if not is_address(each) or not _is_allowed(each, allowed)), "")
    if refused or not named:
        return known("addresses allowed by rules.forward_to of the configuration", refused, allowed)
    return (Effect(action="forward", values=named, collects=True),)


def _is_allowed(address: str, allowed: frozenset[str]) -> bool:
    return address in allowed or f"@{address.rpartition('@')[2]}" in allowed


def _webhook(wish: Wish) -> tuple[Effect, ...] | str:
    named = listed(wish.value)
    unknown = next((each for each in named if each not in wish.names.webhooks), "")
    if unknown or not named:
        return known("names of [[webhook]] in the configuration", unknown, wish.names.webhooks)
    return (Effect(action="webhook", values=named, collects=True),)


def _run(wish: Wish) -> tuple[Effect, ...] | str:
    table = {"command": wish.value} if isinstance(wish.value, str) else wish.value
    spec = table if isinstance(table, dict) else {}
    name = str(spec.get("command", ""))
    if name not in wish.names.commands:
        return known("the name of a [[command]] in the configuration", name, wish.names.commands)
    wanted = wish.names.commands[name]
    given = {key: value for key, value in spec.items() if key != "command"}
    if set(given) != set(wanted):
        return f"the arguments of {name}: {', '.join(sorted(wanted)) or 'it has none'}"
    for argument, value in given.items():
        if not isinstance(value, str) or not ("{" in value or KINDS[wanted[argument]](value)):
            return f"for {argument} a capture such as {{host}}, or a fixed value that is a {wanted[argument]}"
    arguments, kinds = tuple(sorted(given.items())), tuple(sorted(wanted.items()))
    return (Effect(action="run", value=name, arguments=arguments, kinds=kinds, collects=True),)


ERRAND_ACTIONS = (
    ActionKind(
        name="follower",
        meaning="Let agents follow: they hear of everything",
        example='follower = ["ada"]',
        read=_follower,
    ),
    ActionKind(
        name="reply",
        meaning="Answer the sender with a notice or a prepared answer; on a new ticket it takes the acknowledgement's "
        "place; the limits of automatic mail hold",
        example='reply = { canned = "vpn-help" }',
        read=_reply,
    ),
    ActionKind(
        name="link",
        meaning="Link the ticket to another one",
        example='link = "{number}"',
        read=_number,
        fills=True,
    ),
    ActionKind(
        name="merge",
        meaning="Let the ticket go on in another one of the same customer, by number, or in the customer's newest open "
        "one of the same subject; one of another customer is only linked",
        example='merge = "same-subject"',
        read=_number,
        fills=True,
    ),
    ActionKind(
        name="forward",
        meaning="Pass the mail on to an address that `rules.forward_to` allows; never automatic answers, and not in "
        "circles",
        example='forward = ["night@partner.example"]',
        read=_forward,
    ),
    ActionKind(
        name="webhook",
        meaning="Tell another program: a signed POST to a [[webhook]] of the configuration, tried again until taken",
        example='webhook = "pager"',
        read=_webhook,
    ),
    ActionKind(
        name="run",
        meaning="Run a [[command]] of the configuration and note what it prints; arguments are checked by their kind",
        example='run = { command = "ping", host = "{host}" }',
        read=_run,
        fills=True,
    ),
)
