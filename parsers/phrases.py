"""What mail clients write around other people's words, by language: tables of words, and nothing else.

Phrases are given as the clients print them; matching folds case, accents and widths (see `fold`), so that a lost accent
or a full-width colon does not hide a quotation. A new language is a new row, never new code.
"""

import re
import unicodedata
from collections.abc import Iterable

_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def visible(text: str) -> str:
    """The text with odd spaces made plain, and without direction marks and zero-width characters; stripped."""
    if text.isascii():
        return text.strip()
    return " ".join(_INVISIBLE.sub("", text).split())


def fold(text: str) -> str:
    """The text for comparison: visible, without case, accents and full-width forms."""
    if text.isascii():
        return text.strip().lower()
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", visible(text).casefold()))


def folded(table: Iterable[str]) -> frozenset[str]:
    """The folded phrases of rows in which `|` stands between phrases."""
    return frozenset(fold(phrase) for row in table for phrase in row.split("|"))


# Verbs of an attribution line ("On DATE, NAME wrote:"). Longer forms first within a row.
WRITING_VERBS = (
    "wrote the following|has written|wrote|writes|replied",  # en
    "hat geschrieben|folgendes geschrieben|schrieb folgendes|schrieben|schrieb|schreibt",  # de
    "a écrit|ont écrit|avez écrit|écrivait|écrit",  # fr
    "escribió lo siguiente|escribió|ha escrito|escribe",  # es
    "ha scritto|scrisse|ha inviato|scrive",  # it
    "escreveu o seguinte|escreveu|escrito|escreve",  # pt
    "missatge de|va escriure|ha escrit|escribiu|escrigué",  # ca, gl
    "het volgende geschreven|heeft geschreven|geschreven|schreef|het geskryf|skryf",  # nl, af
    "skrev följande|skrev følgende|skrev|skriver|skreiv|skrifaði",  # sv, da, no, is
    "kirjoitti seuraavaa|kirjoitti|kirjutas",  # fi, et
    "napisał(a)|napisał/a|napisała|napisał|pisze|pisał(a)|pisał",  # pl
    "napsal(a)|napsal/a|napsala|napsal|píše|napísal(a)|napísal/a|napísala|napísal",  # cs, sk
    "a következőt írta|az alábbiakat írta|ezt írta|írta",  # hu
    "a scris următoarele|a scris",  # ro
    "je napisao/la|je napisao(la)|je napisao|je napisala|napisao je|napisala je|piše",  # hr, sr, bs
    "је написао/ла|је написао(ла)|је написао|је написала|написао|написа|напиша|пише",  # sr, bg, mk
    "je napisal/a|je napisal(-a)|je napisal|je napisala|je pisal",  # sl
    "написал(а)|написал|написала|пишет|писал(а)|писал|писала|писали",  # ru
    "написав(ла)|написав(-ла)|написав/ла|написав|написала|напісаў(ла)|напісаў",  # uk, be
    "έγραψε τα εξής|έγραψε|έγραψαν|γράφει",  # el
    "tarihinde şunu yazdı|tarihinde şunları yazdı|şunları yazdı|şunu yazdı|tarihinde yazdı|yazdı|yazmış",  # tr, az
    "rakstīja|parašė|rašė|shkroi|ka shkruar|idatzi du|idatzi zuen|scríobh|ysgrifennodd",  # lv, lt, sq, eu, ga, cy
    "đã viết|viết|menulis|berkata|isinulat|sumulat|aliandika|skribis",  # vi, id, ms, fil, sw, eo
    "כתב/ה|כתב|כתבה|كتب/ت|كتب|كتبت|تمت كتابة ما يلي بواسطة|نوشت|نوشته است|لکھا",  # he, ar, fa, ur
    "ने लिखा|লিখেছেন|எழுதியது|დაწერა|გրել է|գրել է",  # hi, bn, ta, ka, hy
)
# The same in scripts that put no spaces between words: matched anywhere.
WRITING_VERBS_UNSPACED = (
    "写道|寫道|写到|提到|撰写|編寫|编写|來信|来信|写了|寫了",  # zh
    "さんは書きました|は書きました|書きました|のメール|のメッセージ|さんから|さんが書いた",  # ja
    "님이 작성|이(가) 작성|작성함|작성|님의 말|쓴 글|씀",  # ko
    "เขียนว่า|เขียน",  # th
)
# What opens an attribution, so that a wrapped one is taken from its first line.
ATTRIBUTION_OPENERS = (
    "on|at|in a message dated|quoting|am|den|zitat von|le|el|il|il giorno|em|no dia|op|på|d.|dne|dňa|w dniu",
    "dnia|în data de",
    "la data de|în|на|в|вт|пн|ср|чт|пт|сб|вс|στις|την|ในวันที่|เมื่อ|在|vào|vào ngày|pada|noong|dana|kuupäeval",
    "citando|citat",
    "a|az|em data de|a les|bei|von|tarih|tarihinde|עב|ב|בתאריך|في|بتاريخ|در|dátum|mnt|yn|ar|hôm",
    "lúc|op datum",
)
# A pronoun beside the verb is prose ("On Monday I wrote:"), not a mail client.
PRONOUNS = (
    "i|we|you|he|she|they|it|who|that|which|ich|wir|sie|er|ihr|es|du|man|je|j'|nous|vous|il|elle|ils|elles|tu",
    "yo|nosotros",
    "ellos|usted|io|noi|voi|lui|lei|loro|eu|nós|você|ele|ela|eles|ik|wij|we|jij|u|hij|zij|ze|jag|vi|han",
    "hon|jeg|hun",
    "minä|te|hän|ja|ty|ona|wy|my|oni|já|vy|én|ő|ti|я|мы|вы|он|она|они|ви|він|вона|ben|biz|siz",
)

