"""Content-Type and Content-Disposition values are read as they are really written."""

import pytest

from parsers.parameters import read_parameterised

VALUES = [
    (b"Text/HTML ; Charset=UTF-8;", "text/html", {"charset": "UTF-8"}),
    (b"text/plain; charset=us-ascii (Plain text)", "text/plain", {"charset": "us-ascii"}),
    (b"text/plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
    (b'a/b; name="a;b.pdf"; x', "a/b", {"name": "a;b.pdf"}),
    (b"attachment; filename=report (1).pdf", "attachment", {"filename": "report (1).pdf"}),
    (b'attachment; filename="a "b".pdf"; size=3', "attachment", {"filename": 'a "b".pdf', "size": "3"}),
    (b'attachment; filename="a \\"b\\".pdf"', "attachment", {"filename": 'a "b".pdf'}),
    (b'attachment; filename="C:\\new\\table.txt"', "attachment", {"filename": "C:\\new\\table.txt"}),
    (b'attachment; filename="no end.pdf', "attachment", {"filename": "no end.pdf"}),
    (b"a/b; x=1; x=2", "a/b", {"x": "1"}),
    (b"a/b; name*", "a/b", {}),
    (b"a/b; name*0*", "a/b", {}),
    (b"", "", {}),
    (b";;;", "", {}),
]


@pytest.mark.parametrize(("raw", "value", "parameters"), VALUES)
def test_value_and_parameters_are_read(raw: bytes, value: str, parameters: dict[str, str]) -> None:
    found = read_parameterised(raw)
    assert (found.value, found.parameters) == (value, parameters)


NAMES = [
    (b"filename*=utf-8''%e2%82%ac.pdf; filename=eur.pdf", "€.pdf"),
    (b"filename=eur.pdf; filename*=utf-8'en'%E2%82%AC.pdf", "€.pdf"),
    (b"filename*0*=utf-8''%e2%82; filename*1*=%ac; filename*2=.pdf", "€.pdf"),
    (b"filename*1=b; filename*0=a", "ab"),
    (b"filename*0=a; filename*1*=b; filename=c", "ab"),
    (b"filename*0=a; filename*2=c", "a"),
    (b"filename*=''x.pdf", "x.pdf"),
    (b"filename*=x%20y.pdf", "x y.pdf"),
    (b"filename*=iso-8859-1''%e4.pdf", "ä.pdf"),
    (b"filename*=nonsense''%c3%a4.pdf", "ä.pdf"),
    (b"filename*=utf-8''%zz.pdf", "%zz.pdf"),
    (b'filename="=?utf-8?q?M=C3=BC?= x.pdf"', "Mü x.pdf"),
    (b"filename==?utf-8?B?w6QucGRm?=", "ä.pdf"),
    (b'filename="\xc3\xa4.pdf"', "ä.pdf"),
    (b'filename="\xe4.pdf"', "ä.pdf"),
    (b"filename*=utf-8''a%0d%0ab%00.pdf", "a b.pdf"),
]


@pytest.mark.parametrize(("raw", "name"), NAMES)
def test_file_names_are_decoded(raw: bytes, name: str) -> None:
    assert read_parameterised(b"attachment; " + raw).parameters["filename"] == name


HOSTILE = [
    b";" * 60_000,
    b'; a="' * 12_000,
    b"a" * 60_000,
    b'a="' + b"\\" * 60_000,
    b"a" + b" " * 60_000,
    b"filename*" + b"1" * 5000 + b"=a",
    b"".join(b"; name*%d=a" % number for number in range(5000)),
    b"; a*0*=" * 9_000,
]


@pytest.mark.parametrize("raw", HOSTILE)
@pytest.mark.timeout(2)
def test_hostile_parameters_are_read_in_linear_time(raw: bytes) -> None:
    assert len(read_parameterised(b"text/plain;" + raw).parameters) <= 200
