"""Whether a text that speaks of absence is a notice and nothing but one, or a person's mail that mentions it.

What notices say beside the absence itself: that mail is not read or passed on, whom to turn to, when somebody will be
back, thanks for the message. Only tables and the two questions asked of them; `absences` has the words of absence.
"""

import re

from parsers.absences import says_absent
from parsers.phrases import CLOSINGS, fold, folded

_MAX_CHARS = 1_200
_MIN_SIGNS = 2
_CLOSINGS = folded(CLOSINGS)
# Shorter sentences are greetings, closings and names.
_FEW_WORDS = 4
# A full stop behind a number is a date's or an ordinal's.
_SENTENCE_END = re.compile(r"(?<=[^\d\s][.!?:;])\s+|(?<=[。！？])|\n\s*\n")

# A row is one sign, in the languages customers write. Words are matched from their start: that costs least.
_ROWS = (
    # nobody reads the mail, or passes it on
    r"(?:limited|no|without|not have|intermittent|sporadic) (?:regular |any )?access"
    r"|not be (?:read|forwarded|checked|monitored)|(?:not|nicht) (?:be )?(?:forwarded|weitergeleitet|gelesen)"
    r"|checking (?:my )?e-?mail"
    r"|keinen zugriff|pas (?:accès|transféré|consult|relev)|sin acceso|acceso limitado|non ho accesso"
    r"|accesso limitato|sem acesso|acesso limitado|niet (?:doorgestuurd|gelezen)|geen toegang"
    r"|(?:inte|ikke) (?:vidarebefordra|videresend|læst|lest|tilgang|adgang)|läser inte|ei (?:lueta|välitetä)"
    r"|nie (?:jest|będzie|będą|mam) (?:przekazyw|czytan|dostęp)|nebude přeposl|nemám přístup",
    # whom to turn to
    r"(?:if|for|in|any|anything|something|is|are) (?:\w+ ){0,3}urgen|urgent (?:matter|case|request|issue|question|need)"
    r"|emergency|immediate (?:assistance|attention|help)|in my absence|(?:contact|reach) (?:my|our) colleague"
    r"|please (?:contact|write|direct|e-?mail|call|forward|send (?:it|your|all))"
    r"|dringend|eilig|in meiner abwesenheit|vertret|wenden sie sich|en mon absence|contact(?:er|ez)"
    r"|en mi ausencia|contacte|p[oó]ngase en contacto|in mia assenza|contatta|rivolger|na minha ausência"
    r"|dringende|spoed|contact op(?:nemen)?|tijdens mijn afwezigheid|brådskande|kontakta|haster|kontakt venligst"
    r"|kiireel|ota yhteyttä|piln|pod moją nieobecność|proszę o kontakt|naléhav|kontaktujte|срочн|терміно|acil",
    # when somebody will be back
    r"(?:i|we)(?:'ll| will| shall) (?:be back|return|respond|reply|answer|get back|read)|on my return"
    r"|when i(?:'m| am| get)? (?:back|return)|back (?:on|in the office)|nach meiner rückkehr"
    r"|wieder (?:da|erreichbar|im (?:büro|haus|dienst)|zurück)|ab (?:dem )?\d+|à mon retour|de retour|dès mon"
    r"|a mi (?:regreso|vuelta)"
    r"|volveré|al mio (?:ritorno|rientro)|rientr|retornarei|regress|bij (?:mijn )?terugkomst|weer (?:aanwezig"
    r"|terug|bereikbaar)|tillbaka|åter|tilbage|tilbake|palaan|wracam|po powrocie|vrátím|после возвращения",
    # that a program speaks
    r"auto(?:matic|mated|matisch|matique|mática|matica|matico|mático|matisk|maatti|matycz|matick)|not reply"
    r"|no longer (?:with|work|employed|at)|автоматич",
    # thanks for a message nobody has read
    r"thank(?:s| you) for (?:your |the )?(?:e-?mail|message|mail|contacting|writing|getting)|danke? für ihre"
    r"|merci (?:de|pour) (?:votre|ton)|gracias por (?:su|tu|contact)|grazie per|obrigad[oa] pel|bedankt voor"
    r"|tack för|tak for|takk for|kiitos viest|dziękuję za|děkuji za|спасибо за",
)
# The same in scripts without spaces between words.
_UNSPACED = re.compile(r"[自자][動动동]|戻|お急ぎ|ご連絡|紧急|緊急|急用|联系|聯絡|返回|回来|급한|긴급|연락|복귀|답장")
_SIGNS = tuple(re.compile(rf"(?<!\w)(?:{row})", re.IGNORECASE) for row in _ROWS)
_ANY_SIGN = re.compile(rf"(?<!\w)(?:{'|'.join(_ROWS)})|\w@\w|{_UNSPACED.pattern}", re.IGNORECASE)
_GREETING = re.compile(r"[^\n.?]{1,60}[,!]\s*\n")
# What one asks a reader for who has read on, and what one wishes.
_REQUEST = re.compile(
    r"\bi(?:'d| would)? (?:need|want|like)\b|\bich (?:brauche|möchte|will)\b|\bje (?:voudrais|souhaite)|j'ai besoin"
    r"|\b(?:necesito|quiero|quisiera|ho bisogno|vorrei|preciso|gostaria|potrzebuję|chcę|potřebuji|chci)\b"
    r"|\bik (?:wil|heb)\b|\bjag (?:behöver|vill)\b|\bjeg (?:vil|har brug|trenger)\b|мне нуж|хочу|потріб|"
    r"\bplease\b|\bbitte\b|\bveuillez\b|\bmerci de\b|s'il vous pla|\bpor favor\b"
    r"|\bper (?:favore|cortesia)\b|\balstublieft\b|\bgraag\b|\bproszę\b|\bprosím\b|\bvar (?:vänlig|god)\b"
    r"|\bvenligst\b|\bvennligst\b|\bkérem\b|\bvă rog\b"
    r"|пожалуйста|будь ласка|прошу|\blütfen\b|παρακαλώ|お願い|请|請|부탁",
    re.IGNORECASE,
)