# Labels of a header block, by field. "other" fields are known so that they do not end a block.
LABELS: dict[str, tuple[str, ...]] = {
    "from": (
        "from|von|de|da|van|från|fra|lähettäjä|od|od koga|feladó|de la|от|от кого|від|від кого|kimden|gönderen",
        "από|saatja",
        "no|nuo|发件人|寄件者|寄件人|發件人|发自|差出人|送信元|送信者|보낸 사람|보낸사람|보낸이|발신|발신자|מאת|من|từ",
        "người gửi|จาก|dari|frá",
        "mittente|expéditeur|expedidor|remitente|remetente|afsender|avsender|avsändare|absender|nadawca",
        "odesílatel|odosielateľ",
        "pošiljatelj|pošiljalac|expeditor|отправитель|відправник|подател|mula kay|gửi từ|ed",
        "sender|од|шаље|prati|pengirim|šalje|از|प्रेषक|से",
    ),
    "to": (
        "to|an|à|a|para|aan|till|til|vastaanottaja|do|komu|címzett|către|catre|кому|до|kime|alıcı|προς|saaja",
        "kellele|kam|kam:",
        "gavėjas|收件人|收件者|宛先|받는 사람|받는사람|받는이|수신|수신자|לכבוד|אל|إلى|đến|tới|người nhận|ถึง|kepada|za",
        "prima|per|pre|pour",
        "destinatario|destinataire|destinatário|empfänger|ontvanger|modtager|mottaker|mottagare|odbiorca|adresat",
        "příjemce",
        "príjemca|primatelj|primalac|prejemnik|destinatar|получатель|одержувач|получател|viitajad|pro|ил|kepada:",
        "adresát|adressaat|per a|за|прима|i|kwa|به|प्रति|सेवा में",
    ),
    "cc": (
        "cc|kopie|kopie (cc)|kopie an|copie|copie à|copia|cópia|kopi|kopia|kopio|dw|do wiadomości|ud",
        "másolatot kap|másolat|копия|копія",
        "bilgi|κοιν|κοιν.|κοινοποίηση|κοιν|koopia|kopija|kp|抄送|副本|参考|참조|עותק|העתק|نسخة|نسخة إلى|đồng gửi",
        "สำเนา",
        "tembusan|kópia|kop|kk",
        "afrit|копіювати|c.c.|в копии|sk|kopi til|kopia till|kopia do|copia a|cópia para|con copia|copia per",
    ),
    "bcc": ("bcc|blindkopie|cci|cco|ccn|ukryte dw|udw|skrytá|密送|скрытая копия|gizli|hidden",),
    "subject": (
        "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy",
        "subiect|тема|относно",
        "konu|θέμα|teema|tēma|tema|主题|主旨|标题|標題|件名|제목|נושא|הנדון|موضوع|الموضوع|chủ đề|tiêu đề|เรื่อง",
        "หัวเรื่อง",
        "subjek|perihal|efni",
        "zadeva|naslov|assumpte|sujet|предмет|hal|paksa|věc|vec|betr|tytuł|विषय",
    ),
    "date": (
        "date|sent|datum|gesendet|gesendet am|envoyé|envoyé le|date d'envoi|fecha|enviado|enviado el|enviada",
        "enviada em|enviado em|data",
        "inviato|data invio|verzonden|verstuurd|datum verzonden|skickat|skickad|sendt|dato|sendt dato|lähetetty",
        "päivämäärä|päiväys|pvm",
        "wysłano|wysłane|data wysłania|odesláno|odoslané|dátum|elküldve|küldve|küldés ideje|trimis|trimisă",
        "отправлено|дата|дата отправки",
        "надіслано|дата надсилання|відправлено|изпратено|gönderildi|gönderme tarihi|gönderilme tarihi|tarih",
        "gönderim tarihi",
        "ημερομηνία|εστάλη|στάλθηκε|saadetud|kuupäev|nosūtīts|datums|išsiųsta|poslano|poslato|послано|датум",
        "发送时间|日期|发送日期|时间|寄件日期|傳送日期",
        "日時|送信日時|日付|보낸 날짜|보낸날짜|날짜|발신일|נשלח|תאריך|أرسلت|تاريخ|التاريخ|تاريخ الإرسال|đã gửi",
        "gửi|ngày|วันที่",
        "ส่ง|ส่งแล้ว|تم الإرسال|terkirim|dihantar|dikirim|tanggal|tarikh",
        "enviat|enviat el|saatmisaeg|data d'enviament|sent on|sent at|date sent|odoslané dňa|sent date",
        "sent time|sendingsdato|petsa|datë|تاریخ|दिनांक|तारीख",
    ),
    "other": (
        "reply-to|reply to|antwort an|antworten an|répondre à|responder a|responder para|rispondi a|antwoord aan",
        "svar til|svara till",
        "odpowiedz do|odpověď na|válaszcím|importance|wichtigkeit|importancia|importância|importanza|priorität",
        "priority|priorité|prioritet|ważność|důležitost|dôležitosť|fontosság|viktighet|vigtighed|tärkeys|urgentie|önem",
        "важность|важливість|важност|σπουδαιότητα|重要度|重要性|중요도|importanță|važnost|pomembnost|tähtsus|svarba|חשיבות",
        "belang|attachments|attachment|anlagen|anhänge|anlage|pièces jointes|datos adjuntos|adjuntos|anexos",
        "allegati|bijlagen",
        "bilagor|vedhæftede filer|vedlegg|liitteet|załączniki|přílohy|prílohy|mellékletek|atașamente|вложения",
        "ekler|附件|添付ファイル|첨부",
        "categories|kategorien|sensitivity|organization|organisation|message-id|mailing list|list|resent-from",
        "delivered-to|newsgroups|x-mailer|user-agent|mime-version|content-type|content-transfer-encoding|return-path",
        "in-reply-to|references|conversation|thread-topic|resent-to|resent-date|return-receipt-to|sensibilité",
        "signed by|security|mailed-by|signed-by|sent by|kategórie|importanţă|prioriteit|prioritate",
        "priorita|prioridad|prioridade",
    ),
}

