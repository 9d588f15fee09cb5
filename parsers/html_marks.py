"""Which mark-up of which mail client means quotation, signature or forwarded mail.

The tables are data about clients; add a row when a client shows up. Text that only looks like a quotation is not judged
here: that is the splitter's work.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from parsers.html_guard import attributes


class Mark(Enum):
    """What an element says about the text in it, or from it on."""

    QUOTE = auto()  # the element is quotation
    HOLDER = auto()  # attribution and block quotes of one answer; what stands between or after the quotes is new text
    PREFIX = auto()  # its last paragraph is the attribution of the quotation that follows
    REST = auto()  # from here to the end of the mail all is quotation
    HEADED = auto()  # the same, if a header block (From, Sent, To, Subject) stands in it
    SIGNATURE = auto()
    FORWARD = auto()


_CLASSES = {
    # Gmail; K-9, Mailspring, Superhuman and Outlook for Android use its names
    "gmail_quote": Mark.HOLDER,
    "gmail_attr": Mark.PREFIX,
    "gmail_signature": Mark.SIGNATURE,
    "gmail_signature_prefix": Mark.SIGNATURE,
    "nylas-quote": Mark.HOLDER,
    "sh-signature": Mark.SIGNATURE,
    "k9mail-signature": Mark.SIGNATURE,
    "cm_quote": Mark.QUOTE,  # Newton, CloudMagic
    # Thunderbird
    "moz-cite-prefix": Mark.PREFIX,
    "moz-signature": Mark.SIGNATURE,
    "moz-forward-container": Mark.FORWARD,
    # Outlook Express, Outlook 2003, Samsung
    "outlookmessageheader": Mark.REST,
    "samsung_original": Mark.REST,
    # Yahoo, AOL
    "yahoo_quoted": Mark.QUOTE,
    "yahooquoted": Mark.QUOTE,
    "yahoo-quoted": Mark.QUOTE,
    "yahoo-signature": Mark.SIGNATURE,
    "ydp-yahoo-signature": Mark.SIGNATURE,
    "aolreplacedbody": Mark.QUOTE,
    # Proton, Tutanota, Zoho, Spark, Airmail, Front, Missive, HubSpot, Mailbird, BlackBerry
    "protonmail_quote": Mark.HOLDER,
    "protonmail_signature_block": Mark.SIGNATURE,
    "tutanota_quote": Mark.QUOTE,
    "tutanota_signature": Mark.SIGNATURE,
    "zmail_extra": Mark.HOLDER,
    "zmail_extra_hr": Mark.QUOTE,
    "zmail_signature": Mark.SIGNATURE,
    "spark_quote": Mark.QUOTE,
    "clean_bq": Mark.QUOTE,
    "airmail_on": Mark.PREFIX,
    "bloop_sign": Mark.SIGNATURE,
    "front-blockquote": Mark.QUOTE,
    "front-signature": Mark.SIGNATURE,
    "missive_quote": Mark.QUOTE,
    "hs_reply": Mark.QUOTE,
    "history_container": Mark.QUOTE,
    "freshdesk_quote": Mark.QUOTE,
    "quoted_text_container": Mark.QUOTE,
    # mail.ru, Edison, Lotus iNotes, eM Client, Evolution, Open-Xchange
    "mail-quote-collapse": Mark.QUOTE,
    "edo-reply-header": Mark.REST,
    "edo-signature": Mark.SIGNATURE,
    "inoteshistory": Mark.QUOTE,
    "cite2": Mark.QUOTE,
    "-x-evo-signature": Mark.SIGNATURE,
    "io-ox-signature": Mark.SIGNATURE,
    "applemailsignature": Mark.SIGNATURE,
    "signature": Mark.SIGNATURE,  # Fastmail, GMX, web.de
}
_IDS = {
    # Outlook on the web, for Mac and on phones, Hotmail
    "divrplyfwdmsg": Mark.REST,
    "appendonsend": Mark.REST,
    "mail-editor-reference-message-container": Mark.REST,
    "olk_src_body_section": Mark.REST,
    "stopspelling": Mark.REST,
    "signature": Mark.SIGNATURE,
    "ms-outlook-mobile-signature": Mark.SIGNATURE,
    # Apple, Zimbra, Roundcube, Samsung, 163.com
    "applemailsignature": Mark.SIGNATURE,
    "zwchr": Mark.REST,
    "reply-intro": Mark.PREFIX,
    "_rc_sig": Mark.SIGNATURE,
    "composer_signature": Mark.SIGNATURE,
    "isreplycontent": Mark.QUOTE,
    "isforwardcontent": Mark.FORWARD,
    "replysplit": Mark.REST,
}
_ID_STARTS = {"yahoo_quoted": Mark.QUOTE, "aolmsgpart": Mark.QUOTE}
_NAMES = {  # GMX and web.de, Spark
    "quote": Mark.QUOTE,
    "messagereplysection": Mark.HOLDER,
    "messagesignaturesection": Mark.SIGNATURE,
}
_MARKERS = {  # Zimbra's data-marker
    "__divider__": Mark.REST,
    "__quoted_text__": Mark.QUOTE,
    "__sig_pre__": Mark.SIGNATURE,
    "__sig_post__": Mark.SIGNATURE,
}

_MAX_STYLE = 2000
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:max-height|(?<![-\w])opacity)\s*:\s*0(?:px|%)?\s*(?:;|!|$)"
)
_TOP_BORDER = re.compile(
    r"border-top[a-z-]{0,12}\s{0,3}:[^;]{0,60}(?:solid|\dpt|\dpx)|background[a-z-]{0,12}\s{0,3}:\s{0,3}#(?:f5f5f5|e4e4e4)"
)
_LEFT_BORDER = re.compile(r"border-left[a-z-]{0,12}\s{0,3}:(?!\s{0,3}(?:none|0))")
_KEEPS_SPACES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)")
_NO_MARGIN = re.compile(r"(?<![-\w])margin\s*:\s*0(?:[a-z]{2})?(?:\s+0(?:[a-z]{2})?){0,3}\s*(?:;|!|$)")
_NO_BORDER = re.compile(r"(?<![-\w])border\s*:\s*(?:none|0)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What the attributes of one tag mean to a reader of text."""

    mark: Mark | None = None
    is_hidden: bool = False
    keeps_spaces: bool = False
    is_tight: bool = False
    is_word_list: bool = False
    is_cited: bool = False
    is_indented: bool = False


