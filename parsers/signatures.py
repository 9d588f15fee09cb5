"""Signatures: what a writer's client or habit puts below the words: delimiters, devices, contact blocks, legal notices.

A closing line with a name is part of a letter and stays; it goes with the signature only when a contact block follows.
"""

import re
from collections.abc import Sequence

from parsers.phrases import (
    BREVITY,
    CLOSINGS,
    DEVICE_ENDINGS,
    DEVICE_OPENERS,
    DEVICE_WORDS,
    NOTICE_LINES,
    NOTICE_SUBJECTS,
    NOTICE_WORDS,
    POSSESSIVES,
    fold,
    folded,
    visible,
)

MATCHED_CHARS = 400
# A signature below its delimiter, in lines that are not blank; a longer text below a rule is text.
DELIMITED_LINES = 40
RULED_LINES = 12
# Name, role, company, two lines of address, telephones, web; more only with what German law asks for.
CONTACT_LINES = 10
LONG_CONTACT_LINES = 18
CONTACT_CHARS = 90
# A legal notice names the mail this early.
NOTICE_HEAD_CHARS = 44
# A line of so many words below a mere rule is prose.
PROSE_WORDS = 17
# So many words with a full stop are a sentence of a letter, unless they name a contact or a device.
SENTENCE_WORDS = 6
DEVICE_CHARS = 140
# The device is named by this word: "Sent from my desk, which is nicer than a phone" is prose.
DEVICE_WORD_BY = 7