# A line such as "---------- Forwarded message ---------" or "Begin forwarded message:": a stem of forwarding …
FORWARD_STEMS = (
    "forward|weitergeleit|weiterleit|transfér|transmis|réexpédi|fait suivre|reenvi|reencaminh|encaminh|inoltr",
    "doorgest|doorgezond",
    "videres|vidarebef|vidaresend|välitet|edelleen läh|edelleenläh|przekaz|przesłan|přepos|předan|přeposíl|prepos",
    "továbbít|redirec|redir|transmit|retrimis|пересыл|пересила|пересл",
    "перенаправ|переадрес|препрат|proslij|proslijeđ|prosleđ|прослеђ|posredov|ileti̇|iletil|iletilmiş",
    "yönlendir|edasta|edasisaad|pārsūt|persiųst|persiunč|προωθ|διαβιβ",
    "转发|轉寄|转寄|轉發|転送|전달|הועבר|מועבר|שהועבר|المعاد توجي|إعادة توجيه|معاد توجيه|المحولة|chuyển tiếp|ส่งต่อ",
    "diteruskan|terusan|dimajukan|framsend|áframsend",
    "İleti başlangıcı|başlangıcı:|بازارسال|هدایت شده|अग्रेषित|फ़ॉरवर्ड",
)
# … or of the original: "-----Original Message-----" stands above both replies and forwards.
ORIGINAL_STEMS = (
    "original|ursprüng|originel|d'origine|origen|oorspronk|oprindel|opprinn|ursprung|alkuper|původn|pôvodn",
    "eredeti|oryginal",
    "исходн|оригинал|первонач|початков|вихідн|оригінал|първонач|orijinal|özgün|asıl|αρχικ|πρωτότυπ|izvorn",
    "originaln|algne|algse|sākotnēj|oriģināl|pradin",
    "原始|原件|原邮件|元のメッセージ|元のメール|オリジナル|원본|원래|מקורית|الأصلية|الرسالة الأصل|gốc|ต้นฉบับ",
    "asli|asal|replied message",
    "antwort|jatorriz|upphafl|reply message",
)
END_STEMS = (
    "end forwarded|end of forwarded|ende der weitergeleiteten|fin du message|fin del mensaje|fine messaggio",
    "ende weitergel",
)
# Words that open such an end, above or below a stem of forwarding.
END_WORDS = (
    "end|ende|fin|fine|fim|final|final de|einde|slut|slutt|loppu|lõpp|konec|koniec|kraj|vége|sfârșit|sfârșitul",
    "конец|завершение|кінець|край|τέλος|son|beigas|pabaiga",
)
# "##- Please type your reply above this line -##" of other help desks.
REPLY_ABOVE = (
    "reply above this line|reply above the line|type your reply above|enter your reply above",
    "write above this line|reply above this email",
    "respond above this line|über dieser zeile|oberhalb dieser zeile|oberhalb dieser linie|über diese zeile",
    "au-dessus de cette ligne",
    "por encima de esta línea|encima de esta línea|acima desta linha|acima dessa linha|sopra questa riga",
    "al di sopra di questa riga",
    "boven deze regel|boven deze lijn|ovanför denna rad|ovanför den här raden|over denne linje",
    "over denne linjen|tämän rivin yläpuolelle",
    "powyżej tej linii|nad tento řádek|nad tímto řádkem|nad tento riadok|e sor fölé|deasupra acestei linii",
    "выше этой строки|вище цього рядка",
    "bu satırın üst|請在此行上方|请在此行上方|在此行以上|この行より上|이 줄 위에|מעל שורה זו|فوق هذا السطر",
)

