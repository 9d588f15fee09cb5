"""Which mark-up of which mail client means quotation, signature or forwarded mail, and how the places become cuts.

The tables are data about clients; add a row when a client shows up. Text that only looks like a quotation is not judged
here: that is the splitter's work. Places are line numbers of the page.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from operator import itemgetter

from parsers.cuts import NO_CUTS, Cuts, Span
from parsers.html_guard import attributes


class Mark(Enum):
    """What an element says about the text in it, or from it on."""

    QUOTE = auto()  # the element is quotation
    HOLDER = auto()  # attribution and block quotes of one answer; what stands between or after the quotes is new text
    PREFIX = auto()  # its last paragraph is the attribution of the quotation that follows
    REST = auto()  # from here to the end of the mail all is quotation
    HEADED = auto()  # the same, if a header block (From, Sent, To, Subject) stands in it
    SIGNATURE = auto()
    FORWARD = auto()


_CLASSES = {
    # Gmail; K-9, Mailspring, Superhuman and Outlook for Android use its names
    "gmail_quote": Mark.HOLDER,
    "gmail_attr": Mark.PREFIX,
    "gmail_signature": Mark.SIGNATURE,
    "gmail_signature_prefix": Mark.SIGNATURE,
    "nylas-quote": Mark.HOLDER,
    "sh-signature": Mark.SIGNATURE,
    "k9mail-signature": Mark.SIGNATURE,
    "cm_quote": Mark.QUOTE,  # Newton, CloudMagic
    # Thunderbird
    "moz-cite-prefix": Mark.PREFIX,
    "moz-signature": Mark.SIGNATURE,
    "moz-forward-container": Mark.FORWARD,
    # Outlook Express, Outlook 2003, Samsung
    "outlookmessageheader": Mark.REST,
    "samsung_original": Mark.REST,
    # Yahoo, AOL
    "yahoo_quoted": Mark.QUOTE,
    "yahooquoted": Mark.QUOTE,
    "yahoo-quoted": Mark.QUOTE,
    "yahoo-signature": Mark.SIGNATURE,
    "ydp-yahoo-signature": Mark.SIGNATURE,
    "aolreplacedbody": Mark.QUOTE,
    # Proton, Tutanota, Zoho, Spark, Airmail, Front, Missive, HubSpot, Mailbird, BlackBerry
    "protonmail_quote": Mark.HOLDER,
    "protonmail_signature_block": Mark.SIGNATURE,
    "tutanota_quote": Mark.QUOTE,
    "tutanota_signature": Mark.SIGNATURE,
    "zmail_extra": Mark.HOLDER,
    "zmail_extra_hr": Mark.QUOTE,
    "zmail_signature": Mark.SIGNATURE,
    "spark_quote": Mark.QUOTE,
    "clean_bq": Mark.QUOTE,
    "airmail_on": Mark.PREFIX,
    "bloop_sign": Mark.SIGNATURE,
    "front-blockquote": Mark.QUOTE,
    "front-signature": Mark.SIGNATURE,
    "missive_quote": Mark.QUOTE,
    "hs_reply": Mark.QUOTE,
    "history_container": Mark.QUOTE,
    "freshdesk_quote": Mark.QUOTE,
    "quoted_text_container": Mark.QUOTE,
    # mail.ru, Edison, Lotus iNotes, eM Client, Evolution, Open-Xchange
    "mail-quote-collapse": Mark.QUOTE,
    "edo-reply-header": Mark.REST,
    "edo-signature": Mark.SIGNATURE,
    "inoteshistory": Mark.QUOTE,
    "cite2": Mark.QUOTE,
    "-x-evo-signature": Mark.SIGNATURE,
    "io-ox-signature": Mark.SIGNATURE,
    "applemailsignature": Mark.SIGNATURE,
    "signature": Mark.SIGNATURE,  # Fastmail, GMX, web.de
}
_IDS = {
    # Outlook on the web, for Mac and on phones, Hotmail
    "divrplyfwdmsg": Mark.REST,
    "appendonsend": Mark.REST,
    "mail-editor-reference-message-container": Mark.REST,
    "olk_src_body_section": Mark.REST,
    "stopspelling": Mark.REST,
    "signature": Mark.SIGNATURE,
    "ms-outlook-mobile-signature": Mark.SIGNATURE,
    # Apple, Zimbra, Roundcube, Samsung, 163.com
    "applemailsignature": Mark.SIGNATURE,
    "zwchr": Mark.REST,
    "reply-intro": Mark.PREFIX,
    "_rc_sig": Mark.SIGNATURE,
    "composer_signature": Mark.SIGNATURE,
    "isreplycontent": Mark.QUOTE,
    "isforwardcontent": Mark.FORWARD,
    "replysplit": Mark.REST,
}
_ID_STARTS = {"yahoo_quoted": Mark.QUOTE, "aolmsgpart": Mark.QUOTE}
_NAMES = {  # GMX and web.de, Spark
    "quote": Mark.QUOTE,
    "messagereplysection": Mark.HOLDER,
    "messagesignaturesection": Mark.SIGNATURE,
}
_MARKERS = {  # Zimbra's data-marker
    "__divider__": Mark.REST,
    "__quoted_text__": Mark.QUOTE,
    "__sig_pre__": Mark.SIGNATURE,
    "__sig_post__": Mark.SIGNATURE,
}

_MAX_STYLE = 2000
_LONGEST_ATTRIBUTION = 8
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:max-height|(?<![-\w])opacity)\s*:\s*0(?:px|%)?\s*(?:;|!|$)"
)
_TOP_BORDER = re.compile(r"border-top[a-z-]{0,12}\s{0,3}:[^;]{0,60}(?:solid|\dpt|\dpx)|background[a-z-]{0,12}\s{0,3}:\s{0,3}#(?:f5f5f5|e4e4e4)")
_LEFT_BORDER = re.compile(r"border-left[a-z-]{0,12}\s{0,3}:(?!\s{0,3}(?:none|0))")
_KEEPS_SPACES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)")
_NO_MARGIN = re.compile(r"(?<![-\w])margin\s*:\s*0(?:[a-z]{2})?(?:\s+0(?:[a-z]{2})?){0,3}\s*(?:;|!|$)")
_NO_BORDER = re.compile(r"(?<![-\w])border\s*:\s*(?:none|0)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What the attributes of one tag mean to a reader of text."""

    mark: Mark | None = None
    is_hidden: bool = False
    keeps_spaces: bool = False
    is_tight: bool = False
    is_word_list: bool = False
    is_cited: bool = False
    is_indented: bool = False


