"""What senders mean by the name of a charset, as a Python codec.

Mostly the WHATWG Encoding Standard, which records what is meant: latin-1 is windows-1252, gb2312 is gb18030.
"""

import codecs
import re
from functools import lru_cache

_MEANT = {
    "ascii": "ascii",
    "usascii": "ascii",
    "7bit": "ascii",
    "ansix341968": "ascii",
    "iso646us": "ascii",
    "latin1": "cp1252",
    "l1": "cp1252",
    "iso88591": "cp1252",
    "iso885911987": "cp1252",
    "ansi": "cp1252",
    "iso88599": "cp1254",
    "latin5": "cp1254",
    "iso885911": "cp874",
    "tis620": "cp874",
    "iso88598i": "iso8859_8",
    "iso88598e": "iso8859_8",
    "iso88596i": "iso8859_6",
    "iso88596e": "iso8859_6",
    "utf8": "utf_8",
    "utf8mb4": "utf_8",
    "unicode11utf8": "utf_8",
    "unicode11utf7": "utf_7",
    "iso10646ucs2": "utf_16",
    "ucs2": "utf_16",
    "unicode": "utf_16",
    "gb2312": "gb18030",
    "gb231280": "gb18030",
    "csgb2312": "gb18030",
    "euccn": "gb18030",
    "xeuccn": "gb18030",
    "gbk": "gb18030",
    "xgbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "windows936": "gb18030",
    "hzgb2312": "hz",
    "ksc5601": "cp949",
    "ksc56011987": "cp949",
    "ksc56011989": "cp949",
    "csksc56011987": "cp949",
    "ksc5601x": "cp949",
    "euckr": "cp949",
    "xeuckr": "cp949",
    "windows949": "cp949",
    "uhc": "cp949",
    "xwindows949": "cp949",
    "big5": "cp950",
    "big5eten": "cp950",
    "chinesebig5": "cp950",
    "xbig5": "cp950",
    "csbig5": "cp950",
    "shiftjis": "cp932",
    "xsjis": "cp932",
    "sjis": "cp932",
    "csshiftjis": "cp932",
    "windows31j": "cp932",
    "mskanji": "cp932",
    "xmscp932": "cp932",
    "xeucjp": "euc_jp",
    "cseucpkdfmtjapanese": "euc_jp",
    "iso2022jpms": "iso2022_jp",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "csiso2022jp": "iso2022_jp",
    "xmacroman": "mac_roman",
    "macintosh": "mac_roman",
    "xmaccyrillic": "mac_cyrillic",
    "xmacce": "mac_latin2",
    "xmacgreek": "mac_greek",
    "xmacturkish": "mac_turkish",
    "xmacicelandic": "mac_iceland",
    "xmacjapanese": "cp932",
    "xmackorean": "cp949",
    "xmacchinesesimp": "gb18030",
    "xmacchinesetrad": "cp950",
    "koi8": "koi8_r",
    "koi": "koi8_r",
}
"""What senders mean by a name that Python lacks or takes too literally; keys without punctuation."""

_FAMILIES = (
    (re.compile(r"iso8859([1-9]\d?)"), "iso8859_{}"),
    (re.compile(r"8859([1-9]\d?)"), "iso8859_{}"),
    (re.compile(r"(?:x?windows|x?win|x?cp|ms|ibm|x?ansi)?(125\d|437|85\d|86\d|874|932|949|950)"), "cp{}"),
)
_TEXT_CODEC = re.compile(
    r"ascii|utf_?\d.*|cp\d+|iso\d.*|koi8.*|mac_.*|big5.*|euc_.*|gb.*|hz|johab|shift_jis.*|kz1048|ptcp154|tis_620|hp_roman8"
)


_LONGEST_NAME = 64


def codec_for(charset: str) -> str:
    """The Python text codec meant by a charset name as senders write it, or "" when nobody could tell.

    Codecs that are no charsets (rot13, base64, unicode_escape, idna ...) are never given.
    """
    return _known(charset[:_LONGEST_NAME])


@lru_cache(maxsize=1024)
def _known(charset: str) -> str:
    words = charset.strip(" \t\"'").lower().split(maxsplit=1)
    compact = re.sub(r"[^a-z0-9]", "", words[0]) if words else ""
    if not compact.isascii() or not compact:
        return ""
    if compact in _MEANT:
        return _MEANT[compact]
    for pattern, template in _FAMILIES:
        if found := pattern.fullmatch(compact):
            return _python_codec(template.format(found[1]))
    if sorted(compact) == sorted("utf8"):
        return "utf_8"
    return _python_codec(re.sub(r"[^a-z0-9]+", "_", words[0]).strip("_"))


def _python_codec(name: str) -> str:
    try:
        found = codecs.lookup(name).name.replace("-", "_")
    except (LookupError, ValueError, UnicodeError):
        return ""
    if not _TEXT_CODEC.fullmatch(found):
        return ""
    return _MEANT.get(found.replace("_", ""), found)
