"""What a failure sentence means as an RFC 3463 status code.

Only text in, codes out: explicit codes, then the sentences mail systems use, then bare SMTP replies (RFC 5321 4.2).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# RFC 3463 2 and 3: subjects run from 0 to 7. The look-arounds keep IP addresses, versions and dates out.
_ENHANCED = re.compile(r"(?<![\w.@-])[#(\[]?([245]\.[0-7]\.\d{1,3})(?![\w-]|\.\d)")
_AFTER_REPLY = re.compile(r"(?<![\w.])[245]\d\d[ \t-]{1,3}#?([245]\.[0-7]\.\d{1,3})(?!\d|\.\d)")
_AFTER_HASH = re.compile(r"#([245]\.[0-7]\.\d{1,3})(?!\d|\.\d)")
_VERSION_BEFORE = re.compile(r"(?:version|release|exim|sendmail|postfix|build|\bv|/)[ :=]{0,2}$", re.IGNORECASE)
_REPLY = re.compile(
    r"(?:^|(?<=[\s:;#\"'\[(<>=,-]))([245](?:[0-5]\d|7[01]))(?=$|[\s,;:.)\]'\"-])(?![ \t]*(?:[kmg]i?b\b|bytes"
    r"|hours|days|lines))",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A status and how sure it is: 3 stated as a code, 2 said in a sentence, 1 a bare SMTP reply, 0 nothing found."""

    status: str = ""
    certainty: int = 0


def read_status(text: str) -> Reading:
    """The status that a diagnostic text states or implies."""
    stated = _stated(text)
    if stated:
        return Reading(stated, 3)
    reply = find_reply(text)
    lowered = " ".join(text.lower().replace("\u2019", "'").split())
    for status, pattern in _SENTENCES:
        if pattern.search(lowered):
            return Reading(_in_class(status, reply), 2)
    if reply:
        return Reading(_BY_REPLY.get(reply, f"{reply[0]}.0.0"), 1)
    return Reading("4.4.7", 1) if _VAGUELY_TEMPORARY.search(lowered) else Reading()


def find_reply(text: str) -> str:
    """The first SMTP reply code of class 4 or 5 in the text, or an empty string."""
    return next((code for code in _REPLY.findall(text) if code[0] in "45"), "")


def best_reading(texts: Iterable[str]) -> tuple[Reading, str]:
    """The surest reading of several texts, the earlier winning a tie, and the text that gave it."""
    best, source = Reading(), ""
    for text in texts:
        found = read_status(text)
        if found.certainty > best.certainty:
            best, source = found, text
        if best.certainty == 3:
            break
    return best, source


def refine(status: str, text: str) -> str:
    """A stated `x.0.0` says nothing: take the exact code of the same class from the diagnostic, where there is "
    "one."""
    if not status.endswith(".0.0"):
        return status
    exact = _stated(text, prefix=status[0])
    return exact or status


def _stated(text: str, prefix: str = "") -> str:
    """The best explicit code: one behind a reply code, then behind a hash, then any; exact ones before `x.0.0`."""
    found = _AFTER_REPLY.findall(text) + _AFTER_HASH.findall(text)
    found += [match[1] for match in _ENHANCED.finditer(text) if not _is_version(text, match.start())]
    found = [code for code in found if code.startswith(prefix) and (prefix or code[0] in "45")]
    exact = (code for code in found if not code.endswith(".0.0"))
    return next(exact, found[0] if found else "")


def _is_version(text: str, start: int) -> bool:
    return _VERSION_BEFORE.search(text, max(0, start - 12), start) is not None


def _in_class(status: str, reply: str) -> str:
    """Full mailboxes and the like are temporary or permanent as the server's reply says; so is what it defers."""
    if reply and (status[:4] in _EITHER_CLASS or reply[0] == "4"):
        return reply[0] + status[1:]
    return status


_EITHER_CLASS = frozenset({"5.2.", "5.3.", "4.7.", "4.4.", "4.3."})
_BY_REPLY = {
    "421": "4.4.2",
    "432": "4.7.12",
    "450": "4.2.1",
    "451": "4.3.0",
    "452": "4.2.2",
    "454": "4.7.0",
    "530": "5.7.0",
    "535": "5.7.8",
    "551": "5.1.6",
    "552": "5.2.2",
    "553": "5.1.3",
}


_VAGUELY_TEMPORARY = re.compile(r"\bdeferred\b|temporar(?:y|ily)|delayed")


