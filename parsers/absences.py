"""How out-of-office replies and sender challenges are worded, in the languages customers write.

Only tables and the questions asked of them. `SUBJECT_MARKS` are what mail systems themselves put before a subject;
`SUBJECT_WORDS` need a matching body, because people write them too.
"""

import re
import unicodedata

_MAX_BODY = 4_000
_ACCENTS = re.compile("[\u0300-\u036f]+")

SUBJECT_MARKS: tuple[str, ...] = (
    # English
    r"auto(?:matic|mated|-)?[ -]?(?:reply|response|responder|answer)",
    r"(?:automatic|automated|auto-?generated) (?:e-?mail )?(?:reply|response|answer|message|acknowledge?ment)",
    r"out[ -]of[ -](?:the )?office(?: auto-?reply| reply| message| response| notification| assistant)?",
    r"(?:on )?(?:annual |parental |maternity |sick )?leave (?:auto-?reply|notification|message)",
    r"ooo|vacation (?:reply|response|message|notice|autoreply)|away (?:from (?:my mail|the office|my desk)"
    r"|message|notice)",
    r"\[?auto-?reply\]?|auto: ?(?:re|aw)",
    # German, Dutch, Nordic languages
    r"automatische (?:antwort|rückantwort|beantwortung|mitteilung|e-?mail|nachricht|eingangsbestätigung)",
    r"abwesenheits?(?:notiz|meldung|nachricht|benachrichtigung|assistent|hinweis|info)|au(?:ß|ss)er haus|autoantwort"
    r"|autom\. antwort",
    r"automatisch(?:e)? (?:antwoord|beantwoording|bericht|reactie)|afwezig(?:heid(?:sbericht|smelding"
    r"|sassistent)?)?|niet (?:aanwezig|op kantoor)",
    r"automatiskt? (?:svar|meddelande|besked)|autosvar|frånvaro(?:meddelande)?|fravær(?:s?(?:besked|melding"
    r"|assistent))?",
    r"ikke (?:på kontoret|til stede)|fraværende|frånvarande|ej på kontoret|inte på kontoret|sjálfvirkt svar",
    # Romance languages
    r"réponse automatique|message (?:automatique|d.absence)|absence? (?:du bureau|de bureau)"
    r"|absent\(?e?\)? du bureau|notification d.absence",
    r"respuesta automática(?: de (?:ausencia|vacaciones|fuera de (?:la )?oficina))?|respuesta de fuera"
    r"|fuera de (?:la )?oficina|ausente|mensaje automático"
    r"|aviso de ausencia|auto-?respuesta",
    r"risposta automatica|fuori (?:ufficio|sede)|assente(?: dall.ufficio)?|avviso di assenza|autorisposta",
    r"resposta automática|fora do escritório|ausência(?: temporária)?|aviso de férias|ausente do escritório",
    r"resposta automàtica|fora de l.oficina|răspuns automat|răspuns automatizat",
    # Slavic and Baltic languages
    r"automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź|nieobecność|poza biurem|jestem poza biurem",
    r"automatická odpověď|automatická odpoveď|nepřítomnost|mimo kancelá[rř](?:e|ie)?|neprítomnosť",
    r"automatski odgovor|samodejni odgovor|odsutnost|van kancelarije|izvan ureda",
    r"автоматический ответ|автоответ(?:чик)?|вне офиса|отсутствие на работе|нет на (?:месте|рабочем месте)",
    r"автоматична відповідь|автовідповідь|автоматичен отговор|аутоматски одговор",
    r"automatinis atsakymas|automātiskā atbilde",
    # Finnish, Estonian, Hungarian, Greek, Turkish
    r"automaattinen vastaus|poissa(?: toimistosta)?|poissaolo(?:ilmoitus)?|automaatvastus|kontorist väljas",
    r"automatikus válasz|házon kívül|irodán kívül|αυτόματη απάντηση|εκτός γραφείου",
    r"otomatik (?:yanıt|cevap)|ofis dışı(?:nda(?:yım)?)?",
    # Asian languages, Hebrew, Arabic
    r"自動(?:応答|返信|回覆|回復|答覆)|自动(?:回复|答复|应答)|不在通知|外出中|不在のお知らせ|外出自动",
    r"자동 ?(?:회신|응답|답장)|부재 ?중|trả lời tự động|tự động trả lời|balasan otomatis|jawapan automatik",
    r"מענה אוטומטי|תשובה אוטומטית|מחוץ למשרד|رد تلقائي|الرد التلقائي|پاسخ خودکار",
    r"ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ|स्वचालित उत्तर",
)

