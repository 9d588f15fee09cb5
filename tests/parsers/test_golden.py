"""Every mail of tests/mail reads as its writer meant it: one test a kind of mail, which names the mails that do not.

NAME.json says what NAME.eml means, decided by whoever wrote the mail: the keys of `ParsedMail.to_dict()` that matter
for this mail. Objects may leave keys out, lists are whole. In texts, white space at line ends and the number of blank
lines between paragraphs mean nothing.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from parsers import parse
from parsers.mail import ParsedMail

MAILS = Path(__file__).resolve().parent.parent / "mail"
NAMES = sorted(path.stem for path in MAILS.glob("*.eml"))
KINDS = sorted({name.partition("_")[0] for name in NAMES})
SHAPE = parse(b"").to_dict()


@cache
def read(name: str) -> ParsedMail:
    return parse((MAILS / f"{name}.eml").read_bytes())


@cache
def meant(name: str) -> dict[str, Any]:
    expectation: dict[str, Any] = json.loads((MAILS / f"{name}.json").read_text(encoding="utf-8"))
    return expectation


def differences(expected: Any, found: Any, place: str = "") -> list[str]:
    """Where what was found differs from what is expected, a line each."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [line for key in expected for line in differences(expected[key], found.get(key), f"{place}.{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for at, pair in pairs for line in differences(*pair, f"{place}[{at}]")]
    if isinstance(expected, str) and isinstance(found, str):
        expected, found = plain(expected), plain(found)
    return [] if expected == found else [f"{place}\n  expected {expected!r}\n  found    {found!r}"]


def plain(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t\u00a0]+$", "", text, flags=re.MULTILINE)).strip("\n")


def filled(*texts: str) -> list[str]:
    return sorted(line.strip() for text in texts for line in text.split("\n") if line.strip())


@pytest.mark.parametrize("kind", KINDS)
def test_golden_mails_read_as_their_writers_meant_them(kind: str) -> None:
    names = [name for name in NAMES if name.partition("_")[0] == kind]
    wrong = {name: differences(meant(name), json.loads(json.dumps(read(name).to_dict()))) for name in names}
    assert not (lines := [line for name, found in wrong.items() if found for line in (name, *found)]), "\n".join(lines)


def test_golden_mails_lose_no_line() -> None:
    mails = {name: read(name) for name in NAMES}
    assert not [name for name, m in mails.items() if filled(m.reply, m.signature, m.quoted) != filled(m.text)]


def test_every_mail_has_its_expectation_and_every_expectation_its_mail() -> None:
    assert sorted(path.stem for path in MAILS.glob("*.json")) == NAMES
    assert len(NAMES) >= 350


def test_expectations_speak_of_things_that_a_mail_has() -> None:
    assert not [name for name in NAMES if not meant(name).keys() or not meant(name).keys() <= SHAPE.keys()]