PLAIN = Traits()


def read_traits(raw: str) -> Traits:
    """The traits of a start tag's raw attributes."""
    if not raw or "=" not in raw:
        return Traits(is_hidden=True) if "hidden" in raw else PLAIN
    return _remembered_traits(raw) if len(raw) < 300 else _traits(raw)


@lru_cache(maxsize=2048)
def _remembered_traits(raw: str) -> Traits:
    return _traits(raw)


def _traits(raw: str) -> Traits:
    found = attributes(raw)
    style = found.get("style", "")[:_MAX_STYLE].lower()
    mark = _named_mark(found)
    if mark is None and _TOP_BORDER.search(style):
        mark = Mark.HEADED
    has_left_border = bool(_LEFT_BORDER.search(style))
    traits = Traits(
        mark=mark,
        is_hidden="hidden" in found or bool(_HIDDEN.search(style)),
        keeps_spaces=bool(_KEEPS_SPACES.search(style)),
        is_tight="msonormal" in found.get("class", "").lower() or bool(_NO_MARGIN.search(style)),
        is_word_list="mso-list" in style and "ignore" in style,
        is_cited=found.get("type", "").lower() == "cite"
        or found.get("cite", "").lower().startswith("mid:")
        or has_left_border,
        is_indented=bool(_NO_BORDER.search(style)) and not has_left_border,
    )
    return PLAIN if traits == PLAIN else traits


def _named_mark(found: dict[str, str]) -> Mark | None:
    for name in found.get("class", "").lower().split():
        if name in _CLASSES:
            return _CLASSES[name]
    identity = found.get("id", "").lower()
    if identity in _IDS:
        return _IDS[identity]
    for start, mark in _ID_STARTS.items():
        if identity.startswith(start):
            return mark
    return _NAMES.get(found.get("name", "").lower()) or _MARKERS.get(found.get("data-marker", "").lower())
