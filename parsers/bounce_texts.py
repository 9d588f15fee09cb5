"""Bounces written for people: where the notice ends, whom it names, and what it says about each.

The shapes are those of mail systems since Sendmail 5. Whether a mail is a bounce at all is judged in `bounces`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from parsers.bounce_phrases import DELAYS, GIVEN_UP, MARKERS
from parsers.bounce_statuses import Reading, best_reading, find_reply
from parsers.mail import BouncedRecipient
from parsers.reports import ADDRESS, MAX_RECIPIENTS, clean_address, one_diagnostic, outcome

MAX_NOTICE = 64 * 1024
_MAX_DETAIL_LINES = 25
_MAX_JUDGED = 8 * 1024
_MAX_LINE = 1_000

_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]?\S?")
_TELLING_HEADERS = frozenset(
    {"received", "message-id", "return-path", "mime-version", "dkim-signature", "x-mailer", "delivered-to"}
)

# The lookahead keeps what may follow an address from cutting it short.
_A = rf"(?P<address>{ADDRESS})(?![.-]*\w)"
_OPEN = r"[<'\"\[(]{0,2}(?:(?:smtp|mailto|rfc822):[ \t]?)?"
_LISTED = re.compile(
    rf"^[ \t]*(?:[*>|\u2022+-]{{1,3}}[ \t]+|\d{{1,3}}[.)][ \t]+)?{_OPEN}{_A}[>'\"\])]{{0,2}}"
    rf"(?P<rest>[ \t]*$|[ \t]+[245]\d\d\b.*|[ \t]*[:;,.\u2026(\[<-].*"
    rf"|[ \t]{{2,}}.*"
    rf"|[ \t](?:on|am|le|el|il|op|em)[ \t].*"
    rf"|[ \t](?:invalid|unknown|user|delivery|was|is|could|has|does|not|failed|no|mailbox|rejected)\b.*)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:^[ \t>*]*(?:the )?(?:final |original |failed |affected |bounced |rejected |invalid |undeliverable "
    r"|unknown )?"
    r"(?:recipients?|address|user|mailbox|e-?mail|to|host|rcpt)(?: (?:address|e-?mail|name|affected"
    r"|rejected))?(?:\(e?s\))?[ \t]*[:=]"
    r"|rcpt to:|recipient address:|failed address:|generated (?:from|by)|address:|expanded from:?"
    r"|\b(?:unknown|invalid|undeliverable|no such) (?:\w+ )?(?:user|address|recipient|host|to):?"
    r"|\brejected recipient|exceeds allowed size:|failed \d+ attempts:)"
    rf"[ \t]*{_OPEN}{_A}",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:deliver(?:ed|ing|y)?|undeliverable|message|mail|e-?mail|sen[dt]|reach(?:ed)?|recipients?"
    r"|address(?:ee)?|user|mailbox|account|for|to|宛先|an|à)"
    rf"\b[^.\n@]{{0,60}}?[ \t:]{_OPEN}{_A}",
    re.IGNORECASE,
)
_DIALOGUE = re.compile(
    rf"^[ \t]*(?:<<<|>>>)?[ \t]*(?:Remote host said:|smtp;)?[ \t]*[45]\d\d\b.{{0,80}}?{_OPEN}{_A}", re.IGNORECASE
)
_NOT_RECIPIENT = re.compile(
    r"mail from|^[ \t>]*(?:from|sender|original sender|return-path|reply-to|message[ -]?id|x-[\w-]+|cc"
    r"|subject)\b[^@]{0,40}:"
    r"|message[ -]id|(?:contact|forward|write|mail|e-?mail|report|notify|send|call)\b[^@]{0,60}(?:postmaster"
    r"|support|help|abuse|admin)"
    r"|further assistance|not accepting (?:mail|messages) from|^[ \t]*received:",
    re.IGNORECASE,
)
_SENDER_BEFORE = re.compile(r"\b(?:from|by|sender|of)[: ]{0,2}[<'\"(]{0,2}$", re.IGNORECASE)
_GENERATED_BEFORE = re.compile(r"(?:generated|expanded) (?:from|by)[: ]{0,2}[<'\"(]{0,2}$", re.IGNORECASE)
_ANYWHERE = re.compile(_A)
_NEXT = re.compile(rf"[>'\"\]]{{0,2}}[ \t]*[,;][ \t]*{_OPEN}{_A}")
_RCPT_TO = re.compile(r"rcpt to", re.IGNORECASE)
_ROLES = frozenset(
    {
        "mailer-daemon",
        "postmaster",
        "abuse",
        "support",
        "help",
        "helpdesk",
        "noreply",
        "no-reply",
        "mail-daemon",
        "hostmaster",
    }
)


# How a recipient may be named, clearest first, and whether that alone makes it one.
_KINDS = ((_LISTED, True), (_LABELLED, True), (_DIALOGUE, False), (_SENTENCE, False), (_ANYWHERE, False))


@dataclass(frozen=True, slots=True)
class Mention:
    """An address that a notice names as a recipient: the line it stands in, what follows it there, how sure that is."""

    address: str
    line: int
    rest: str
    is_sure: bool = True


def split_notice(text: str) -> tuple[str, str]:
    """The mail system's own words, and the returned message (or its headers) below them."""
    lines = text[:MAX_NOTICE].splitlines()
    for number, line in enumerate(lines):
        if len(line) < 200 and MARKERS.match(line) and number:
            return "\n".join(lines[:number]), "\n".join(lines[number + 1 :])
        if _starts_headers(lines, number):
            return "\n".join(lines[:number]), "\n".join(lines[number:])
    return "\n".join(lines), ""


