"""How mail systems sign, title and word their failure notices, in the languages they speak. Only tables.

`DAEMON_NAMES` and `DAEMON_BOXES` are who sends, `SUBJECTS` what stands above, the shapes what only a notice says.
"""

import re


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


DAEMON_BOXES = _any(
    r"^(?:(?:mailer|mail|mta|smtp|lmtp|pop)[-_.]?(?:daemon|d(?:a?e|ea)mon)|m?daemon|post[-_.]?master"
    r"|post[-_.]?office)(?:$|[-_+.])",
    r"^(?:mail[-_.]?(?:delivery|system|router|transport|service|gateway|errors?)|mail(?:er|adm|admin|error"
    r"|system)|mmdf|uucp)(?:$|[-_+.])",
    r"^(?:microsoftexchange|exchange)[0-9a-f]*$|^(?:bounces?|undeliver\w*|ndr|dsn|returned[-_.]?mail)(?:$|[-_+.=])",
)
DAEMON_NAMES = _any(
    r"^\W*(?:internet )?(?:e-?mail|mail|mailer|message|smtp|mta)[- ](?:delivery|transport|transfer|routing"
    r"|administrator|administration"
    r"|system|daemon|router|gateway|server|service|sub-?system|agent|failure)",
    r"^\W*(?:\w+ )?mail server\b|^\W*(?:mail|mailer)-?daemon|^\W*post ?master\b|^\W*system administrator"
    r"|^\W*microsoft (?:outlook|exchange)|^\W*returned mail",
    r"^\W*(?:delivery|mail delivery) (?:subsystem|system|status|notification|service|agent)|^\W*undeliver"
    r"|^\W*the mail (?:server|system)",
    r"^\W*(?:systemadministrator|administrateur syst[eè]me|administrador del sistema|amministratore di sistema"
    r"|システム ?管理者)",
)
DAEMON_LIKE_BOXES = _any(
    r"^(?:no[-_.]?reply|admin(?:istrator)?|root|system|sysadmin|post_master|mail|notes|ims|domino|mta\w*|smtp"
    r"|relay|gateway)$"
)

SUBJECTS = _any(
    r"undeliver|not deliver|n't deliver|nondeliver|non-deliver|delivery$|\bdsn\b|ndr:|\[bounce\]|\bbounced?\b",
    r"delivery (?:status|failure|failed|has failed|error|problem|report|notification|warning|incomplete|delayed"
    r"|suspended)",
    r"delivery .{0,40}\b(?:delayed|failed|suspended)|(?:returned|failed|failing|rejected|bounced) (?:mail|message"
    r"|e-?mail)",
    r"failure (?:notice|delivery|report)|mail(?:er)? (?:delivery|failure|failed|system error|error|could not|not)"
    r"|returning to sender",
    r"error (?:sending|delivering|mail)|could ?n(?:o|')t (?:be )?(?:send|sent|deliver)|cannot (?:send|deliver)"
    r"|unable to (?:send|deliver)",
    r"message (?:could|not|delivery|undeliverable|status|rejected|delayed)|(?:user|address|host"
    r"|recipient) unknown|unknown (?:user|address|host)",
    r"(?:message|e-?mail|mail) (?:you sent )?(?:was |has been )?(?:blocked|refused|rejected)",
    r"permanent (?:delivery|failure|error)|warning: (?:could not send|message)|your (?:message"
    r"|mail).{0,40}(?:delayed|rejected|returned|fail)",
    r"unzustellbar|nicht (?:zustellbar|zugestellt)|zustell(?:ung|fehler)|unbestellbar"
    r"|fehler bei der (?:nachrichten)?(?:übermittlung|zustellung)",
    r"non (?:remis|distribu|délivr)|échec (?:de|d')|impossible de (?:remettre|distribuer)|non[- ]remise"
    r"|message retourné",
    r"no (?:se (?:puede|pudo|ha podido)|entrega)|devuelto|error de entrega|mancata (?:consegna|notifica)"
    r"|non recapita|impossibile recapitare",
    r"não (?:entreg|foi poss)|falha na entrega|onbestelbaar|niet bezorgd|olevererbar|kan ?(?:inte|ikke) lever"
    r"|toimittamat",
    r"niedostarcz|nie (?:można|udało).{0,30}dostarcz|nedoručiteln|nedoruč|kézbesít|iletilemedi|teslim edilemedi",
    r"не доставл|недоставл|не удалось доставить|возвра(?:т|щен)",
    r"配信(?:不能|でき|エラー|失敗)|配送|送信(?:でき|エラー|失敗)|不達|エラーメール",
    r"退信|退件|无法投递|無法(?:傳遞|投遞)|(?:投递|发送|送达|投遞|傳送|寄送)失[败敗]"
    r"|未能?(?:送达|送達|投递)|反송|반송|배달 ?실패",
)

