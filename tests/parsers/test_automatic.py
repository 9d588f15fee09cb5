"""People are told from machines, and each answer names the sign it rests on."""

import pytest
from bounce_samples import TEXTS, Sample

from parsers.automatic import classify
from parsers.bodies import read_body
from parsers.bounces import read_bounce
from parsers.mail import Automatic, AutomaticKind
from parsers.structure import read_structure

HUMAN_BODY = "Hello,\n\nmy printer does not print any more. Can you help?\n\nAnna\n"
AWAY_BODY = "Thank you for your message. I am out of the office until 12 March and have no access to my e-mail.\n"


def judge(headers: str, body: str = HUMAN_BODY) -> Automatic:
    default = "" if "From:" in headers else "From: Anna <anna@customer.example>\n"
    return judge_mail(f"{default}{headers.strip()}\n\n{body}")


def judge_mail(mail: str) -> Automatic:
    structure = read_structure(mail.encode())
    text = read_body(structure.parts).text
    return classify(structure, text, structure.headers.get("subject"), read_bounce(structure, text))


@pytest.mark.parametrize(
    ("headers", "kind", "evidence"),
    [
        ("Auto-Submitted: auto-replied", "auto-reply", "Auto-Submitted: auto-replied"),
        ("Auto-Submitted: AUTO-REPLIED (vacation)", "auto-reply", "Auto-Submitted: AUTO-REPLIED (vacation)"),
        ("Auto-Submitted: auto-generated; type=x", "auto-generated", "Auto-Submitted: auto-generated; type=x"),
        (
            "Auto-Submitted: auto-notified; owner-email=x",
            "auto-generated",
            "Auto-Submitted: auto-notified; owner-email=x",
        ),
        ("X-Autoreply: yes", "auto-reply", "X-Autoreply: yes"),
        ("X-Autorespond: Printer", "auto-reply", "X-Autorespond: Printer"),
        ("X-Mail-Autoreply: autoresponder", "auto-reply", "X-Mail-Autoreply: autoresponder"),
        ("X-FC-MachineGenerated: true", "auto-reply", "X-FC-MachineGenerated: true"),
        ("X-POST-MessageClass: 9; Autoresponder", "auto-reply", "X-POST-MessageClass: 9; Autoresponder"),
        ("Delivered-To: Autoresponder", "auto-reply", "Delivered-To: Autoresponder"),
        ("Precedence: auto_reply", "auto-reply", "Precedence: auto_reply"),
        (
            "X-MS-Exchange-Inbox-Rules-Loop: anna@customer.example",
            "auto-reply",
            "X-MS-Exchange-Inbox-Rules-Loop: anna@customer.example",
        ),
        ("X-Cron-Env: <SHELL=/bin/sh>", "auto-generated", "X-Cron-Env: <SHELL=/bin/sh>"),
        ("X-RT-Loop-Prevention: example", "auto-generated", "X-RT-Loop-Prevention: example"),
        ("X-OTRS-Loop: yes", "auto-generated", "X-OTRS-Loop: yes"),
        ("X-JIRA-FingerPrint: 0a1b", "auto-generated", "X-JIRA-FingerPrint: 0a1b"),
        ("X-GitHub-Reason: mention", "auto-generated", "X-GitHub-Reason: mention"),
        ("List-Id: Talk <talk.lists.example>", "list", "List-Id: Talk <talk.lists.example>"),
        ("List-Post: <mailto:talk@lists.example>", "list", "List-Post: <mailto:talk@lists.example>"),
        ("Precedence: list", "list", "Precedence: list"),
        ("List-Unsubscribe: <https://x.example/u>", "bulk", "List-Unsubscribe: <https://x.example/u>"),
        ("Precedence: bulk", "bulk", "Precedence: bulk"),
        ("Precedence: JUNK", "bulk", "Precedence: JUNK"),
        ("From: Shop <no-reply@shop.example>\nFeedback-ID: 1:2:3", "bulk", "Feedback-ID: 1:2:3"),
        ("From: Shop <no-reply@shop.example>", "auto-generated", "From: no-reply@shop.example"),
        ("Return-Path: <>", "auto-generated", "Return-Path: <>"),
        ("X-Loop: desk@other.example", "auto-generated", "X-Loop: desk@other.example"),
    ],
)
def test_a_machines_header_is_named_as_evidence(headers: str, kind: str, evidence: str) -> None:
    assert judge(headers) == Automatic(kind=AutomaticKind(kind), acknowledge=False, evidence=(evidence,))


