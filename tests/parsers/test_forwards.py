"""Inline forwards: the layouts of the clients, each in the words of many languages."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from parsers.cuts import Cuts, Span
from parsers.forwards import read_forward
from parsers.mail import Address


class Words(NamedTuple):
    """What clients print in one language: labels are from, subject, date, to, cc and from, sent, to, cc, subject."""

    apple: str
    apple_labels: str
    separator: str
    outlook_labels: str
    prefix: str
    attribution: str


LANGUAGES = {
    "cs": Words(
        "Začátek přeposílané zprávy:",
        "Od|Předmět|Datum|Komu|Kopie",
        "Přeposlaná zpráva",
        "Od|Odesláno|Komu|Kopie|Předmět",
        "FW",
        'Dne 3.1.20 12:34, uživatel "John Doe" <john@x.com> napsal(a):',
    ),
    "da": Words(
        "Videresendt besked:",
        "Fra|Emne|Dato|Til|Cc",
        "Videresendt meddelelse",
        "Fra|Sendt|Til|Cc|Emne",
        "VS",
        'Den 03.01.2020 12.34 skrev "John Doe" <john@x.com>:',
    ),
    "de": Words(
        "Anfang der weitergeleiteten Nachricht:",
        "Von|Betreff|Datum|An|Kopie",
        "Weitergeleitete Nachricht",
        "Von|Gesendet|An|Cc|Betreff",
        "WG",
        'Am 03.01.20, 12:34 schrieb "John Doe" <john@x.com>:',
    ),
    "en": Words(
        "Begin forwarded message:",
        "From|Subject|Date|To|Cc",
        "Forwarded Message",
        "From|Sent|To|Cc|Subject",
        "FW",
        'On 3/1/20, 12:34, "John Doe" <john@x.com> wrote:',
    ),
    "es": Words(
        "Inicio del mensaje reenviado:",
        "De|Asunto|Fecha|Para|Cc",
        "Mensaje reenviado",
        "De|Enviado el|Para|CC|Asunto",
        "RV",
        'El 3/1/20 12:34, "John Doe" <john@x.com> escribió:',
    ),
    "et": Words(
        "Algab edasisaadetud kiri:",
        "Saatja|Teema|Kuupäev|Saaja|Koopia",
        "Edastatud kiri",
        "Saatja|Saadetud|Saaja|Koopia|Teema",
        "Edasi",
        "3.1.2020 12:34 kirjutas John Doe <john@x.com>:",
    ),
    "fi": Words(
        "Välitetty viesti alkaa:",
        "Lähettäjä|Aihe|Päivämäärä|Vastaanottaja|Kopio",
        "Välitetty viesti",
        "Lähettäjä|Lähetetty|Vastaanottaja|Kopio|Aihe",
        "VL",
        "John Doe <john@x.com> kirjoitti 3.1.2020 kello 12.34:",
    ),
    "fr": Words(
        "Début du message réexpédié :",
        "De|Objet|Date|À|Cc",
        "Message transféré",
        "De|Envoyé|À|Cc|Objet",
        "TR",
        "Le 03/01/2020 12:34, « John Doe » <john@x.com> a écrit :",
    ),
    "hr": Words(
        "Započni proslijeđenu poruku:",
        "Od|Predmet|Datum|Prima|Kopija",
        "Proslijeđena poruka",
        "Od|Poslano|Prima|Kopija|Predmet",
        "FW",
        'Dana 3.1.2020. 12:34, "John Doe" <john@x.com> napisao je:',
    ),
    "hu": Words(
        "Továbbított levél kezdete:",
        "Feladó|Tárgy|Dátum|Címzett|Másolatot kap",
        "Továbbított üzenet",
        "Feladó|Elküldve|Címzett|Másolatot kap|Tárgy",
        "FW",
        '2020. 01. 03. 12:34 keltezéssel, "John Doe" <john@x.com> írta:',
    ),
    "it": Words(
        "Inizio messaggio inoltrato:",
        "Da|Oggetto|Data|A|Cc",
        "Messaggio Inoltrato",
        "Da|Inviato|A|Cc|Oggetto",
        "I",
        'Il giorno 03/01/20, 12:34 "John Doe" <john@x.com> ha scritto:',
    ),
    "nl": Words(
        "Begin doorgestuurd bericht:",
        "Van|Onderwerp|Datum|Aan|Kopie",
        "Doorgestuurd bericht",
        "Van|Verzonden|Aan|CC|Onderwerp",
        "FW",
        "Op 03-01-2020 12:34 heeft John Doe <john@x.com> geschreven:",
    ),
    "no": Words(
        "Videresendt melding:",
        "Fra|Emne|Dato|Til|Kopi",
        "Videresendt melding",
        "Fra|Sendt|Til|Kopi|Emne",
        "VS",
        "John Doe <john@x.com> skrev følgende den 03.01.2020 12:34:",
    ),
    "pl": Words(
        "Początek przekazywanej wiadomości:",
        "Od|Temat|Data|Do|DW",
        "Treść przekazanej wiadomości",
        "Od|Wysłano|Do|DW|Temat",
        "PD",
        "Dnia 03.01.2020 12:34 „John Doe” <john@x.com> napisał:",
    ),
    "pt": Words(
        "Início da mensagem reencaminhada:",
        "De|Assunto|Data|Para|Cc",
        "Mensagem reencaminhada",
        "De|Enviado|Para|Cc|Assunto",
        "FW",
        'Em 03/01/2020 12:34, "John Doe" <john@x.com> escreveu:',
    ),
    "pt-br": Words(
        "Início da mensagem encaminhada:",
        "De|Assunto|Data|Para|Cc",
        "Mensagem encaminhada",
        "De|Enviada em|Para|Cc|Assunto",
        "ENC",
        'Em 03/01/2020 12:34, "John Doe" <john@x.com> escreveu:',
    ),
    "ro": Words(
        "Începe mesajul redirecționat:",
        "De la|Subiect|Dată|Către|Cc",
        "Mesaj redirecționat",
        "De la|Trimis|Către|Cc|Subiect",
        "Redirecționat",
        'În data de 03.01.2020 12:34, "John Doe" <john@x.com> a scris:',
    ),
    "ru": Words(
        "Начало переадресованного сообщения:",
        "От|Тема|Дата|Кому|Копия",
        "Пересылаемое сообщение",
        "От|Отправлено|Кому|Копия|Тема",
        "FW",
        '03.01.2020, 12:34, пользователь "John Doe" <john@x.com> написал:',
    ),
    "sk": Words(
        "Začiatok preposlanej správy:",
        "Od|Predmet|Dátum|Komu|Kópia",
        "Preposlaná správa",
        "Od|Odoslané|Komu|Kópia|Predmet",
        "FW",
        'Dňa 3.1.2020 12:34 používateľ "John Doe" <john@x.com> napísal:',
    ),
    "sv": Words(
        "Vidarebefordrat mejl:",
        "Från|Ämne|Datum|Till|Kopia",
        "Vidarebefordrat meddelande",
        "Från|Skickat|Till|Kopia|Ämne",
        "VB",
        'Den 2020-01-03 12:34 skrev "John Doe" följande <john@x.com>:',
    ),
    "tr": Words(
        "İleti başlangıcı:",
        "Kimden|Konu|Tarih|Kime|Bilgi",
        "İletilmiş Mesaj",
        "Kimden|Gönderildi|Kime|Bilgi|Konu",
        "İLT",
        "John Doe <john@x.com> şunları yazdı (3.01.2020 12:34):",
    ),
    "uk": Words(
        "Початок листа, що пересилається:",
        "Від|Тема|Дата|Кому|Копія",
        "Переслане повідомлення",
        "Від|Надіслано|Кому|Копія|Тема",
        "FW",
        '03.01.2020 12:34, користувач "John Doe" <john@x.com> написав:',
    ),
    "zh": Words(
        "以下是转发的邮件:",
        "发件人|主题|日期|收件人|抄送",
        "转发的邮件",
        "发件人|发送时间|收件人|抄送|主题",
        "转发",
        "在 2020/1/3 12:34，“John Doe”<john@x.com> 写道:",
    ),
    "ja": Words(
        "転送されたメッセージ:",
        "差出人|件名|日付|宛先|Cc",
        "転送メッセージ",
        "差出人|送信日時|宛先|CC|件名",
        "転送",
        '2020/01/03 12:34、"John Doe" <john@x.com> のメール:',
    ),
    "ko": Words(
        "전달된 메시지:",
        "보낸 사람|제목|날짜|받는 사람|참조",
        "전달된 메시지",
        "보낸 사람|보낸 날짜|받는 사람|참조|제목",
        "FW",
        '2020. 1. 3. 12:34에 "John Doe" <john@x.com>님이 작성:',
    ),
}
Client = Callable[[Words], tuple[str, str]]
BODY = "Dear Bob,\n\nthe printer is broken.\nJohn"
COMMENT = "Look at this.\n\nThanks"
VALUES = {
    "from": "John Doe <john@x.com>",
    "subject": "A printer",
    "date": "3. January 2020 12:34:56 CET",
    "to": "Bob Smith <bob@y.com>",
    "cc": "Amy <amy@y.com>, zoe@y.com",
}


def block(labels: str, order: str, form: str = "{}: {}") -> str:
    fields = zip(labels.split("|"), order.split(), strict=True)
    return "\n".join(form.format(label, VALUES[field]) for label, field in fields)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def apple(words: Words) -> tuple[str, str]:
    values = block(words.apple_labels, "from subject date to cc")
    return f"{words.apple}\n\n{quoted(values)}\n>\n{quoted(BODY)}", "Fwd: x"


def apple_all_quoted(words: Words) -> tuple[str, str]:
    values = block(words.apple_labels, "from subject date to cc")
    return quoted(f"{words.apple}\n\n{values}\n\n{BODY}"), "Fwd: x"


def apple_bold(words: Words) -> tuple[str, str]:
    values = block(words.apple_labels, "from subject date to cc", "*{}:* {}")
    return f"{words.apple}\n\n{values}\n\n{BODY}", "x"


def gmail(words: Words) -> tuple[str, str]:
    values = block(words.apple_labels, "from subject date to cc")
    return f"---------- Forwarded message ---------\n{values}\n\n\n{BODY}\n", "Fwd: x"


def thunderbird(words: Words) -> tuple[str, str]:
    values = block(words.apple_labels, "from subject date to cc", "{} : \t{}")
    return f"-------- {words.separator} --------\n{values}\n\n\n\n{BODY}\n", "Fwd: x"


def yahoo(words: Words) -> tuple[str, str]:
    values = block(words.apple_labels, "from subject date to cc")
    return f"----- {words.separator} -----\n\n{values}\n\n{BODY}\n", "Fw: x"


def outlook(words: Words) -> tuple[str, str]:
    return f"{block(words.outlook_labels, 'from date to cc subject')}\n\n{BODY}\n", f"{words.prefix}: x"


def outlook_bold(words: Words) -> tuple[str, str]:
    return f"{block(words.outlook_labels, 'from date to cc subject', '*{}:* {}')}\n\n{BODY}\n", f"{words.prefix}: x"


def outlook_web(words: Words) -> tuple[str, str]:
    values = block(words.outlook_labels, "from date to cc subject").replace("\n", "\n\n")
    return f"{'_' * 32}\n{values}\n\n{BODY}\n", "Fw: x"


@pytest.mark.parametrize("client", [apple, apple_all_quoted, apple_bold, gmail, thunderbird, yahoo])
@pytest.mark.parametrize("comment", [COMMENT, ""])
def test_a_forward_below_a_separator_is_read_whole(client: Client, comment: str) -> None:
    for words in LANGUAGES.values():
        text, subject = client(words)
        assert_read(f"{comment}\n\n{text}", subject, comment)


@pytest.mark.parametrize("client", [outlook, outlook_bold, outlook_web])
@pytest.mark.parametrize("comment", [COMMENT, ""])
def test_a_forward_with_only_a_header_block_is_known_by_its_subject(client: Client, comment: str) -> None:
    for words in LANGUAGES.values():
        text, subject = client(words)
        assert_read(f"{comment}\n\n{text}", subject, comment)


def assert_read(text: str, subject: str, comment: str) -> None:
    forward = read_forward(text, subject)
    assert forward is not None, text
    assert forward.sender == Address(name="John Doe", address="john@x.com"), text
    assert forward.to == (Address(name="Bob Smith", address="bob@y.com"),)
    assert forward.cc == (Address(name="Amy", address="amy@y.com"), Address(address="zoe@y.com"))
    assert (forward.subject, forward.date) == (VALUES["subject"], VALUES["date"])
    assert (forward.body, forward.comment) == (BODY, comment)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forward_with_only_an_attribution_tells_sender_and_date(language: str) -> None:
    words = LANGUAGES[language]
    forward = read_forward(f"{COMMENT}\n\n{words.attribution}\n\n{BODY}", "FW: x")
    assert forward is not None
    assert forward.sender == Address(name="John Doe", address="john@x.com")
    assert (forward.body, forward.comment) == (BODY, COMMENT)
    assert "20" in forward.date


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_header_block_under_an_answered_subject_is_a_reply(language: str) -> None:
    text, _ = outlook(LANGUAGES[language])
    assert read_forward(f"{COMMENT}\n\n{text}", "Re: Fwd: x") is None


@pytest.mark.parametrize(
    ("subject", "is_forward"),
    [
        ("Fwd: Re: x", True),
        ("[EXT] WG: x", True),
        ("[#123] Fw: x", True),
        ("AW: WG: x", False),
        ("Re[2]: x", False),
        ("回复: x", False),
        ("転送：x", True),
        ("x", False),
        ("Update: x", False),
    ],
)
def test_the_outermost_prefix_tells_forward_from_reply(subject: str, is_forward: bool) -> None:
    text, _ = outlook(LANGUAGES["en"])
    assert (read_forward(f"{COMMENT}\n\n{text}", subject) is not None) == is_forward


def test_a_danish_vs_is_a_forward_and_a_finnish_one_a_reply() -> None:
    assert read_forward(outlook(LANGUAGES["da"])[0], "VS: x") is not None
    assert read_forward(outlook(LANGUAGES["fi"])[0], "VS: x") is None


def test_an_original_message_without_prefix_and_words_above_is_a_forward() -> None:
    text = f"-------- Original Message --------\n{block('From|Date|To', 'from date to')}\n\n{BODY}"
    assert read_forward(text, "") is not None
    assert read_forward(f"Thanks, that helps.\n\n{text}", "") is None


def test_the_outermost_of_nested_forwards_is_read_and_the_inner_kept_in_its_body() -> None:
    inner = gmail(LANGUAGES["en"])[0].replace("john@x.com", "inner@x.com")
    forward = read_forward(f"{gmail(LANGUAGES['en'])[0]}\n{inner}", "Fwd: Fwd: x")
    assert forward is not None
    assert forward.sender == Address(name="John Doe", address="john@x.com")
    assert "inner@x.com" in forward.body


def test_a_reply_that_quotes_a_forward_forwards_nothing() -> None:
    text = f"Yes.\n\nOn 3/1/2023 10:30, Bob <b@y.com> wrote:\n{quoted(gmail(LANGUAGES['en'])[0])}"
    assert read_forward(text, "Re: Fwd: x") is None


def test_a_mail_without_any_mark_forwards_nothing() -> None:
    assert read_forward("Please forward: this.\n\nThanks", "Fwd: x") is None


def test_an_attribution_with_a_name_only_leaves_the_address_unknown() -> None:
    forward = read_forward(f"On 3/1/2020 10:30, John Doe wrote:\n\n{BODY}", "Fwd: x")
    assert forward is not None
    assert (forward.sender, forward.date) == (Address(name="John Doe", address=""), "3/1/2020 10:30")


def test_a_forward_ends_where_mutt_says_so() -> None:
    forward = read_forward(
        f"----- Forwarded message from John -----\n\n{block('From', 'from')}\n\n{BODY}\n\n"
        "----- End forwarded message -----\n\n-- \nAnn",
        "x",
    )
    assert forward is not None
    assert forward.body == BODY


def test_a_forward_known_from_mark_up_needs_no_separator_in_a_known_language() -> None:
    text = f"See.\n\nIbaballa:\n{BODY}"
    forward = read_forward(text, "x", Cuts(forwards=(Span(start=text.index("Ibab"), end=len(text)),)))
    assert forward is not None
    assert forward.comment == "See."


def test_a_lotus_forward_keeps_its_labels_behind_tabs() -> None:
    text = "----- Forwarded by Ann/ACME on 01/03/2020 10:30 AM -----\n\nFrom:\tJohn Doe/ACME\nTo:\tBob\nDate:\t1/2/2020"
    forward = read_forward(f"{text}\nSubject:\tA printer\n\n{BODY}", "Fw: x")
    assert forward is not None
    assert forward.sender == Address(name="John Doe/ACME", address="")
    assert forward.body == BODY
