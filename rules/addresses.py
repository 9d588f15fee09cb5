"""Whose address is this: comparing addr-specs and domains. Parsing them is `parsers`' work, not done here.

Addresses are compared ASCII-lower-cased, never case-folded: `ſupport` must not become `support` (RFC 6531 3.2 leaves
other letters to the receiving host).
"""

import string
from collections.abc import Iterable

from parsers.mail import Address, ParsedMail
from rules.facts import Agent, Desk, Envelope, Mailbox


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Where the addresses of erased persons are: reserved, nobody is ever reached there (RFC 2606 2).
ERASED_DOMAIN = "erased.invalid"
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

# Registries that sell names at the third level. Not the public suffix list (nothing is downloaded): what is missing
# here makes two strangers look like one organisation only where both own names below the same unlisted suffix.
_SECOND_LEVEL = _names("ac co com edu gob gouv gov ltd me mil ne net or org plc sch")
_SHARED_SUFFIXES = _names(
    "appspot.com azurewebsites.net blogspot.com cloudfront.net github.io gitlab.io herokuapp.com netlify.app "
    "onmicrosoft.com pages.dev vercel.app web.app"
)
# Everybody may have an address here: the domain says nothing about who somebody is.
_MAILBOX_PROVIDERS = _names(
    "163.com 126.com aol.com bluewin.ch fastmail.com free.fr gmail.com gmx.at gmx.ch gmx.de gmx.net googlemail.com "
    "hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr icloud.com laposte.net libero.it live.com mac.com "
    "mail.com mail.ru mailbox.org me.com msn.com naver.com orange.fr outlook.com outlook.de posteo.de proton.me "
    "protonmail.com qq.com seznam.cz t-online.de tuta.com ukr.net wanadoo.fr web.de wp.pl ya.ru yahoo.co.jp "
    "yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.com yandex.ru ymail.com zoho.com"
)
_NO_REPLY = _names("noreply donotreply nepasrepondre nichtantworten keineantwort noresponder nonrispondere")
_ROBOTS = _names("mailerdaemon postmaster bounce bounces daemon root nobody")


def fold(address: str) -> str:
    """The address in the form that is compared: ASCII letters lower-cased, nothing else touched."""
    return address.lower() if address.isascii() else address.translate(_LOWER)


def local_part_of(address: str) -> str:
    """What stands before the last @, folded."""
    return fold(address.rpartition("@")[0])


def domain_of(address: str) -> str:
    """What stands behind the last @, folded, without a final dot."""
    return fold(address.rpartition("@")[2]).rstrip(".")


def organisational_domain(domain: str) -> str:
    """The part of a domain that one organisation registers (RFC 7489 3.2), by a cautious rule of thumb."""
    labels = fold(domain).rstrip(".").split(".")
    suffix = ".".join(labels[-2:])
    two_level = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:]) if two_level or suffix in _SHARED_SUFFIXES else suffix


def is_aligned(domain: str, other: str) -> bool:
    """Relaxed alignment (RFC 7489 3.1): equal, or one lies below the other and the upper is no registry's suffix.

    Stricter than the RFC between sisters (a.example, b.example): without the whole public suffix list they may be
    strangers.
    """
    lower, upper = sorted((domain, other), key=len, reverse=True)
    if not upper or lower == upper:
        return bool(upper)
    shared = organisational_domain(lower)
    return lower.endswith("." + upper) and (upper == shared or upper.endswith("." + shared))


def same_organisation(address: str, other: str) -> bool:
    """One organisation owns both addresses. Never true for providers where everybody can have a mailbox."""
    shared = organisational_domain(domain_of(address))
    return (
        shared == organisational_domain(domain_of(other))
        and domain_of(address) not in _MAILBOX_PROVIDERS
        and shared not in _MAILBOX_PROVIDERS
    )


def organisation_of(address: str) -> str:
    """The domain of the organisation behind an address; empty for providers where everybody can have a mailbox."""
    domain = domain_of(address)
    shared = organisational_domain(domain)
    return "" if domain in _MAILBOX_PROVIDERS or shared in _MAILBOX_PROVIDERS else shared


def is_no_reply(address: str) -> bool:
    """Nobody reads what is sent there: `no-reply@`, `mailer-daemon@` and their like, with or without a subaddress."""
    word = local_part_of(address).partition("+")[0].replace("-", "").replace("_", "").replace(".", "")
    return word in _ROBOTS or any(mark in word for mark in _NO_REPLY)


def mailbox_of(desk: Desk, address: str) -> Mailbox | None:
    """The mailbox that the address belongs to, as address, alias or with any subaddress (`support+x@`)."""
    folded = fold(address)
    local, _, domain = folded.rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    for mailbox in desk.mailboxes:
        own = (mailbox.address, *mailbox.aliases)
        if folded in own or plain in own:
            return mailbox
    return None


def receiving_mailbox(mail: ParsedMail, envelope: Envelope, desk: Desk) -> Mailbox | None:
    """The mailbox the sender wrote to: by envelope, then To, then Cc; the first configured one when none is named."""
    named = (*envelope.recipients, *(person.address for person in (*mail.to, *mail.cc)))
    hits = (mailbox_of(desk, address) for address in named)
    return next((mailbox for mailbox in hits if mailbox), desk.mailboxes[0] if desk.mailboxes else None)


def agent_at(desk: Desk, address: str) -> Agent | None:
    """The agent with exactly this address, active or not."""
    wanted = fold(address)
    return next((agent for agent in desk.agents if wanted in agent.addresses), None)


def agent_named(desk: Desk, name: str) -> Agent | None:
    """The agent of that name, active or not."""
    return next((agent for agent in desk.agents if agent.name == name), None)


def unique(people: Iterable[Address]) -> tuple[Address, ...]:
    """The same people in order, each address once."""
    return tuple({fold(person.address): person for person in reversed(tuple(people))}.values())[::-1]