PLAIN = Traits()
Range = tuple[int, int]


def read_traits(raw: str) -> Traits:
    """The traits of a start tag's raw attributes."""
    if not raw or "=" not in raw:
        return Traits(is_hidden=True) if "hidden" in raw else PLAIN
    return _remembered_traits(raw) if len(raw) < 300 else _traits(raw)


@lru_cache(maxsize=2048)
def _remembered_traits(raw: str) -> Traits:
    return _traits(raw)


def _traits(raw: str) -> Traits:
    found = attributes(raw)
    style = found.get("style", "")[:_MAX_STYLE].lower()
    mark = _named_mark(found)
    if mark is None and _TOP_BORDER.search(style):
        mark = Mark.HEADED
    has_left_border = bool(_LEFT_BORDER.search(style))
    traits = Traits(
        mark=mark,
        is_hidden="hidden" in found or bool(_HIDDEN.search(style)),
        keeps_spaces=bool(_KEEPS_SPACES.search(style)),
        is_tight="msonormal" in found.get("class", "").lower() or bool(_NO_MARGIN.search(style)),
        is_word_list="mso-list" in style and "ignore" in style,
        is_cited=found.get("type", "").lower() == "cite" or found.get("cite", "").lower().startswith("mid:") or has_left_border,
        is_indented=bool(_NO_BORDER.search(style)) and not has_left_border,
    )
    return PLAIN if traits == PLAIN else traits


