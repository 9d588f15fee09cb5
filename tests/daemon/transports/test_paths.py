"""Command lines taken apart."""

import pytest

from daemon.errors import Refused
from daemon.transports.paths import parse_command, parse_path


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (b"NOOP\r\n", ("NOOP", "")),
        (b"mail FROM:<a@b>\r\n", ("MAIL", "FROM:<a@b>")),
        (b"EHLO  mx.test \r\n", ("EHLO", "mx.test")),
        (b"\r\n", ("", "")),
        ("RCPT TO:<ü@b>\r\n".encode(), ("RCPT", "TO:<ü@b>")),
    ],
)
def test_a_command_is_a_verb_and_an_argument(line: bytes, parts: tuple[str, str]):
    assert parse_command(line) == parts


@pytest.mark.parametrize("line", [b"NOOP\n", b"NO\rOP\r\n", b"NOOP\0\r\n", b"NOOP\r\r\n", "ÜBEL\r\n".encode()])
def test_a_malformed_command_line_is_answered_500(line: bytes):
    with pytest.raises(Refused, match=r"^500 5\.5\.\d "):
        parse_command(line)


@pytest.mark.parametrize(
    ("argument", "address", "parameters"),
    [
        ("FROM:<>", "", {}),
        ("from: <a@b>", "a@b", {}),
        ("FROM:a@b", "a@b", {}),
        ("FROM:<@relay,@other:a@b>", "a@b", {}),
        ("FROM:<root>", "root", {}),
        ('FROM:<"a b>@c"@d>', '"a b>@c"@d', {}),
        (
            "FROM:<ü@müller.de> SMTPUTF8 BODY=8BITMIME size=12",
            "ü@müller.de",
            {"SMTPUTF8": "", "BODY": "8BITMIME", "SIZE": "12"},
        ),
        ("FROM:<" + "a" * 400 + "@b>", "a" * 400 + "@b", {}),
    ],
)
def test_a_path_is_an_address_and_parameters(argument: str, address: str, parameters: dict[str, str]):
    path = parse_path(argument, "FROM:")
    assert (path.address, path.parameters) == (address, parameters)


@pytest.mark.parametrize(
    "argument",
    [
        "",
        "TO:<a@b>",
        "FROM:",
        "FROM:<a@b",
        "FROM:a@b>",
        "FROM:<a@b>x",
        "FROM:<a b@c>",
        "FROM:<<a@b>>",
        "FROM:<a@b> =1",
        "FROM:<a@b> X X",
    ],
)
def test_bad_syntax_is_answered_501(argument: str):
    with pytest.raises(Refused, match=r"^501 5\.5\.4 "):
        parse_path(argument, "FROM:")


def test_an_address_that_is_not_utf8_is_answered_553():
    _, argument = parse_command(b"MAIL FROM:<\xfc@b>\r\n")
    with pytest.raises(Refused, match=r"^553 5\.1\.3 "):
        parse_path(argument, "FROM:")