_DELIMITER = re.compile(r"[ \t]{0,3}(?:--|–|—|——|――)[ \t\u00a0]*")
_RULE = re.compile(r"[ \t]{0,3}(?:[-_=+~#*—–―─ᐧ]{2,}|ᐧ|(?:[-_] ){3,}[-_]?)[ \t\u00a0]*")
_ADORNMENT = re.compile(r"[ \t]{0,3}(?:[-_=*]{4,}|(?:\[[^\]]{0,60}\])?<?https?://[^\s<>]{1,300}>?)[ \t\u00a0]*")
_LINK = re.compile(r"[\[(<]?https?://[^\s<>()\[\]]{1,300}[\])>]?")
_DASHED_NAME = re.compile(
    r"[ \t]{0,3}(?:--?|[–—~])[ \t]?[^\W\d_][\w.'’]{0,24}(?:[ \t][^\W\d_][\w.'’]{0,24}){0,3}[ \t]*"
)
_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]{0,24}(?:[ \t][^\W\d_][\w.'’-]{0,24}){1,3}")
_PUNCTUATION = re.compile(r"[.,;!?]")
_CONTACT = re.compile(
    r"@[\w-]+\.|https?://|www\.|(?:\+|\(|\b0)\d[\d\s()/.-]{5,}\d|\d{3}[-. ]\d{3,4}[-. ]\d{3,4}"
    r"|^\s*(?:tel|phone|fax|mobil|cell|t|m|f|e|w|p)\b\s?[.:]",
    re.IGNORECASE,
)
# What people add below their name is no part of it.
_POSTSCRIPT = re.compile(r"\s*(?:p\.\s?){1,2}s\.|\s*p{1,2}s\s?[:.]|\s*n\.?b\.?:", re.IGNORECASE)
# These end in a full stop that ends no sentence.
_COMPANY = re.compile(
    r"\b(?:inc|ltd|co|corp|llc|bros|s\.a|b\.v|s\.r\.l|s\.p\.a|a\.s|s\.r\.o|z\s?o\.o|e\.v)\.$", re.IGNORECASE
)


def _longest_first(table: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(folded(table), key=len, reverse=True)))


_OPENS_DEVICE = tuple(folded(DEVICE_OPENERS))
_ENDS_DEVICE = tuple(folded(DEVICE_ENDINGS))
_NAMES_DEVICE = re.compile(
    rf"(?<!\w)(?:{_longest_first(DEVICE_WORDS)})(?!\w)|iphon|ipad|android|outlook|windows|samsung"
)
_POSSESSIVE = re.compile(rf"(?<!\w)(?:{_longest_first(POSSESSIVES)})(?!\w)")
_BREVITY = tuple(folded(BREVITY))
_CLOSINGS = folded(CLOSINGS)
_WORD = re.compile(r"\w+")
_NOTICE_SUBJECTS = folded(NOTICE_SUBJECTS)
_NOTICE_STARTS = frozenset(match[0] for phrase in _NOTICE_SUBJECTS if (match := _WORD.match(phrase)))
_NOTICE_WORDS = folded(NOTICE_WORDS)
_NOTICE_LINES = tuple(folded(NOTICE_LINES))


def find_signature(lines: Sequence[str], *, is_continued: bool = False) -> frozenset[int]:
    """The lines, none of them blank, that are signature, in a text that ends where its writer's words end.

    `is_continued` says that the writer's words began further up, so that a rule may be the first of these lines.
    """
    end = _trimmed(lines, len(lines))
    start = min(_delimited(lines, end, is_continued=is_continued), _legal_notice(lines, end))
    start = _trimmed(lines, start)
    devices = _device_lines(lines, start)
    while start and start - 1 in devices:
        start = _trimmed(lines, start - 1)
    start = min(_contact_block(lines, start), _named_block(lines, start))
    start = _dashed_name(lines, start)
    return devices | frozenset(at for at in range(start, end) if lines[at].strip())


def _trimmed(lines: Sequence[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _delimited(lines: Sequence[str], end: int, *, is_continued: bool) -> int:
    """Where a delimiter ("-- ", RFC 3676 4.3, or a rule) starts a signature; `end` if none does."""
    if _is_fenced(lines, end):
        return end
    below = 0
    has_prose = has_sentence = False
    asks = end > 0 and lines[end - 1].rstrip().endswith("?")
    found = end
    for at in range(end - 1, -1, -1):
        line = lines[at]
        below += bool(line.strip())
        has_prose = has_prose or len(line.split(None, PROSE_WORDS)) >= PROSE_WORDS
        has_sentence = has_sentence or _is_sentence(line)
        if below > DELIMITED_LINES + 1:
            break
        if line.strip()[:1].isalnum() or len(line) > MATCHED_CHARS:
            continue
        has_text_above = is_continued or _has_words_above(lines, at)
        is_short = below <= RULED_LINES + 1
        is_delimiter = (has_text_above or is_short) and _DELIMITER.fullmatch(line) is not None
        is_text = has_prose or asks or (has_sentence and _may_part(line))
        may_be_ruled = has_text_above and is_short and not is_text
        if is_delimiter or (may_be_ruled and _RULE.fullmatch(line) and not _underlines(lines, at)):
            found = at
    return found


def _may_part(line: str) -> bool:
    """Whether the rule may be one of Markdown's or a table's, which part paragraphs as well."""
    return line.strip()[:1] not in "_="


def _is_sentence(line: str) -> bool:
    """Whether the line is a sentence of some length, and neither a contact's data nor a device's."""
    text = line.strip()
    words = len(text.split(None, SENTENCE_WORDS))
    return (
        (words >= SENTENCE_WORDS or (words > 2 and text.endswith("?")))
        and text.endswith((".", "?", "!"))
        and not (_CONTACT.search(text) or _COMPANY.search(text) or _is_device_line(line) or _opens_notice(fold(text)))
    )


def _is_fenced(lines: Sequence[str], end: int) -> bool:
    """Whether "--" parts pieces of output, as grep has it, because it comes twice and a question is asked below."""
    asks = end > 0 and lines[end - 1].rstrip().endswith("?")
    return asks and sum(line == "--" for line in lines[max(end - DELIMITED_LINES, 0) : end]) > 1


def _underlines(lines: Sequence[str], at: int) -> bool:
    """Whether the rule underlines a heading: a signature's stands apart, unless it is of dashes."""
    return at > 0 and bool(lines[at - 1].strip()) and lines[at].strip()[0] in "=~#*+"


def _has_words_above(lines: Sequence[str], at: int) -> bool:
    return any(line.strip() for line in lines[max(at - 4, 0) : at])


def _legal_notice(lines: Sequence[str], end: int) -> int:
    """Where the first of the closing legal or environmental notices starts; `end` if there is none."""
    for at in range(max(end - 80, 1), end):
        line = lines[at]
        if len(line) < 11 or (lines[at - 1].strip() and not _adorns_notice(lines[at - 1])):
            continue
        # Outlook's picture of a tree is a "P" in another font.
        text = fold(line[:MATCHED_CHARS]).lstrip(" *_|-#([<").removeprefix("p ")
        if text.startswith(_NOTICE_LINES) or (_opens_notice(text) and _is_legal(fold(_paragraph(lines, at, end)))):
            above = _trimmed(lines, at)
            return above - 1 if above > 1 and _adorns_notice(lines[above - 1]) else at
    return end


def _adorns_notice(line: str) -> bool:
    """Whether the line is a rule or a picture's link, as stand above notices."""
    return _ADORNMENT.fullmatch(line[:MATCHED_CHARS]) is not None


def _opens_notice(folded_line: str) -> bool:
    head = folded_line[:NOTICE_HEAD_CHARS]
    # A look at the first words spares most lines the long table; scripts without spaces have no such words.
    if head.isascii() and _NOTICE_STARTS.isdisjoint(_WORD.findall(head)):
        return False
    return _has_any(head, _NOTICE_SUBJECTS)


def _is_legal(paragraph: str) -> bool:
    return "?" not in paragraph and _has_any(paragraph, _NOTICE_WORDS)


def _has_any(text: str, phrases: frozenset[str]) -> bool:
    return any(phrase in text for phrase in phrases)


def _paragraph(lines: Sequence[str], start: int, end: int) -> str:
    stop = start
    while stop < min(end, start + 12) and lines[stop].strip():
        stop += 1
    return " ".join(line[:MATCHED_CHARS] for line in lines[start:stop])


def _device_lines(lines: Sequence[str], end: int) -> frozenset[int]:
    """Lines such as "Sent from my iPhone", in the last lines up to `end`, with a contact block below them if any."""
    found = [at for at in range(max(end - 24, 0), end) if _is_device_line(lines[at])]
    if (
        found
        and _has_words_above(lines, found[0])
        and _is_contact_block([line for line in lines[found[0] + 1 : end] if line.strip()], least=1)
    ):
        return frozenset(at for at in range(found[0], end) if lines[at].strip())
    return frozenset(found)


def _is_device_line(line: str) -> bool:
    if not 6 <= len(line) <= DEVICE_CHARS:
        return False
    line = _LINK.sub("", line)
    text = fold(line).strip(" *_|.-–—[(<>")
    if text.startswith(_BREVITY):
        return True
    if not text.startswith(_OPENS_DEVICE) and not text.rstrip("!。").endswith(_ENDS_DEVICE):
        return False
    if not text.isascii() and not text[:1].isascii() and len(text) < 60 and not _is_spaced_prose(text):
        return True
    words = text.split()
    if len(words) <= 8 and text.startswith("sent from") and not _PUNCTUATION.search(line):
        return True
    return _NAMES_DEVICE.search(" ".join(words[:DEVICE_WORD_BY])) is not None or (
        _POSSESSIVE.search(text) is not None and len(words) <= 8
    )


def _is_spaced_prose(text: str) -> bool:
    return len(text.split()) > 7


def _contact_block(lines: Sequence[str], end: int) -> int:
    """Where a closing line with more than a name below it starts; `end` if there is none."""
    below: list[str] = []
    for at in range(end - 1, max(end - 2 * LONG_CONTACT_LINES, -1), -1):
        line = lines[at].strip()
        if not line:
            continue
        if below and _is_closing(line):
            # A closing that is all the mail says is its message: "Thank you!"
            start = at if any(above.strip() for above in lines[:at]) else at + 1
            return start if _is_contact_block(below, least=2) else end
        below.append(line)
        if len(below) > LONG_CONTACT_LINES or len(line) > CONTACT_CHARS:
            break
    return end


def _named_block(lines: Sequence[str], end: int) -> int:
    """Where a last paragraph starts that is a name and, below it, ways to reach who bears it; `end` if none is.

    Below a colon, or without at least two of the ways, it is what the writer has to say.
    """
    start = end
    while start and end - start <= CONTACT_LINES and lines[start - 1].strip():
        start -= 1
    above = _trimmed(lines, start)
    block = lines[start:end]
    if not above or not _is_contact_block(block, least=3) or lines[above - 1].rstrip().endswith((":", "：")):
        return end
    ways = sum(_CONTACT.search(line) is not None for line in block)
    return start if ways >= 2 and _NAME.fullmatch(block[0].strip(" \t*_")) else end


def _is_closing(line: str) -> bool:
    return len(line) <= 48 and fold(visible(line)).strip(" ,.!;:*_-–—~、，。！") in _CLOSINGS


def _is_contact_block(lines: Sequence[str], *, least: int) -> bool:
    """Whether the lines, none of them blank, look like names, roles and numbers and not like sentences."""
    if not least <= len(lines) <= LONG_CONTACT_LINES:
        return False
    is_told = len(lines) <= CONTACT_LINES or sum(_CONTACT.search(line) is not None for line in lines) >= 2
    return is_told and all(_is_contact_line(line) for line in lines)


def _is_contact_line(line: str) -> bool:
    if len(line) > CONTACT_CHARS or _POSTSCRIPT.match(line):
        return False
    if _CONTACT.search(line):
        return True
    text = line.strip()
    words = text.split()
    is_sentence = text.endswith(".") and not _COMPANY.search(text)
    if is_sentence and len(words) > 3 and sum(word.islower() for word in words) > 1:
        return False
    return not text.endswith(("?", "!", ":", "...")) and len(words) <= (4 if is_sentence else 8)


def _dashed_name(lines: Sequence[str], end: int) -> int:
    """Where a last line such as "-Ann" stands below some words, and is no item of a list; `end` if it does not."""
    at = _trimmed(lines, end)
    if at < 2 or not _DASHED_NAME.fullmatch(lines[at - 1][:MATCHED_CHARS]):
        return at
    above = lines[at - 2].strip()
    is_spaced = lines[at - 1].strip().lstrip("-–—~")[:1].isspace()
    return at if above and (is_spaced or above[:1] in "-–—" or above.endswith(":")) else at - 1