def says_delayed(subject: str, notice: str) -> bool:
    """Whether the mail system has not given up yet."""
    if DELAYS.search(subject):
        return True
    delayed = DELAYS.search(notice)
    given_up = GIVEN_UP.search(notice)
    return bool(delayed) and (given_up is None or (delayed is not None and delayed.start() < given_up.start()))


def read_mentions(notice: str, *, ignored: frozenset[str], expected: frozenset[str]) -> tuple[Mention, ...]:
    """The recipients a notice names: those listed on their own lines, else labelled ones, else those in sentences.

    `ignored` are the addresses of the bounce itself (its recipient is the original sender); `expected` those the
    returned message was sent to, which settle a doubt.
    """
    lines = notice.splitlines()
    kinds = [(_mentions(lines, pattern), is_sure) for pattern, is_sure in _KINDS]
    for found, is_sure in kinds:
        wanted = [mention for mention in found if _is_plausible(mention.address, ignored)]
        known = [mention for mention in found if mention.address.lower() in expected]
        chosen = (wanted or known) if is_sure else (known or wanted)
        if chosen:
            return _distinct(chosen, is_sure=is_sure or bool(known))
    roles = (mention for found, is_sure in kinds if is_sure for mention in found)
    return _distinct([m for m in roles if m.address.lower() not in ignored], is_sure=True)


def _distinct(mentions: Sequence[Mention], *, is_sure: bool) -> tuple[Mention, ...]:
    """The first mention of each address."""
    found: dict[str, Mention] = {}
    for mention in mentions:
        found.setdefault(mention.address.lower(), replace(mention, is_sure=is_sure))
    return tuple(found.values())


def judge_mentions(notice: str, mentions: Sequence[Mention], *, is_delayed: bool) -> tuple[BouncedRecipient, ...]:
    """Each recipient with the status, action and diagnostic the notice gives for it."""
    if not mentions:
        return ()
    lines = notice.splitlines()
    starts = {mention.line for mention in mentions}
    replies = _replies_by_address(lines)
    below = "\n".join(lines[mentions[0].line : mentions[0].line + _MAX_DETAIL_LINES * 4])
    reading, source = best_reading((below[:_MAX_JUDGED], notice[:_MAX_JUDGED]))
    shared = (reading, telling_line(source))
    told = (
        _Told(mention, _own_words(lines, mention, starts), replies, shared) for mention in mentions[:MAX_RECIPIENTS]
    )
    return tuple(_judge(each, is_delayed=is_delayed, is_only=len(starts) == 1) for each in told)


@dataclass(frozen=True, slots=True)
class _Told:
    """All a notice says about one recipient: in its own lines, in server replies, and to all of them together."""

    mention: Mention
    own: str
    replies: Mapping[str, str]
    shared: tuple[Reading, str]


