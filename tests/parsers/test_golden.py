"""Every mail of tests/mail reads as its writer meant it: one test a mail.

NAME.json says what NAME.eml means, decided by whoever wrote the mail: the keys of `ParsedMail.to_dict()` that matter
for this mail. Objects may leave keys out, lists are whole. In texts, white space at line ends and the number of blank
lines between paragraphs mean nothing.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from parsers import parse

MAILS = Path(__file__).resolve().parent.parent / "mail"
NAMES = sorted(path.stem for path in MAILS.glob("*.eml"))
SHAPE = parse(b"").to_dict()


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


@pytest.mark.parametrize("name", NAMES)
def test_golden_mail_reads_as_its_writer_meant_it(name: str) -> None:
    expected = json.loads((MAILS / f"{name}.json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(parse((MAILS / f"{name}.eml").read_bytes()).to_dict()))
    assert not (lines := differences(expected, found)), "\n".join([name, *lines])


def test_every_mail_has_its_expectation_and_every_expectation_its_mail() -> None:
    assert sorted(path.stem for path in MAILS.glob("*.json")) == NAMES
    assert len(NAMES) >= 150


@pytest.mark.parametrize("name", NAMES)
def test_expectation_speaks_of_things_that_a_mail_has(name: str) -> None:
    expected = json.loads((MAILS / f"{name}.json").read_text(encoding="utf-8"))
    assert expected.keys()
    assert expected.keys() <= SHAPE.keys()