PROGRAM_OPENINGS = re.compile(
    r"^\W*(?:hi[.!] *)?this is (?:the|an?) (?:\S+ ){0,3}(?:program|system|server|agent|daemon|notification)\b"
    r"|^\W*this (?:message|report|e-?mail) (?:was|is) (?:created|generated) automatically by (?:the )?(?:mail|smtp|mx)",
    re.IGNORECASE,
)
PROGRAM_SHAPES = _any(
    # what only one program says; such a sentence needs no further sign of a machine
    r"this is the (?:\S+ )?(?:qmail-send|deliver|mail|postfix|dragonfly|james|mailer-daemon|smtp|courier"
    r"|exim)\b.{0,60}?"
    r"(?:program|system|server|agent|daemon|please)",
    r"created automatically by (?:the )?(?:mail|smtp|mx)|transcript of session follows"
    r"|technical details of (?:permanent|temporary)",
    r"the following address(?:es|\(es\))? (?:had|failed)|diagnostic information for administrators"
    r"|bounced, cannot deliver",
    r"failure reasons|failed (?:recipient|address)|rejected recipient|unsent users|user\(s\) account is"
    r"|remote host said|said: [45]\d\d",
    r"not listed in .{0,30}(?:directory|address book)|the mts-id of|status: [45]\.\d\.\d|generating server"
    r"|we had trouble delivering",
)

SHAPES = _any(
    # what mail systems say, in one word order or another
    r"did(?: not|n't) reach (?:the |your )?(?:following|intended|some|all|any|its|one|recipient)",
    r"(?:message|mail|following|it|recipients?|delivery|address(?:es)?|destinations?)\b.{0,80}?(?:was not"
    r"|were not|wasn't|could not|couldn't"
    r"|cannot|can't|can not|not) (?:yet )?(?:be(?:en)? )?(?:deliver|sent|reach|forward|relay|process|complete)",
    r"(?:unable|not able|failed|failure|impossible|cannot|can't|could not|couldn't|wasn't able|trouble"
    r"|error) (?:to |in |while )?(?:be )?"
    r"(?:deliver|send|forward|relay)",
    r"undeliver(?:able|ed) (?:to|mail|message|for|because)|delivery (?:has )?failed (?:to|for|permanently)"
    r"|delivery failure",
    r"delivery (?:to|of) .{0,80}?(?:failed|delayed|impossible|unsuccessful)|returned (?:mail|to (?:the )?sender)",
    r"(?:permanent|fatal|unrecoverable|delivery) (?:fatal )?(?:error|failure|problem)s?\b"
    r"|(?:was|were|has been) (?:rejected|blocked|refused) by",
    r"(?:recipient|user|address|mailbox|host|domain)(?: name)?s? (?:unknown|(?:was )?not found|is full"
    r"|is not recognized|does not exist)",
    r"(?:unknown|invalid|no such) (?:user|recipient|address|host|mailbox)|exceeds allowed size|(?:has been|was"
    r"|is) (?:delayed|undeliverable)",
    r"non-?deliver|delivery attempts|mailbox is full|no valid recipients|transfer of your message",
    # in other languages
    r"nicht (?:zugestellt|ausgeliefert|zustellbar|übermittelt|erreicht)"
    r"|fehler bei der (?:nachrichten)?(?:übermittlung|zustellung)",
    r"n'a pas (?:pu |été ).{0,20}(?:remis|distribu|délivr|envoy|achemin)|échec de la remise|n'ont pas pu être",
    r"no (?:se )?(?:pudo|puede|ha podido|ha sido).{0,30}entrega|error en la entrega|non (?:è stato possibile "
    r"|è stato |può essere ).{0,20}"
    r"(?:consegna|recapita)|recapito non riuscito",
    r"não (?:pôde|foi possível|foi) .{0,20}entreg|falha na entrega|niet (?:worden |kunnen )?(?:bezorgd"
    r"|afgeleverd)|kunde inte levereras",
    r"kunne ikke leveres|nie (?:został|można|mógł|udało).{0,30}(?:dostarcz|doręcz)|nelze doručit|iletilemedi"
    r"|teslim edilemedi",
    r"не (?:был[ао]?|может|удалось).{0,30}достав|(?:配信|送信|配達|お届け"
    r"|転送).{0,20}(?:できません|出来ません|できな|失敗|不能|エラー)",
    r"エラーメール|无法(?:投递|发送|送达|递送)|無法(?:傳遞|投遞|遞送)|退信"
    r"|(?:投递|发送|投遞|傳送)失[败敗]|未能?(?:送达|送達|投递|投遞|发送)|배달(?:하지|되지) 못",
)