# Prefixes of a forwarded and of an answered subject. "vs" is a forward in Danish and Norwegian, an answer in Finnish.
FORWARD_PREFIXES = (
    "fwd|fw|redirecționat|wg|tr|rv|i|pd|vb|vl|enc|ilt|i̇lt|doorst|redir|redir.|fs|tov|továbbítás|továbbított|videresend",
    "videresendt|vidarebefordrat|välitetty",
    "weitergeleitet|transfert|transf|trans|réexp|reenv|reenviado|encaminhado|enc.|inoltro|inoltrato",
    "doorgestuurd|przekazano|prz|pren|přeposlat|přeposláno|pren.",
    "转发|轉寄|转寄|轉發|转|転送|전달|fwd.|пересл|пересылка|fw.|προωθ|πρθ|forward|הועבר|إعادة توجيه|chuyển tiếp|ส่งต่อ",
    "terusan|trs|edasi|edastatud|ed|persl|pārs|yönl|yml|proslijeđeno|prosleđeno|pr|posr",
)
REPLY_PREFIXES = (
    "re|aw|antw|antwort|sv|ré|rép|réf|res|odp|ynt|yan|vá|bls|回复|答复|回覆|답장|返信|rif|r|atb|ha|ответ|відп|απ|αντ",
    "תגובה|رد|trả lời|ตอบกลับ|balas",
    "vast|svar|resp|odg|odgovor|отв|re.|aw.|sv.|atsp|antw.|rsp|ats",
)
AMBIGUOUS_PREFIXES = ("vs|y|ref",)
FINNISH_LABELS = ("lähettäjä|vastaanottaja|aihe|lähetetty|päivämäärä",)