def _sentence(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


# First match wins: what names the mailbox precisely stands before what any refusal says.
_SENTENCES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "5.2.2",
        _sentence(
            r"(?:mail ?box|inbox|mail ?folder|mail ?drop)(?:'s)?.{0,40}\b(?:full|exceed|over|too large)",
            r"\bfull mailbox|over(?: the| its| their| his| disk)? ?(?:maximum )?quota|over ?quota|mailfolder is full",
            r"quota.{0,20}(?:exceed|exceded|violat|reached)|exceed.{0,50}(?:quota|mailbox|storage)|disk quota",
            r"insufficient (?:disk )?quota|(?:out of|not enough|insufficient|no) (?:free |disk |storage |mailbox )*"
            r"(?:space|storage|quota)\b(?! on (?:the )?(?:server|system))",
            r"too much mail data|account is full|storage limit|user is out of space|has reached (?:the"
            r"|its) (?:limit|maximum)",
            r"容量|メールボックスが一杯|いっぱい|postfach.{0,30}voll|bo[iî]te.{0,30}pleine|buz[oó]n.{0,20}lleno",
            r"casella.{0,30}piena|caixa.{0,30}cheia|ящик.{0,20}переполнен|已满",
        ),
    ),
    (
        "5.3.4",
        _sentence(
            r"(?:message|mail|attachment|body|data)(?: (?:file|size))?(?: is)? (?:too|larger than) (?:big|large"
            r"|long|the)",
            r"(?:message|mail|content|header) (?:size|length) (?:exceed|limit|violat)|size.{0,30}exceed",
            r"exceed.{0,40}(?:maximum|size|limit)(?! of (?:connections|recipients|hops))|too (?:big"
            r"|large) (?:message|mail)",
            r"max(?:imum)? (?:message|mail|allowed) size|larger than the (?:current|maximum)|message too (?:big"
            r"|large|long)",
        ),
    ),
    (
        "5.4.6",
        _sentence(
            r"mail(?:ing)? loop|(?:routing|mail|delivery) loop|loop(?:s|ing)? (?:detected|back)|too many (?:hops"
            r"|received)",
            r"hop count|maximum hops|mail is looping|loops back to (?:me|itself)|message is looping",
        ),
    ),
    (
        "5.7.1",
        _sentence(
            r"relay(?:ing)?(?: access)?(?: is)? (?:denied|not |prohibited|restrict|refused|disallow|disabled)",
            r"(?:not|n't|no|unable|cannot|refus\w+|denied|prohibited)(?: \w+){0,3} relay|rcpthosts|open relay"
            r"|via this relay",
        ),
    ),
    (
        "5.7.4",
        _sentence(r"(?:tls|starttls|encryption) (?:is |was )?(?:required|needed|mandatory)|must issue a starttls"),
    ),
    (
        "5.1.2",
        _sentence(
            r"(?:host|domain|system|mail exchanger|hostname|host name|mx)(?: or domain)?(?: name)?"
            r"(?: lookup)?(?: \S{1,100})?(?: is| was| were)? (?:unknown|not found|invalid|could ?n.t be found"
            r"|not exist|does ?n.t exist"
            r"|does not (?:exist|appear)|not known|not registered|does not resolve|cannot be found)",
            r"(?:unknown|no such|invalid|illegal|bad|non-?existent|unroutea?ble)(?: mail| destination| remote"
            r"| target| e-?mail)*"
            r" (?:host|domain|system)",
            r"name service error|nxdomain|no mx (?:host|record)|couldn't find any host|dns (?:error|look ?up|fail)",
            r"(?:cannot|can't|could not|couldn't|unable to|failed to) (?:resolve|find|look ?up|locate)"
            r"(?: \S{1,40}){0,4} (?:host|domain|mx|mail|gateway|server|address of)",
            r"(?:no|any) mail (?:host|exchanger|server)s?\b|mx records? point|host not found"
            r"|domain.{0,80}couldn't be found",
            r"mail for \S+ loops|all relevant mx records",
        ),
    ),
    (
        "5.1.1",
        _sentence(
            r"(?:no such|unknown|invalid|bad|non-?exist\w*|unrecogni[sz]ed|unroutea?ble|undefined|illegal"
            r"|incorrect|wrong)"
            r"(?: or \w+)?(?: local| e-?mail| recipient| mail| user| mailbox| account)*"
            r" (?:user|recipient|address|mail ?box|account|person|addressee|name|alias|id|number|here|extension)",
            r"(?:user|recipient|address|mail ?box|account|addressee|alias|subscriber|name"
            r"|number)s?(?:'s)?(?: name| address)?"
            r"(?: \S{1,100}){0,4}? (?:unknown|not (?:be )?(?:found|known|listed|recogni[sz]ed|valid|here|exist\w*"
            r"|present)"
            r"|(?:does|did|do)(?: not|n't|n.t) (?:exist|match|have|appear)|invalid|could ?n.t be found"
            r"|is ?n.t recogni[sz]ed)",
            r"user(?:\(s\))? (?:is )?unknown|unknown (?:user|recipient|address)|no (?:mail ?box|user|account)\b"
            r"|not a (?:known|valid|local)",
            r"not our customer|not listed in|does(?: not|n't) have an? .{0,60}account|no valid recipients"
            r"|user not exist",
            r"(?:recipient|address)(?: \S{1,100})? not found|(?:user|recipient|mailbox"
            r"|address)(?: address)? unknown|not known here",
            r"no one (?:here )?by that name|unable to find (?:that )?(?:recipient|user|alias)"
            r"|unknown local[- ]part|not a member",
            r"recipnotfound|not in (?:my|our) (?:database|directory)|there is no (?:one|user|mailbox)"
            r"|isn't (?:a )?(?:valid|real)",
            r"存在し(?:ない|ません)|見つかりません|宛先不明",
            r"unbekannte|existiert nicht|inconnu|n'existe pas|no existe|desconocid",
            r"sconosciut|inesistente|não existe|не существует|не найден|不存在|nieznan|onbekend|okänd",
        ),
    ),
    (
        "5.2.1",
        _sentence(
            r"(?:mail ?box|account|user|recipient|address|number)(?:\(s\))?(?: \S{1,100}){0,6}? (?:disabled"
            r"|inactive|suspended"
            r"|deactivated|locked|closed|expired|not active|terminated|discontinued|out of service|frozen|unavailable"
            r"|not accepting)",
            r"(?:inactive|disabled|suspended|expired|terminated) (?:user|account|mail ?box|recipient)"
            r"|account.{0,30}been disabled",
            r"not accepting (?:mail|messages|any)|cannot receive (?:mail|messages)",
        ),
    ),
    (
        "5.1.6",
        _sentence(
            r"(?:user|recipient|mailbox|account|person)(?: \S{1,60})? has moved|no longer (?:with|works|at"
            r"|employed|uses?)"
        ),
    ),
    (
        "4.7.1",
        _sentence(
            r"gr[ea]y ?-?list|too many (?:connections|messages|emails)|rate.?limit|throttl|try again (?:later|in)"
            r"|unusual rate"
        ),
    ),
    (
        "4.4.7",
        _sentence(
            r"retry time(?:out)? (?:exceeded|not reached)|(?:delivery |queue )?(?:time|lifetime|period)(?: has"
            r"| limit)? (?:expired|exceed)",
            r"\bexpired\b|been in the queue (?:too long|for)|(?:been|was) (?:undeliverable|queued|on the queue"
            r"|waiting) for",
            r"(?:in|on) the (?:mail )?queue (?:too|for) |given up|too long in queue|after \d+ (?:hours|days"
            r"|attempts)",
            r"for (?:more than )?\d+ (?:hours|days)|(?:time ?limit|maximum (?:age|time"
            r"|lifetime)).{0,30}(?:exceeded|reached)",
            r"delivery failed \d+ attempts|(?:retr(?:y|ies)|attempts?) (?:limit |count )?(?:exceeded|exhausted)",
        ),
    ),
    (
        "4.4.1",
        _sentence(
            r"connection (?:was )?(?:timed? ?out|refused)|connect(?: to \S+)?:? .{0,60}(?:refused|timed out|fail"
            r"|unreachable)",
            r"no (?:answer|route|response) |unreachable|not reachable|(?:couldn't|could not|cannot|can't"
            r"|unable to|failed to)"
            r" (?:establish|connect|contact|reach|make|open an? )|not respond|(?:operation|host|session"
            r"|connection).{0,40} timed? ?out",
            r"(?:host|network|server) (?:is )?(?:down|unavailable)|did not respond|wasn't able to establish",
        ),
    ),
    (
        "4.4.2",
        _sentence(
            r"(?:lost|bad|broken|dropped|closed|reset) (?:the )?connection|connection (?:was |has been )?"
            r"(?:dropped|lost|closed|reset|broken|died|aborted)|conversation with|read error"
            r"|remote host (?:dropped|closed)",
            r"timed? ?out|timeout",
        ),
    ),
    (
        "5.7.1",
        _sentence(
            r"\bspam|junk|unsolicited|bulk mail|block(?:ed|list)|black ?-?list|deny ?list|spamhaus|spamcop"
            r"|\brbl\b|dnsbl|surbl|reputation",
            r"\bpolic(?:y|ies)\b|(?:access|permission|message|mail|sender|connection|client"
            r"|host)(?: \w+)? (?:is )?(?:denied|prohibited|refused)",
            r"not (?:permitted|authori[sz]ed|allowed|accepted|welcome)|prohibited|forbidden|\bspf\b|dkim|dmarc"
            r"|authentication",
            r"virus|malware|banned|unacceptable|administrative|refused (?:to )?(?:mail|accept)|(?:message|mail"
            r"|content|data)(?: \w+)* reject",
            r"reject(?:ed|s|ion)?\b.{0,60}(?:content|filter|header)|sender (?:address )?(?:reject|verify)"
            r"|restricted|security",
        ),
    ),
    (
        "4.3.1",
        _sentence(
            r"insufficient (?:system )?(?:storage|resources)|no space left|out of (?:memory|disk)"
            r"|mail system full|disk full"
        ),
    ),
    (
        "5.6.0",
        _sentence(
            r"(?:content|attachment|file) .{0,40}not (?:allowed|supported)|malformed|line too long|conversion"
            r"|message (?:format|header)"
        ),
    ),
    (
        "5.3.0",
        _sentence(
            r"can't create (?:output|user)|cannot (?:append|open|update)|local (?:configuration|delivery|error)"
            r"|command (?:died|failed|output)",
            r"permission denied|procmail|mailer (?:error|\S+ exited)|system error|internal (?:server )?error"
            r"|not currently accepting"
            r"|service (?:is )?(?:not available|unavailable)|resources temporarily unavailable",
        ),
    ),
)