# Statistics about bounces are none.
DIGESTS = _any(r"\b(?:daily|weekly|monthly|summary|digest|statistics)\b")

CHALLENGES = _any(
    r"challenge[- ]response|confirm (?:that )?you(?:r message| are)|verify (?:that )?you|spam ?arrest|boxtrapper"
    r"|\btmda\b",
    r"to release your message|one-?time (?:verification|confirmation)|sender verification",
    r"reply to this (?:message|mail|e-?mail) to (?:confirm|have)",
)

DELAYS = _any(
    r"(?:has|have) (?:not yet been|been) (?:delivered|delayed)|not yet (?:been )?delivered"
    r"|delivery .{0,40}\bdelayed\b|\bdelay(?:ed)?\)",
    r"warning: (?:could not send|message)|still (?:trying|undelivered|in the queue)|temporary (?:failure"
    r"|problem) .{0,60}(?:retry|retried|try)",
    r"will (?:keep|continue) (?:trying|to try|to be)|will (?:be )?(?:retr(?:y|ied)|attempted|try again)"
    r"|will continue for",
    r"(?:do|need) not (?:need to )?(?:resend|re-send)|this is (?:only )?a warning|is a warning (?:message )?only"
    r"|message (?:is )?delayed|temporary failure report",
    r"wird weiter(?:hin)? versucht|noch nicht zugestellt|zustellung .{0,30}verzögert|n'a pas encore été"
    r"|aún no se ha|配信が遅れ|遅延",
)
GIVEN_UP = _any(
    r"permanent|given up|giving up|will not (?:be )?(?:retr|continue|try)|could not be delivered"
    r"|cannot be delivered|has failed",
    r"did not reach|no further (?:delivery )?attempts|unrecoverable|fatal error|undeliverable",
)

# Lines behind which the returned message begins, without the rules drawn around them.
_MARKER_TEXTS = (
    r"(?:this|below|below this line|the following|here) (?:is|are) (?:a copy|the (?:headers?|message)"
    r"|an? excerpt)\b.*(?:message|mail|headers?)\b.*",
    r"below this line is .*|below i include (?:a copy|the (?:headers|original)).*|message-headers follow:?",
    r"(?:start of )?(?:your )?(?:possibly truncated )?(?:original|returned|unsent|non-delivered) (?:message|mail|text)"
    r"(?: (?:text|headers?|info(?:rmation)?|body|content))?(?: (?:follows?|below))?(?: / .*)?[.: \t]*",
    r"(?:your )?(?:undelivered|undeliverable|bounced|failed) (?:message|mail) (?:text|headers?|body|follows?).*",
    r"(?:the )?headers? (?:of|from) (?:the|your) (?:original |returned |undelivered )?(?:message|mail).*",
    r"(?:the )?(?:original )?(?:message|mail) (?:headers?|text|contents?|body)(?: were| was)?(?: follows?)?[.: \t]*",
    r"(?:start of )?(?:begin )?forwarded message(?: headers)?[ \t]*|(?:the )?first \d+ (?:lines|bytes|characters).*",
    r"the original message (?:headers )?(?:follows|is (?:attached|below)).*|original mail (?:info|below|follows).*",
    r"ursprüngliche (?:nachricht|nachrichtenkopfzeilen|kopfzeilen).*|en-têtes (?:de message )?d.origine.*"
    r"|intestazioni originali.*",
    r"encabezados (?:del mensaje )?original.*|oorspronkelijke berichtkoppen.*|ursprungliga meddelandehuvuden.*"
    r"|cabeçalhos originais.*",
    r"元のメッセージ.*|オリジナルメッセージ.*|原始邮件.*|原始郵件.*",
)
MARKERS = re.compile(rf"^[ \t>|]*[-=_*|]*[ \t]*(?:{'|'.join(_MARKER_TEXTS)})[ \t]*[-=_*|.:]*[ \t]*$", re.IGNORECASE)
