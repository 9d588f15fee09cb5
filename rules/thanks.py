"""A bare "thanks": a mail that asks nothing, in the languages customers write. It must not reopen a solved ticket.

Cautious: every word of the mail must be known, so that "thanks, but it still fails" is never taken for a thank-you.
"""

import re
import unicodedata

_TEXT_LIMIT = 200
_THANKS = """
thanks|thank you|thanks a lot|thanks a million|many thanks|thanks so much|thank you so much|thank you very much
much appreciated|thx|ty|cheers|tysm
danke|vielen dank|danke schön|dankeschön|danke sehr|herzlichen dank|besten dank|tausend dank|merci
merci beaucoup|un grand merci|mille mercis
gracias|muchas gracias|mil gracias|muchísimas gracias|grazie|grazie mille|molte grazie|tante grazie|obrigado
obrigada|muito obrigado|muito obrigada
dank je|dank u|dank je wel|dank u wel|bedankt|hartelijk dank|tack|tack så mycket|stort tack|tusen tack|takk
tusen takk|mange takk|tak|mange tak|tusind tak
kiitos|kiitoksia|paljon kiitoksia|kiitos paljon|suuret kiitokset|dziękuję|dziękuję bardzo|bardzo dziękuję|dzięki
wielkie dzięki
děkuji|děkuju|díky|mockrát děkuji|děkuji mnohokrát|ďakujem|ďakujem pekne|vďaka|köszönöm|köszönöm szépen
nagyon köszönöm|köszi
mulțumesc|mulțumesc mult|mersi|multumesc|multumesc mult|благодаря|много благодаря|спасибо|большое спасибо
спасибо большое|благодарю
дякую|щиро дякую|дуже дякую|teşekkürler|teşekkür ederim|çok teşekkürler|çok teşekkür ederim|sağ olun|ευχαριστώ
ευχαριστώ πολύ|σας ευχαριστώ
hvala|hvala lijepa|hvala lepa|puno hvala|najlepša hvala|хвала|хвала пуно|aitäh|suur aitäh|tänan|paldies
liels paldies|ačiū|labai ačiū
ありがとう|ありがとうございます|ありがとうございました|どうもありがとうございます|谢谢|谢谢你|谢谢您|多谢
非常感谢|謝謝|謝謝你|謝謝您|多謝|非常感謝|감사합니다|고맙습니다|고마워요
תודה|תודה רבה|شكرا|شكراً|شكرا جزيلا|شكراً جزيلاً|cảm ơn|cảm ơn bạn|cám ơn|cảm ơn nhiều|ขอบคุณ|ขอบคุณครับ
ขอบคุณค่ะ|ขอบคุณมาก|ขอบคุณมากครับ|ขอบคุณมากค่ะ
terima kasih|terima kasih banyak|makasih|gràcies|moltes gràcies|takk fyrir|faleminderit|धन्यवाद|ধন্যবাদ|நன்றி
"""
_FILLERS = """
hi|hello|dear all|all|ok|okay|great|perfect|super|excellent|awesome|wonderful|brilliant|fantastic|good|nice|cool
again|everyone|team|very much|indeed
for your help|for the help|for your quick reply|for the quick reply|for the quick response|for your support
for the information|for your reply
it works|it works now|works now|that works|that worked|that helped|this helped|all good|all good now|solved
problem solved|issue solved|fixed|got it|noted
best|regards|best regards|kind regards|have a nice day|have a great day|have a nice weekend
hallo|prima|toll|klasse|wunderbar|bestens|alles klar|für die hilfe|für ihre hilfe|für deine hilfe
für die schnelle hilfe|für die schnelle antwort|funktioniert|es funktioniert|hat geklappt|viele grüße|grüße|gruß
mit freundlichen grüßen|schönen tag|mfg|lg
parfait|génial|bonjour|pour votre aide|pour votre réponse|pour tout|ça marche|cordialement|bonne journée
bien à vous
perfecto|genial|hola|por la ayuda|por su ayuda|por todo|saludos|un saludo|perfetto|ottimo|ciao|per l aiuto
cordiali saluti|saluti|perfeito|ótimo|pela ajuda|abraço
geweldig|top|voor de hulp|voor uw hulp|groet|groeten|met vriendelijke groet|bra|jättebra|för hjälpen|hälsningar
mvh|for hjelpen|for hjælpen|hilsen
hyvä|hienoa|terveisin|super|świetnie|za pomoc|pozdrawiam|skvělé|za pomoc|pozdravem|отлично|за помощь|с уважением
чудово|за допомогу
"""


def _phrases(table: str) -> frozenset[tuple[str, ...]]:
    rows = (phrase for line in table.split("\n") for phrase in line.split("|"))
    return frozenset(words for phrase in rows if (words := tuple(_words(phrase))))


_SEPARATORS = re.compile(r"[^\w]+")


def _words(text: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in ("Mn", "So", "Sk"))
    return [word for word in _SEPARATORS.split(plain.casefold()) if word]


_KNOWN_THANKS = _phrases(_THANKS)
_KNOWN_FILLERS = _phrases(_FILLERS)
_LONGEST = max(len(phrase) for phrase in _KNOWN_THANKS | _KNOWN_FILLERS)
_NAME = re.compile(r"[ ,\n]+(?P<name>[^\W\d_]{2,20})\s*[.!,]*\s*$")


def is_bare_thanks(text: str) -> bool:
    """Whether the text says thank you and nothing else, but perhaps "great", a greeting and one name at the end."""
    text = text.strip()
    if not text or len(text) > _TEXT_LIMIT or any(mark in text for mark in "?？؟"):
        return False
    return _is_thanks(text) or _is_thanks(_without_name(text))


def _without_name(text: str) -> str:
    """The text without a capitalised word at its end, unless that word begins a sentence of its own."""
    match = _NAME.search(text)
    is_name = match is not None and match["name"][0].isupper() and not text[: match.start()].endswith((".", ":", ";"))
    return text[: match.start()] if match and is_name else ""


def _is_thanks(text: str) -> bool:
    words, place, thanked = _words(text), 0, False
    while place < len(words):
        phrase = _longest_phrase(words, place)
        if not phrase:
            return False
        thanked = thanked or phrase in _KNOWN_THANKS
        place += len(phrase)
    return thanked


def _longest_phrase(words: list[str], place: int) -> tuple[str, ...]:
    for length in range(min(_LONGEST, len(words) - place), 0, -1):
        phrase = tuple(words[place : place + length])
        if phrase in _KNOWN_THANKS or phrase in _KNOWN_FILLERS:
            return phrase
    return ()