SUBJECT_WORDS: tuple[str, ...] = (
    r"out of (?:the )?office|on (?:vacation|holiday|holidays|leave|maternity leave|annual leave)"
    r"|away from (?:my )?(?:mail|e-?mail|desk|office)",
    r"vacation|not in the office|auto-?reply|automatic reply|autoresponse|thank you for (?:your )?(?:contacting"
    r"|e-?mail|message)",
    r"urlaub|abwesen(?:d|heit)|nicht im (?:haus|büro)|krank|vakantie|afwezig|semester|ferie|ferien|lomalla|loma",
    r"vacances|congés?|absen(?:t|ce)|vacaciones|ausen(?:te|cia)|férias|ferie|assen(?:te|za)|urlop|dovolen"
    r"|szabadság|concediu|izinde",
    r"отпуск|відпуст|άδεια|休暇|休假|不在|휴가",
    r"(?:maternity|paternity|parental) leave|no longer (?:with|at|working)",
    r"^auto ?:|(?:ticket|request|case|enquiry|inquiry|message|e-?mail) (?:has been |was )?(?:received|created"
    r"|opened|registered)",
    r"we(?:'ve| have)? received your|acknowledge?ment of (?:receipt|your)|eingangsbestätigung|accusé de réception",
    r"acuse de recibo|conferma di ricezione|confirmação de recebimento|ontvangstbevestiging|mottagningsbekräftelse",
)

BODY: tuple[str, ...] = (
    # English
    r"\bi(?:'m|'ll be| am| will be| shall be)?(?: \w+){0,3} (?:out of (?:the |my )?office"
    r"|away(?:[.!,]| (?:from|until|on|and|at the moment|right now))"
    r"|on (?:\w+ )?(?:leave|vacation|holidays?)|out of (?:town|the country)"
    r"|travell?ing|unavailable|absent)",
    r"\bnot be reading my (?:e-?)?mail|\bout of (?:the |my )?office(?! (?:\w+ ){0,1}(?:plug|assist|setting"
    r"|feature|function|message|repl|mode|tool))|limited access to (?:my )?e-?mail|(?:no|not have"
    r"|without) access to (?:my )?e-?mails?|on (?:vacation|maternity leave|annual leave|parental leave)",
    r"(?:will|shall) (?:be back|return|reply|respond|get back|answer)\b.{0,60}(?:on|when|after|upon|as soon|by"
    r"|in)|no longer (?:with|work|employed|at)\b",
    r"this is an auto(?:matic|mated|-)?|automatic(?:ally generated)? (?:reply|response|message)"
    r"|automated (?:reply|response|message)|autoresponder",
    r"(?:away|closed|back|return(?:ing)?|absent) (?:from|until|on|to the office)\b.{0,30}\d"
    r"|please do not reply to this",
    # German, Dutch, Nordic languages
    r"nicht im (?:büro|hause?|dienst)|abwesend|au(?:ß|ss)er haus|im urlaub|in elternzeit|nicht erreichbar"
    r"|wieder (?:im büro|erreichbar|da)|(?:diese|dies ist eine) .{0,30}automatisch|meine abwesenheit"
    r"|nicht weitergeleitet",
    r"niet (?:aanwezig|op kantoor|bereikbaar)|afwezig|met vakantie|op vakantie|weer (?:aanwezig|bereikbaar|terug)"
    r"|(?:buiten|uit) kantoor",
    r"inte på (?:kontoret|plats)|på semester|tjänstledig|föräldraledig|(?:åter|tillbaka) (?:på |den )"
    r"|ikke (?:på kontoret|til stede)|på ferie|har ferie|tilbage (?:på|den|igen)|tilbake (?:på|den)"
    r"|ute av kontoret|bortrest|fraværende",
    # Romance languages
    r"(?:suis|serai|sommes|serons|actuellement|momentanément)(?: \w+){0,3} absent|absente? (?:du|jusqu)"
    r"|en congés?|en vacances|de retour (?:le|au|à)|hors du bureau|(?:actuellement"
    r"|momentanément) (?:absent|indisponible)|réponse automatique|message automatique",
    r"fuera de (?:la |mi )?oficina|de vacaciones|estaré (?:ausente|fuera|de)|ausente|me encuentro (?:fuera|de"
    r"|ausente)|respuesta automática|regreso|volveré|sin acceso a",
    r"fuori (?:ufficio|sede)|in ferie|assente|rientr(?:o|erò)|sarò (?:assente|fuori|di nuovo)|risposta automatica"
    r"|non sono in ufficio",
    r"fora do escritório|de férias|em férias|ausente|estarei (?:fora|ausente|de)|retornarei|regresso"
    r"|resposta automática|de vacances|fora de l.oficina|în concediu|nu sunt (?:la|în) birou|revin",
    # Slavic and Baltic languages
    r"nieobecn[ay]|poza biurem|na urlopie|przebywam|wracam|mimo kancel|nepřítom|na dovolen|neprítom|vrátím"
    r"|čerpám dovolen|odsut[ae]n|na godišnjem|na dopustu|van ureda",
    r"в отпуск|вне офис|отсутств|нет на (?:рабочем )?месте|командировк"
    r"|не в офис|у відпуст|відсутн|в отпуск|извън офис|автоматическ",
    r"atostog|nėra biure|atvaļinājum|prombūtn",
    # Finnish, Estonian, Hungarian, Greek, Turkish
    r"lomalla|poissa|palaan|kontorist väljas|puhkusel|szabadságon|házon kívül|nem vagyok az irod|távol (?:leszek"
    r"|vagyok)",
    r"εκτός γραφείου|σε άδεια|με άδεια|ofis dışında|izinde(?:yim)?|tatilde(?:yim)?|yıllık izin",
)
# The same in scripts without spaces, or with particles joined to a word: matched anywhere.
BODY_UNSPACED: tuple[str, ...] = (
    # Asian languages, Hebrew, Arabic
    r"不在|休暇|出張|自動(?:応答|返信|回覆|送信|配信)|自动(?:回复|答复|发送)"
    r"|休假|出差|休年假|部在|자리를 비|휴가|부재|출장|자동",
    r"vắng mặt|nghỉ phép|sedang cuti|di luar kantor|איני במשרד|בחופשה|إجازة|خارج المكتب|مرخصی",
)