# How a device or an app signs. What follows names it; "sent from" alone is prose without a device or a possessive.
DEVICE_OPENERS = (
    "sent from|sent via|sent using|sent with|sent by|get outlook for|from my|typed on",
    "composed on|written on|download outlook for|get bluemail for|get typeapp for",
    "gesendet von|gesendet mit|gesendet über|gesendet vom|von meinem|von meiner|von unterwegs|outlook für",
    "holen sie sich outlook|diese nachricht wurde von meinem",
    "diese nachricht wurde mit|diese e-mail wurde von meinem|laden sie outlook|versandt mit|verschickt mit",
    "verschickt von",
    "envoyé de mon|envoyé de ma|envoyé depuis|envoyé à partir|envoyé par|envoyé avec|envoyé via",
    "télécharger outlook|télécharg|obtenez outlook|obtenir outlook|provenance :",
    "enviado desde|enviado de mi|enviado con|enviado por|obtener outlook|descargar outlook|obtén outlook",
    "mandado desde|enviat des|enviado dende|enviat amb",
    "inviato da|inviato dal|inviato con|inviata da|scarica outlook|ottieni outlook|scaricare outlook",
    "enviado do meu|enviado a partir|enviado do|enviado da|enviado pelo|enviado através|enviado via",
    "enviado com|obter o outlook|obter outlook|baixar o outlook|baixe o outlook",
    "verstuurd vanaf|verzonden vanaf|verzonden met|verstuurd met|verzonden via|verstuurd via|verzonden vanuit",
    "download outlook voor|outlook voor|gestuur van",
    "skickat från|skickat med|skickat via|skickades från|hämta outlook|sendt fra|sendt med|sendt via|sendt på",
    "hent outlook|få outlook|sent frá|send frå",
    "lähetetty|hanki outlook|saadetud|nosūtīts|išsiųsta|hankige outlook",
    "wysłane z|wysłano z|wysłane przy|wysłane za|pobierz program outlook|pobierz outlook|pobierz aplikację",
    "wiadomość wysłana z",
    "odesláno z|odoslané z|odeslano ze|odesláno ze|odoslané zo",
    "získejte outlook|získať outlook|stáhněte|küldve|elküldve|iphone-ról|outlook ios|az outlook|trimis de pe",
    "trimis din|trimis de|descărcați outlook|obțineți outlook",
    "poslano s|poslano z|poslano iz|poslato sa|poslato s|poslato iz|послато са|изпратено от|изпратено с",
    "пратено од|nabavite outlook|prenesite outlook",
    "отправлено с|отправлено из|отправлено через|отправлено со|загрузить outlook|скачать outlook",
    "получить outlook|надіслано з|надіслано із|надіслано за|відправлено з|адпраўлена з",
    "στάλθηκε από|εστάλη από|αποστολή από|λήψη outlook|gửi từ|đã gửi từ|được gửi từ|tải outlook|dikirim dari",
    "dihantar dari|dapatkan outlook|dikirim melalui|ipinadala mula|terkirim dari",
    "נשלח מ|נשלח מה|נשלח באמצעות|אורגינל|أرسلت من|نشر من|نُشر من|أُرسلت من|مرسل من|تم الإرسال من|مُرسل من|ارسال شده از",
    "الحصول على outlook|ส่งจาก|मेरे",
    "发自我的|从我的|发自|来自网易|来自qq|傳自我的|從我的|获取适用于|取得適用於|下载适用于|来自我的|發自我的|寄自我的",
)
DEVICE_ENDINGS = (
    "から送信|다운로드|より送信|から送信されました|を使って送信|에서 보냄|에서 발송|에서 보낸 메일|に送信|gesendet",
    "gönderildi|gönderilmiştir|dan gönderildi|发送",
    "寄出|傳送|küldve|küldtem|saadetud|を入手|edinin|lähetetty|पर से भेजा गया|から送りました",
)
DEVICE_WORDS = (
    "iphone|ipad|ipod|ios|android|samsung|galaxy|blackberry|windows|outlook|yahoo|gmail|hotmail|huawei|xiaomi",
    "redmi|htc|nokia|lumia|sony|xperia",
    "motorola|moto|pixel|oneplus|oppo|vivo|honor|lg|mobile|mobil|phone|smartphone|handy|tablet|device|gerät",
    "appareil|telefon|téléphone|telefono|teléfono",
    "móvil|celular|telemóvel|telefoon|toestel|dispositivo|cellulare|telemóvel|telefonem|telefonu|телефон",
    "телефона|телефону|смартфона|mail|app|proton|protonmail|spark",
    "missive|front|superhuman|newton|edison|canary|kindle|treo|palm|wireless|handheld|cellular|почты|пошти",
    "mailspring|bluemail|typeapp|cloudmagic|polymail|airmail|em|client|aol|telus|rogers|bell|puhelimesta|puhelin|mailbox|cloud|freenet|t-online|libero",
    "orange|laposte|sfr|freemail|seznam|o2|mailru|mail.ru|яндекс|яндекс.почты|яндекс.почта",
)
POSSESSIVES = (
    "my|meinem|meiner|mon|ma|mi|mio|mia|meu|minha|mijn|min|mitt|mojego|mojej|mého|mojho|moje|моего|моей|мого",
    "meu|minun|minu|mano|το|mojega|mog|môjho|m",
)
BREVITY = (
    "please excuse my brevity|please excuse|excuse my brevity|excuse brevity|excuse any typos|typos courtesy",
    "bitte entschuldigen sie die kürze|excusez ma brièveté|veuillez excuser|disculpa mi brevedad",
    "yahoo mail: search, organize, conquer|yahoo mail:|bitte entschuldigen",
)

