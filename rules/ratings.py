"""Reading a rating from the answer to a survey: a number, stars, thumbs, or a word, alone on the first line.

Anything that could be an ordinary sentence is no rating: then the mail is a reply like any other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

BEST = 5

_WORDS: Mapping[int, str] = {
    5: "very good|excellent|great|perfect|sehr gut|ausgezeichnet|super|muy bien|excelente|muy bueno|très bien|parfait"
    "|bardzo dobrze|świetnie|doskonale|muito bom|muito bem|ótimo|molto bene|ottimo|eccellente"
    "|дуже добре|чудово|відмінно",
    4: "good|fine|gut|bien|bueno|bon|dobrze|dobry|bom|bem|bene|buono|добре|👍",
    3: "ok|okay|average|so so|mittel|geht so|in ordnung|regular|moyen|średnio|może być|razoável|médio|così così"
    "|discreto|нормально|задовільно",
    2: "bad|poor|schlecht|mal|malo|mauvais|źle|słabo|mau|ruim|male|scarso|погано|👎",
    1: "very bad|terrible|awful|sehr schlecht|furchtbar|muy mal|pésimo|très mauvais|nul|bardzo źle|fatalnie|muito mau"
    "|péssimo|molto male|pessimo|дуже погано|жахливо",
}
_SCORES = {word: score for score, words in _WORDS.items() for word in words.split("|")}
_NUMBER = re.compile(
    r"\W{0,4}([1-5])(?:\s*/\s*5|\s+(?:of|von|de|sur|na|su|з)\s+5)?\s*(?:(?P<rest>[-–—:;,!]\s+\S.*)|\W{0,4})", re.DOTALL
)
_STARS = re.compile(r"\s*(?:(★{1,5})☆{0,4}|((?:⭐\ufe0f?){1,5}))\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a customer thought, from 1 (bad) to 5 (very good), and said about it."""

    score: int
    comment: str = ""


def read_rating(text: str) -> Rating | None:
    """The rating at the top of what a customer newly wrote; None when the first line is not one."""
    first, _, rest = text.strip().partition("\n")
    if len(first) > 200:
        return None
    number = _NUMBER.fullmatch(first)
    if number:
        said = (number["rest"] or "").lstrip("-–—:;,! ")
        return Rating(score=int(number[1]), comment=f"{said}\n{rest}".strip())
    stars = _STARS.fullmatch(first)
    if stars:
        return Rating(score=first.count("★") + first.count("⭐"), comment=rest.strip())
    score = _SCORES.get(" ".join(re.sub(r"[.!¡*_\"'«»„“”]+", " ", first.casefold()).split()))
    return None if score is None else Rating(score=score, comment=rest.strip())