CHALLENGE: tuple[str, ...] = (
    r"(?:confirm|verify|prove) (?:that )?(?:you|your (?:e-?mail|message|address|identity)).{0,80}(?:human"
    r"|real person|not (?:a )?(?:spam|robot|machine)|deliver|by (?:click|reply))",
    r"challenge[/ -]response|sender (?:verification|confirmation|address verification)|verify#|spam ?arrest"
    r"|boxtrapper|tmda|bluebottle|sendio|choicemail",
    r"(?:your (?:message|e-?mail) (?:is|has been|was) (?:being )?(?:held|quarantined)"
    r"|waiting for (?:your )?(?:verification|confirmation|approval)).{0,200}(?:click|reply|confirm|verify)",
    r"(?:click|reply|follow).{0,80}to (?:have|get|deliver|release) your (?:e-?mail|message|mail)|added to (?:my"
    r"|the|our) (?:approved|allowed|white) ?(?:senders? )?list.{0,200}(?:click|reply)",
    r"spamblocker|anti-?spam uol|confirmação de e-?mail.{0,80}anti-?spam|bestätigen sie.{0,80}(?:kein spam|mensch)",
)

# One of these stands in every challenge; looked for first, because every human mail is asked this question.
_CHALLENGE_WORDS = (
    "challenge",
    "verif",
    "spam",
    "boxtrapper",
    "tmda",
    "confirm",
    "approv",
    "whitelist",
    "white list",
    "release",
    "deliver",
)


def _plain(text: str) -> str:
    """The text without accents and full-width forms: people and old systems leave the accents out."""
    return text if text.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", text))


def _prefix(alternatives: tuple[str, ...]) -> re.Pattern[str]:
    # A mark is followed by the quoted subject or by nothing: "Automatic reply: X", never "Automatic reply is broken".
    marks = _plain("|".join(alternatives))
    return re.compile(
        rf"^\W{{0,5}}(?:{marks})(?:\s(?:auf|op|to|på|til|à|a|su|na))?\s*(?:[:\-\u2013\u2014(\[\]\u3011>!.,|].*)?$",
        re.IGNORECASE,
    )


_QUESTION_MARKS = ("?", "？", "؟")
_MARKED_SUBJECT = _prefix(SUBJECT_MARKS)
_ABSENT_SUBJECT = re.compile(_plain("|".join((*SUBJECT_MARKS, *SUBJECT_WORDS))), re.IGNORECASE)
_ABSENT_BODY = re.compile(rf"(?<!\w)(?:{_plain('|'.join(BODY))})|{_plain('|'.join(BODY_UNSPACED))}", re.IGNORECASE)
_CHALLENGING = re.compile("|".join(CHALLENGE), re.IGNORECASE)


def is_marked_subject(subject: str) -> bool:
    """Whether the subject begins as auto-responders begin theirs. `Re: Automatic reply` does not: somebody "
    "answered."""
    return _MARKED_SUBJECT.match(_plain(subject.strip())) is not None


def mentions_absence(subject: str) -> bool:
    """Whether the subject has words of absence anywhere; a person may have written them, and one who asks has."""
    return not subject.rstrip().endswith(_QUESTION_MARKS) and _ABSENT_SUBJECT.search(_plain(subject)) is not None


def says_absent(body: str) -> bool:
    """Whether the body says, near its top, that nobody is there or that no person is speaking."""
    return _ABSENT_BODY.search(_plain(_one_line(body))) is not None


def is_challenge(subject: str, body: str) -> bool:
    """Whether the mail asks its reader to prove that he is no spammer."""
    said = f"{subject} {body[:_MAX_BODY]}".lower()
    if not any(word in said for word in _CHALLENGE_WORDS):
        return False
    return _CHALLENGING.search(f"{subject} {_one_line(body)}") is not None


def _one_line(body: str) -> str:
    return " ".join(body[:_MAX_BODY].replace("\u2019", "'").split())