CLOSINGS = (
    "best|best regards|kind regards|kindest regards|warm regards|warmest regards|regards|with best regards",
    "with kind regards|with regards|best wishes|all the best",
    "sincerely|sincerely yours|yours sincerely|yours faithfully|yours truly|yours|respectfully|cordially",
    "cheers|thanks|many thanks|thank you|thank you very much|thanks a lot",
    "thanks and regards|thanks & regards|thanks and best regards|thanks in advance|thx|ta|br|rgds|kr",
    "cordially yours|warmly|take care|thank you and regards|thanks again|thanks so much",
    "mit freundlichen grüßen|mit freundlichem gruß|freundliche grüße|freundlichen gruß|freundlicher gruß",
    "mit besten grüßen|beste grüße|besten gruß|viele grüße|vielen gruß|herzliche grüße|liebe grüße",
    "schöne grüße|grüße|gruß|mfg|lg|vg|bg|hochachtungsvoll|vielen dank|danke|besten dank",
    "mit herzlichen grüßen",
    "cordialement|bien cordialement|très cordialement|bien à vous|cdlt|cdt|salutations",
    "salutations distinguées|meilleures salutations|sincères salutations|amicalement|bonne journée|merci",
    "merci d'avance|respectueusement|veuillez agréer",
    "saludos|un saludo|saludos cordiales|cordiales saludos|atentamente|atte|muchas gracias|gracias",
    "un cordial saludo|reciba un cordial saludo|cordialmente|salutacions|salut|atentament|moltes gràcies",
    "cordiali saluti|distinti saluti|saluti|un saluto|cordialmente|grazie|grazie mille|buona giornata",
    "con i migliori saluti|a presto|un cordiale saluto|tanti saluti",
    "atenciosamente|att|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|abraço|abraços",
    "um abraço|cordialmente|obrigado|obrigada|muito obrigado|muito obrigada|grato|grata|saudações",
    "desde já agradeço",
    "met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|hartelijke groet",
    "groet|groeten|groetjes|mvg|hoogachtend|bedankt|alvast bedankt|dank|met beste groeten",
    "med vänliga hälsningar|med vänlig hälsning|vänliga hälsningar|vänlig hälsning|hälsningar|mvh",
    "bästa hälsningar|tack|tack på förhand|med venlig hilsen|venlig hilsen|de bedste hilsner|bedste hilsner",
    "hilsen|vh|tak|på forhånd tak",
    "med vennlig hilsen|vennlig hilsen|beste hilsen|hilsen|takk|på forhånd takk|kær hilsen|mange tak",
    "med hilsen|med bestu kveðju|kveðja",
    "ystävällisin terveisin|terveisin|t|yt|parhain terveisin|kiitos|kiitos etukäteen|kunnioittavasti",
    "lugupidamisega|parimate soovidega|tervitades|tervitustega|aitäh|ar cieņu|paldies|pagarbiai|ačiū",
    "su pagarba",
    "pozdrawiam|z poważaniem|z wyrazami szacunku|pozdrowienia|dziękuję|serdecznie pozdrawiam|pozdr",
    "z góry dziękuję|s pozdravem|s přátelským pozdravem|hezký den|děkuji|s úctou|s pozdravom|ďakujem",
    "s priateľským pozdravom|zdravím",
    "üdvözlettel|tisztelettel|köszönettel|üdv|köszönöm|cu stimă|cu respect|o zi bună|toate cele bune",
    "mulțumesc|cu drag|lep pozdrav|lijep pozdrav|srdačan pozdrav|pozdrav|hvala|lp|s poštovanjem",
    "s spoštovanjem|hvala lepa|срдачан поздрав|с поштовањем",
    "с уважением|с наилучшими пожеланиями|всего доброго|спасибо|заранее спасибо|благодарю|з повагою|дякую",
    "з найкращими побажаннями|поздрави|с уважение|благодаря|со почит",
    "saygılarımla|saygılarımızla|iyi çalışmalar|teşekkürler|teşekkür ederim|sevgiler|selamlar|με εκτίμηση",
    "ευχαριστώ|φιλικά|με φιλικούς χαιρετισμούς",
    "此致|此致敬礼|祝好|谢谢|謝謝|敬上|敬礼|顺祝商祺|よろしくお願いします|よろしくお願いいたします|敬具|以上",
    "ありがとうございます|감사합니다|고맙습니다|드림|בברכה|תודה|בתודה",
    "בכבוד רב|مع تحياتي|تحياتي|شكرا|مع خالص التحية|مع أطيب التحيات|وتفضلوا بقبول فائق الاحترام|با تشکر",
    "با احترام",
    "trân trọng|cảm ơn|thân ái|xin cảm ơn|salam|hormat kami|hormat saya|terima kasih|salam hormat",
    "sekian terima kasih|ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|ขอแสดงความนับถือ|धन्यवाद|maraming salamat|salamat",
)