def asks_something_else(body: str) -> bool:
    """Whether a sentence asks for something that no notice asks for, so that a person wrote the text."""
    requests = (part for part in _SENTENCE_END.split(_said(body)) if _REQUEST.search(part))
    return any(not _has_sign(part) for part in requests)


def is_only_a_notice(body: str) -> bool:
    """Whether every sentence is of absence or one of the signs, and there are two signs; date and address count.

    So much is asked because the mail has no other sign: one sentence of a person's own in it is a mail to be answered.
    """
    if len(body) >= _MAX_CHARS or "?" in body:
        return False
    said = _between_greeting_and_closing(_said(body))
    sentences = [part for part in _SENTENCE_END.split(said) if _is_long(part)]
    # Most mails are done with after their first sentence.
    if not sentences or not all(_has_sign(part) or says_absent(part) for part in sentences):
        return False
    told = any(char.isdigit() for char in said) + ("@" in said) + (_UNSPACED.search(said) is not None)
    signs = told + sum(sign.search(said) is not None for sign in _SIGNS)
    return signs >= _MIN_SIGNS and says_absent(said)


def _is_long(sentence: str) -> bool:
    """Whether it says something: what is shorter greets, closes or names."""
    return len(sentence.split()) >= _FEW_WORDS or sum(char > "\u2e80" for char in sentence) > 2 * _FEW_WORDS


def _has_sign(sentence: str) -> bool:
    return _ANY_SIGN.search(sentence) is not None


def _between_greeting_and_closing(said: str) -> str:
    """The text without the line that greets and those from the closing on: they say nothing."""
    greeting = _GREETING.match(said)
    lines = said[greeting.end() if greeting else 0 :].split("\n")
    closing = next((at for at, line in enumerate(lines) if at and fold(line).strip(" ,.!") in _CLOSINGS), len(lines))
    return "\n".join(lines[:closing])


def _said(body: str) -> str:
    return body[:_MAX_CHARS].strip().replace("\u2019", "'")
