"""Subject lines: reply and forward prefixes of many languages, and the ticket numbers people keep in them."""

import re
from functools import lru_cache

_SUBJECT_LIMIT = 2000
_NUMBERS_LIMIT = 10
_PREFIXES = (
    "re|fwd?|fw|aw|wg|antw|antwort|antwoord|doorst|tr|réf|rép|res|resp|enc|rv|rif|inoltra|sv|vs|vb|vl|svar|videresendt|"
    "ang|bls|odp|odpověď|odpoveď|pd|atb|vá|továbbítás|ynt|ilt|răsp|σχετ|απ|πρθ|на|отв|ответ|пересл|переслано|відп|"
    "відповідь|trả lời|chuyển tiếp|balas|teruskan|回复|回覆|答复|答覆|转发|轉寄|轉發|返信|转寄|転送|회신|"
    "답장|전달|ตอบ|ตอบกลับ|ส่งต่อ|"
    "תגובה|השב|הועבר|رد|إعادة توجيه"
)
# Italian R: and I: only as capitals: in small letters they are ordinary text. Counters: Re[2]:, Re(2):, Re^2:, Re2:.
_CHAIN = re.compile(rf"(?:\s*(?:(?i:{_PREFIXES})|R|I)\s?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\)|\^?\d{{1,3}})?\s?[:：])+\s*")
_SPACES = re.compile(r"\s+")


def strip_subject(subject: str, prefix: str) -> str:
    """The subject without reply prefixes in front and without ticket numbers anywhere: what the mail is about."""
    without_numbers = _numbers(prefix).sub(" ", subject[:_SUBJECT_LIMIT])
    line = _SPACES.sub(" ", without_numbers).strip()
    chain = _CHAIN.match(line)
    return line[chain.end() :] if chain else line


def numbers_in(subject: str, prefix: str) -> tuple[int, ...]:
    """Every ticket number in the form `[#123]` (the prefix is configurable), in order, each once, ASCII digits only."""
    matches = _numbers(prefix).finditer(subject[:_SUBJECT_LIMIT])
    return tuple(dict.fromkeys(int(match[1]) for match in matches))[:_NUMBERS_LIMIT]


@lru_cache(maxsize=16)
def _numbers(prefix: str) -> re.Pattern[str]:
    return re.compile(rf"\[ ?{re.escape(prefix)} ?([0-9]{{1,9}}) ?\]", re.IGNORECASE)