# A legal notice is a paragraph with one of the first (the mail as its subject) and one of the second (secrecy, the
# addressee).
NOTICE_SUBJECTS = (
    "is registered in|this e-mail|this email|this message|this communication|the information contained",
    "the information in this",
    "the contents of this|this transmission|confidentiality|disclaimer|privileged|any attachments",
    "diese e-mail|diese nachricht|diese mail|die information|der inhalt dieser|dieses e-mail|ce message",
    "ce courriel|cet e-mail|ce mail|cet email|les informations contenues|la présente communication",
    "cette communication|este mensaje|este correo|la información contenida|este e-mail",
    "esta mensagem|este email|as informações contidas|questo messaggio|questa e-mail",
    "le informazioni contenute|la presente|questa mail|il presente messaggio|dit bericht|deze e-mail",
    "deze email|de informatie in dit|detta meddelande|detta e-post|detta mail|denne e-mail|denne mail",
    "denne e-post|denne meddelelse|denne meldingen|tämä viesti|tämä sähköposti",
    "ta wiadomość|niniejsza wiadomość|treść tej wiadomości|informacje zawarte|tento e-mail|tato zpráva",
    "táto správa|ez az üzenet|ez az e-mail|jelen üzenet|acest mesaj|acest e-mail|acest email|это сообщение",
    "данное сообщение|эта почта|настоящее сообщение|це повідомлення|bu e-posta|bu mesaj|bu elektronik posta",
    "αυτό το μήνυμα|το παρόν|本邮件|此邮件|本電子郵件|此電子郵件|このメール|本メール|이 메일|본 메일|הודעה זו",
    "هذه الرسالة|ova poruka",
    "ovaj e-mail|to sporočilo",
)
NOTICE_WORDS = (
    "confidential|intended recipient|intended only|intended solely|intended for|privileged|legally protected",
    "unauthorized|unauthorised|vertraulich|rechtlich geschützt|unbefugt|confidentiel|destinataire",
    "confidencial|destinatario|destinatário|riservat|confidenzial|vertrouwelijk|geadresseerde|konfidentiel",
    "sekretess",
    "fortrolig|konfidensiel|luottamuksel|poufn|zastrzeżon|důvěrn|dôvern|bizalmas|confidențial|confidential",
    "конфиденциал|конфіденц|gizli|εμπιστευτικ|机密|保密|機密|秘密|기밀|비밀|סודי|חסוי|سري|povjerljiv|zaupn",
)
NOTICE_LINES = (
    "please consider the environment|think before you print|virus-free|confidentiality notice",
    "privileged and confidential|notice of confidentiality|this email has been checked for viruses",
    "this email has been scanned|diese e-mail wurde von avast|bitte denken sie an die umwelt",
    "bitte prüfen sie, ob diese|pensez à l'environnement|cet e-mail a été vérifié|avis de confidentialité",
    "garanti sans virus|libre de virus|aviso legal|aviso de confidencialidad|aviso de confidencialidade",
    "antes de imprimir|avvertenze ai sensi|virenfrei|privo di virus|save a tree|l'absence de virus",
    "este correo electrónico ha sido comprobado|email secured by|disclaimer:",
)