def _named_mark(found: dict[str, str]) -> Mark | None:
    for name in found.get("class", "").lower().split():
        if name in _CLASSES:
            return _CLASSES[name]
    identity = found.get("id", "").lower()
    if identity in _IDS:
        return _IDS[identity]
    for start, mark in _ID_STARTS.items():
        if identity.startswith(start):
            return mark
    return _NAMES.get(found.get("name", "").lower()) or _MARKERS.get(found.get("data-marker", "").lower())


# "Forwarded message" as Apple, Thunderbird, Yahoo, Zoho, Proton and others write it above what they forward.
_FORWARDED = re.compile(
    r"^[-=_*>\s]*(?:begin forwarded message|forwarded message|original message forwarded|fwd? ?:"
    r"|(?:anfang der )?weitergeleitete[n]? (?:nachricht|e-?mail)|message transféré|début du message (?:transféré|réexpédié)"
    r"|mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|mensagem encaminhada"
    r"|início da mensagem (?:reencaminhada|encaminhada)|doorgestuurd bericht|begin doorgestuurd bericht|vidarebefordrat"
    r"|vidarebefordrat meddelande|videresendt (?:melding|meddelelse|besked)|välitetty viesti|przekazana wiadomość"
    r"|wiadomość przekazana|пересылаемое сообщение|пересылаемое письмо|начало переадресованного сообщения|přeposlaná zpráva"
    r"|preposlaná správa|továbbított (?:üzenet|levél)|mesaj redirecționat|προωθημένο μήνυμα|iletilen ileti|iletilmiş mesaj"
    r"|轉寄的郵件|转发的邮件|已转发邮件|以下是轉寄的郵件|転送されたメッセージ|전달된 메시지)",
    re.I,
)
_DASHED = re.compile(r"^-{8,} ?[^\s-].{0,80} ?-{8,}$")
_LABEL = re.compile(r"^[*_]{0,2}[^\s:：>|][^:：>|]{0,30}[:：]")
# An attribution has a colon at its end and a clock time or an address in it: enough beside a block quote, not alone.
_ATTRIBUTION = re.compile(r"(?:\d{1,2}[:.h時点]\s?\d{2}|@)")


def is_header_block(lines: Sequence[str]) -> bool:
    """Whether lines begin like the header block above a quotation: three labels with values, in whatever language."""
    head = [line for line in lines[:12] if line][:6]
    return bool(head) and bool(_LABEL.match(head[0])) and sum(bool(_LABEL.match(line)) for line in head) >= 3


def is_attribution(line: str) -> bool:
    """Whether the line just above a block quote names whom and when it quotes."""
    return len(line) < 400 and line.endswith((":", "：")) and bool(_ATTRIBUTION.search(line))