def _judge(told: _Told, *, is_delayed: bool, is_only: bool) -> BouncedRecipient:
    about = told.replies.get(told.mention.address.lower(), "")
    reading, source = best_reading((told.own, about))
    diagnostic = one_diagnostic(told.own) if source == told.own else telling_line(source)
    if told.shared[0].certainty > reading.certainty and (is_only or not reading.certainty):
        reading, diagnostic = told.shared
    return judged(told.mention.address, reading, diagnostic or one_diagnostic(told.own), is_delayed=is_delayed)


def _replies_by_address(lines: list[str]) -> Mapping[str, str]:
    """The server replies (RFC 5321 4.2) that name an address, by that address."""
    found: dict[str, str] = {}
    for line in lines:
        if "@" in line and find_reply(line[:_MAX_LINE]):
            for address in _ANYWHERE.findall(line[:_MAX_LINE]):
                found[address.lower()] = f"{found.get(address.lower(), '')}\n{line[:_MAX_LINE]}"[:_MAX_JUDGED]
    return found


def judged(address: str, reading: Reading, diagnostic: str, *, is_delayed: bool) -> BouncedRecipient:
    """One recipient from a reading of prose; a failure without any reason is `5.0.0` (RFC 3463 3.1)."""
    status, status_class, action = outcome(
        status=reading.status or ("" if is_delayed else "5.0.0"), action="delayed" if is_delayed else "failed"
    )
    return BouncedRecipient(
        address=address, status=status, status_class=status_class, action=action, diagnostic=diagnostic
    )


def _own_words(lines: list[str], mention: Mention, starts: set[int]) -> str:
    """What follows the address up to a blank line or the next recipient."""
    words = [mention.rest.lstrip(" \t:>)]'\";,")]
    for number in range(mention.line + 1, min(len(lines), mention.line + _MAX_DETAIL_LINES)):
        if number in starts or (not lines[number].strip() and any(word.strip() for word in words)):
            break
        words.append(lines[number].strip())
    return "\n".join(word for word in words if word)[:_MAX_JUDGED]


def telling_line(text: str) -> str:
    """The line of a longer text that says most: one with a reply code, else the first that implies a status."""
    lines = [line for line in text.splitlines() if line.strip()]
    coded = next((line for line in lines if find_reply(line)), "")
    return one_diagnostic(coded or best_reading(lines[:_MAX_DETAIL_LINES])[1])


def _mentions(lines: list[str], pattern: re.Pattern[str]) -> list[Mention]:
    return [mention for number, line in enumerate(lines) if "@" in line for mention in _in_line(line, number, pattern)]


def _in_line(line: str, number: int, pattern: re.Pattern[str]) -> Iterator[Mention]:
    line = line[:_MAX_LINE]
    if _NOT_RECIPIENT.search(line) and not _RCPT_TO.search(line):
        return
    for match in pattern.finditer(line):
        before, rest = line[: match.start("address")], line[match.end("address") :]
        if _SENDER_BEFORE.search(before) and not _GENERATED_BEFORE.search(before):
            continue
        for address in (match["address"], *_further(rest)):
            cleaned = clean_address(address)
            if cleaned:
                yield Mention(cleaned, number, rest)


def _further(rest: str) -> Iterator[str]:
    """The other addresses of a list on one line: `a@b, c@d; e@f`."""
    match = _NEXT.match(rest)
    while match:
        yield match["address"]
        match = _NEXT.match(rest, match.end())


def _is_plausible(address: str, ignored: frozenset[str]) -> bool:
    lowered = address.lower()
    return lowered not in ignored and lowered.partition("@")[0] not in _ROLES


def _starts_headers(lines: list[str], number: int) -> bool:
    """Whether an unindented block of at least three header fields begins here, as only a returned message has."""
    first = _HEADER_LINE.match(lines[number])
    if first is None or (number and _HEADER_LINE.match(lines[number - 1])):
        return False
    names = set()
    for line in lines[number : number + 40]:
        match = _HEADER_LINE.match(line)
        if match:
            names.add(match[1].lower())
        elif line[:1] not in " \t" or not line.strip():
            break
    return len(names) >= 3 and bool(names & _TELLING_HEADERS)