@pytest.mark.parametrize("value", ["no", "No", " NO ", "no (a person)", "no; x=y"])
def test_auto_submitted_no_is_a_person_against_weak_signs(value: str) -> None:
    found = judge(f"Auto-Submitted: {value}\nPrecedence: bulk\nX-Loop: x\nSubject: Automatic reply: Printer")
    assert found.kind is AutomaticKind.NONE


@pytest.mark.parametrize(
    "headers",
    [
        "Subject: Printer",
        "Subject: Re: Automatic reply: Printer",
        "Subject: AW: Abwesenheitsnotiz",
        "Subject: Automatic reply does not work",
        "Subject: Out of office replies are sent twice",
        "Subject: Vacation request form is broken",
        "Subject: Auto: Motor defekt",
        "Subject: Request received too late",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "Auto-Submitted: no",
        "X-Autoreply: no",
    ],
)
def test_a_person_may_be_answered(headers: str) -> None:
    found = judge(headers)
    assert (found.kind, found.acknowledge) == (AutomaticKind.NONE, True)


@pytest.mark.parametrize("value", ["All", "OOF, AutoReply", "DR, OOF", "autoreply", "ALL"])
def test_a_suppress_header_forbids_answers_but_proves_no_machine(value: str) -> None:
    found = judge(f"X-Auto-Response-Suppress: {value}\nSubject: Printer")
    assert (found.kind, found.acknowledge) == (AutomaticKind.NONE, False)
    assert found.evidence == (f"X-Auto-Response-Suppress: {value}",)


@pytest.mark.parametrize("headers", ["X-Zendesk-Priority-Mail: x", "X-Freshdesk-Ticket: 5", "X-osTicket-Ref: 7"])
def test_another_desks_mail_may_be_a_persons_but_gets_no_answer(headers: str) -> None:
    found = judge(headers)
    assert (found.kind, found.acknowledge) == (AutomaticKind.NONE, False)


def test_a_redirected_mail_stays_a_persons() -> None:
    found = judge("X-MS-Exchange-Inbox-Rules-Loop: a@b.example\nResent-From: b@b.example\nSubject: Printer")
    assert found.kind is AutomaticKind.NONE


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Your ticket [#12]",
        "Out of Office: Your ticket",
        "Out of Office AutoReply: Your ticket",
        "Auto-Reply: Your ticket",
        "Automatische Antwort: Ihr Ticket",
        "Abwesenheitsnotiz: Ihr Ticket",
        "Réponse automatique : Votre demande",
        "Absence du bureau : Votre demande",
        "Respuesta automática: Su solicitud",
        "Fuera de la oficina: Su solicitud",
        "Risposta automatica: Richiesta",
        "Fuori sede: Richiesta",
        "Resposta automática: Pedido",
        "Automatisch antwoord: Uw vraag",
        "Afwezig: Uw vraag",
        "Autosvar: Din fråga",
        "Automatiskt svar: Din fråga",
        "Automatisk svar: Din sag",
        "Automaattinen vastaus: Kysymys",
        "Automatyczna odpowiedź: Zgłoszenie",
        "Odpowiedź automatyczna: Zgłoszenie",
        "Automatická odpověď: Dotaz",
        "Automatická odpoveď: Otázka",
        "Automatikus válasz: Kérdés",
        "Răspuns automat: Cerere",
        "Automatski odgovor: Upit",
        "Samodejni odgovor: Vprašanje",
        "Automatinis atsakymas: Klausimas",
        "Otomatik yanıt: Talep",
        "Автоматический ответ: Заявка",
        "Автоматична відповідь: Заявка",
        "Αυτόματη απάντηση: Αίτημα",
        "自動応答: お問い合わせ",
        "自动回复: 问题",
        "自動回覆：問題",
        "자동 회신: 문의",
        "מענה אוטומטי: פנייה",
        "رد تلقائي: طلب",
        "Trả lời tự động: Yêu cầu",
        "Balasan otomatis: Permintaan",
    ],
)
def test_a_marked_subject_is_an_auto_reply_in_every_language(subject: str) -> None:
    found = judge(f"Subject: {subject}", "...")
    assert (found.kind, found.evidence) == (AutomaticKind.AUTO_REPLY, (f"Subject: {subject}",))


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Out of office", AWAY_BODY),
        ("On vacation", "I'm on vacation and will be back on Monday."),
        ("Maternity leave", "I am on maternity leave, please write to Bert."),
        ("[#77] Your request has been received", "This is an automatic message, please do not reply to it."),
        ("Eingangsbestätigung", "Dies ist eine automatisch erzeugte Nachricht."),
        ("Auto: Re: Printer", "I will be away until Monday."),
        ("Urlaub", "Ich bin bis zum 3. März im Urlaub und nicht erreichbar."),
        ("Absence", "Bonjour, je suis absent du bureau jusqu'au 3 mars."),
        ("Vacaciones", "Estaré fuera de la oficina hasta el lunes."),
        ("Ferie", "Sono in ferie e rientrerò lunedì."),
        ("Vakantie", "Ik ben met vakantie en niet bereikbaar."),
        ("Férias", "Estou de férias até segunda-feira."),
        ("Urlop", "Jestem na urlopie do poniedziałku."),
        ("Dovolená", "Jsem na dovolené, vrátím se v pondělí."),
        ("В отпуске", "Я в отпуске до понедельника."),
        ("休暇中", "休暇をいただいております。"),
    ],
)
def test_absence_in_subject_and_body_is_an_auto_reply(subject: str, body: str) -> None:
    assert judge(f"Subject: {subject}", body).kind is AutomaticKind.AUTO_REPLY