class Places:
    """The marked ranges of lines while a document is read, and their reduction to disjoint cuts at its end."""

    __slots__ = ("_depth", "_forwards", "_quotes", "_rest", "_signatures", "latest")

    def __init__(self) -> None:
        self._quotes: list[Range] = []
        self._signatures: list[Range] = []
        self._forwards: list[Range] = []
        self._rest: int | None = None
        self._depth = 0
        self.latest = 0

    @property
    def has_quote(self) -> bool:
        """Whether a quotation has begun anywhere so far."""
        return bool(self._depth or self._quotes or self._rest is not None)

    def enter(self, mark: Mark, line: int) -> None:
        """An element with this mark begins at that line."""
        self.latest = line
        if mark in (Mark.QUOTE, Mark.HOLDER, Mark.FORWARD):
            self._depth += 1
        elif mark is Mark.REST:
            self._begin_rest(line)

    def leave(self, mark: Mark, marked: Range, lines: Sequence[str], quoted_from: int | None = None) -> None:
        """It covered these lines; `quoted_from` is where a holder's first own block quote begins."""
        start, end = marked
        self.latest = end
        if mark in (Mark.QUOTE, Mark.HOLDER, Mark.FORWARD):
            self._depth -= 1
        if mark is Mark.QUOTE:
            self._quotes.append((start, end))
        elif mark is Mark.HOLDER:
            self._leave_holder(start, end, lines, quoted_from)
        elif mark is Mark.PREFIX:
            self._quotes.append((_last_paragraph(lines, start, min(end, len(lines))), end))
        elif mark is Mark.FORWARD:
            self._forwards.append((start, end))
        elif mark is Mark.SIGNATURE:
            self._signatures.append((start, end))
        elif mark is Mark.HEADED and is_header_block(lines[start : start + 12]):
            self._begin_rest(start)

    def _begin_rest(self, line: int) -> None:
        if self._rest is None and not self._depth:
            self._rest = line

    def _leave_holder(self, start: int, end: int, lines: Sequence[str], quoted_from: int | None) -> None:
        first = next((line for line in lines[start:end] if line), "")
        if _DASHED.match(first):
            self._forwards.append((start, end))
        else:
            self._quotes.append((start, end if quoted_from is None else quoted_from))

    def cuts(self, lines: Sequence[str], offsets: Sequence[int]) -> Cuts:
        """Disjoint spans of characters. Outer quotation and forwarded mail win over what is marked inside them."""
        if self._rest is not None:
            self._quotes.append((self._rest, len(lines)))
        if not (self._quotes or self._forwards or self._signatures):
            return NO_CUTS
        quotes = _united(self._quotes, lines)
        forwarding = [r for r in quotes if _FORWARDED.match(lines[r[0]])]
        forwards = [r for r in _united(self._forwards, lines) if not _is_inside(r, quotes)]
        forwards = _united(forwards + forwarding, lines)
        quotes = [r for r in quotes if not _is_inside(r, forwards)]
        signatures = _clipped(_united(self._signatures, lines), sorted(quotes + forwards), lines)
        return Cuts(
            quotes=_spans(quotes, offsets),
            signatures=_spans(signatures, offsets),
            forwards=_spans(forwards, offsets),
        )


def _last_paragraph(lines: Sequence[str], start: int, end: int) -> int:
    """Where the last paragraph begins: people write above the attribution inside its own element."""
    at, lowest = end, max(start, end - 2 * _LONGEST_ATTRIBUTION)
    while at > lowest and not lines[at - 1]:
        at -= 1
    lowest = max(start, at - _LONGEST_ATTRIBUTION)
    while at > lowest and lines[at - 1]:
        at -= 1
    return at


def _united(ranges: list[Range], lines: Sequence[str]) -> list[Range]:
    """Ranges trimmed of blank lines, sorted, joined where only blank lines lie between."""
    united: list[Range] = []
    if not ranges:
        return united
    blank = _blank_before(lines)
    for start, end in sorted(ranges):
        end = min(end, len(lines))
        while start < end and not lines[start]:
            start += 1
        end = max(start, blank[end])
        if start >= end:
            continue
        if united and blank[start] <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united


def _blank_before(lines: Sequence[str]) -> list[int]:
    """For each line number, the number reached by stepping back over blank lines before it."""
    back = [0]
    for number, line in enumerate(lines):
        back.append(number + 1 if line else back[number])
    return back


def _is_inside(inner: Range, outers: Sequence[Range]) -> bool:
    """Whether one of the sorted, disjoint outer ranges holds all of the inner one."""
    nearest = bisect_right(outers, inner[0], key=itemgetter(0)) - 1
    return nearest >= 0 and inner[1] <= outers[nearest][1]


def _clipped(ranges: list[Range], others: Sequence[Range], lines: Sequence[str]) -> list[Range]:
    """What of the ranges lies before the others: a signature ends where a quotation inside its element begins."""
    kept: list[Range] = []
    for start, end in ranges:
        following = bisect_right(others, start, key=itemgetter(0))
        if following and start < others[following - 1][1]:
            continue
        kept.append((start, min(end, others[following][0]) if following < len(others) else end))
    return _united(kept, lines)


def _spans(ranges: Sequence[Range], offsets: Sequence[int]) -> tuple[Span, ...]:
    return tuple(Span(start=offsets[start], end=offsets[end] - 1) for start, end in ranges)
