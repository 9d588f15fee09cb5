"""The places that marks cover on a page, and their reduction to disjoint cuts.

Places are line numbers while a document is read. What a mark-up means is in `html_marks`; here is what follows from
it, and the few looks at marked lines that the meaning needs (a header block, an attribution, "forwarded message").
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter

from parsers.cuts import NO_CUTS, Cuts, Span
from parsers.html_marks import Mark

Range = tuple[int, int]
_LONGEST_ATTRIBUTION = 8
# "Forwarded message" as Apple, Thunderbird, Yahoo, Zoho, Proton and others write it above what they forward.
_FORWARDED_PHRASES = (
    *("begin forwarded message", "forwarded message", "forwarded by"),
    *("weitergeleitete nachricht", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail"),
    *("message transféré", "début du message transféré", "début du message réexpédié", "message réexpédié"),
    *("mensaje reenviado", "inicio del mensaje reenviado", "missatge reenviat", "inici del missatge reenviat"),
    *("messaggio inoltrato", "inizio messaggio inoltrato", "mensagem encaminhada", "mensagem reencaminhada"),
    *(
        "início da mensagem encaminhada",
        "início da mensagem reencaminhada",
        "mesaj redirecționat",
        "mesaj redirecţionat",
    ),
    *("doorgestuurd bericht", "begin doorgestuurd bericht", "vidarebefordrat mejl", "vidarebefordrat brev"),
    *("vidarebefordrat meddelande", "videresendt melding", "videresendt meddelelse", "videresendt besked"),
    *("start på videresendt besked", "start på videresendt melding", "videresendt e-mail", "videresendt e-post"),
    *("välitetty viesti", "edelleenlähetetty viesti", "przekazana wiadomość", "wiadomość przekazana"),
    *(
        "początek przekazywanej wiadomości",
        "пересылаемое сообщение",
        "пересылаемое письмо",
        "перенаправленное сообщение",
    ),
    *("начало переадресованного сообщения", "пересланное сообщение", "переслане повідомлення", "přeposlaná zpráva"),
    *(
        "začátek přeposílané zprávy",
        "preposlaná správa",
        "továbbított üzenet",
        "továbbított levél",
        "proslijeđena poruka",
    ),
    *(
        "προωθημένο μήνυμα",
        "iletilen ileti",
        "iletilmiş mesaj",
        "edasi saadetud kiri",
        "הודעה שהועברה",
        "رسالة معاد توجيهها",
    ),
    *(
        "轉寄的郵件",
        "转发的邮件",
        "已转发邮件",
        "以下是轉寄的郵件",
        "转发邮件信息",
        "転送されたメッセージ",
        "転送メッセージ",
        "전달된 메시지",
    ),
)
_FORWARDED = re.compile(rf"^[-=_*>\s]{{0,80}}(?:{'|'.join(map(re.escape, _FORWARDED_PHRASES))})", re.I)
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
    for first, behind in sorted(ranges):
        start, end = _first_filled(lines, first), blank[min(behind, len(lines))]
        if start >= end:
            continue
        if united and blank[start] <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united


def _first_filled(lines: Sequence[str], start: int) -> int:
    while start < len(lines) and not lines[start]:
        start += 1
    return start


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