@pytest.mark.parametrize("header", ["Return-Path: <>", "X-Auto-Response-Suppress: All", "Precedence: bulk"])
def test_a_text_of_absence_under_a_machines_header_is_an_auto_reply(header: str) -> None:
    assert judge(f"{header}\nSubject: Re: Your ticket", AWAY_BODY).kind is AutomaticKind.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Holiday", "Hello,\n\nI will be on leave from Monday. Please deliver the parcel to my neighbour.\n\nAnn\n"),
        ("On leave", "I will be on leave in May, so please pause my subscription until June.\n"),
        ("Urlaub", "Ich bin im Mai im Urlaub, bitte liefern Sie erst im Juni.\n"),
        ("Congé", "Je serai absent lundi, merci de livrer mardi.\n"),
        ("Re: Your ticket", "I am away until Monday. My colleague takes the call. The printer is broken again.\n"),
        ("Re: Your ticket", f"{AWAY_BODY}The printer in the hall shows error 42 since this morning.\n"),
    ],
)
def test_a_person_who_tells_of_an_absence_stays_a_person(subject: str, body: str) -> None:
    assert judge(f"Subject: {subject}", body).kind is AutomaticKind.NONE


@pytest.mark.parametrize(
    "body",
    [
        AWAY_BODY,
        "I am out of the office until Monday.\n\nIn urgent cases write to bob@acme.example. I will reply on my return.",
        "Ich bin bis 7. November nicht im Büro. Ihre E-Mail wird nicht weitergeleitet.\n\n"
        "In dringenden Fällen wenden Sie sich bitte an bob@acme.example.",
        "Je suis absent jusqu'au 7 novembre. En cas d'urgence, merci de contacter Bob. Je répondrai dès mon retour.",
    ],
)
def test_a_text_that_only_tells_of_an_absence_is_an_auto_reply_under_any_subject(body: str) -> None:
    assert judge("Subject: Re: Your ticket", body).kind is AutomaticKind.AUTO_REPLY


def test_a_person_who_quotes_an_absence_stays_a_person() -> None:
    body = f"Hello, you wrote that nobody is there. Is that right?\n\n> {AWAY_BODY}"
    assert judge("Subject: Re: Out of office", body).kind is AutomaticKind.NONE


def test_a_challenge_is_an_auto_reply() -> None:
    body = "Please confirm that you are a real person: click below to have your message delivered."
    found = judge("Subject: Verify your message", body)
    assert (found.kind, found.acknowledge) == (AutomaticKind.AUTO_REPLY, False)


@pytest.mark.parametrize(
    ("report_type", "kind"),
    [("disposition-notification", "report"), ("feedback-report", "feedback"), ("delivery-status", "report")],
)
def test_reports_are_told_by_their_type(report_type: str, kind: str) -> None:
    header = f'Content-Type: multipart/report; report-type={report_type}; boundary="b"'
    found = judge(
        f"MIME-Version: 1.0\n{header}", f"--b\n\nText\n--b\nContent-Type: message/{report_type}\n\nA: b\n--b--\n"
    )
    assert (found.kind, found.acknowledge) == (AutomaticKind(kind), False)


@pytest.mark.parametrize("sample", TEXTS, ids=lambda sample: sample.name)
def test_every_bounce_is_a_report(sample: Sample) -> None:
    assert judge_mail(sample.mail).kind is AutomaticKind.REPORT
