"""From names one person for all readers or nobody; other lists give whatever looks like an address."""

import pytest

from parsers.addresses import read_addresses, read_from
from parsers.mail import Address

AGREED = [
    (b"a@b.example", "", "a@b.example"),
    (b"<a@b.example>", "", "a@b.example"),
    (b"Ann Lee <ann@B.Example>", "Ann Lee", "ann@b.example"),
    (b'"Lee, Ann" <ann@b.example>', "Lee, Ann", "ann@b.example"),
    (b'"Ann \\"A\\" Lee" <ann@b.example>', 'Ann "A" Lee', "ann@b.example"),
    (b"Lee, Ann <ann@b.example>", "Lee, Ann", "ann@b.example"),
    (b"[DESK] Ann <ann@b.example>", "[DESK] Ann", "ann@b.example"),
    (b"ann@b.example (Ann Lee)", "Ann Lee", "ann@b.example"),
    (b"Ann <ann@b.example> (work)", "Ann", "ann@b.example"),
    (b"ann@b.example <ann@b.example>", "ann@b.example", "ann@b.example"),
    (b'"x@y.example" <ann@b.example>', "x@y.example", "ann@b.example"),
    (b"=?utf-8?q?M=C3=BCller=2C_J?= <j@b.example>", "Müller, J", "j@b.example"),
    ("Jürgen <j@müller.example>".encode(), "Jürgen", "j@müller.example"),
    ("用户@例え.example".encode(), "", "用户@例え.example"),
    (b"J\xfcrgen <j@b.example>", "Jürgen", "j@b.example"),
    (b'"john doe"@b.example', "", '"john doe"@b.example'),
    (b"a@[192.0.2.1]", "", "a@[192.0.2.1]"),
    (b"root@localhost", "", "root@localhost"),
    (b"ANN@B.EXAMPLE", "", "ANN@b.example"),
]


@pytest.mark.parametrize(("raw", "name", "address"), AGREED)
def test_one_address_that_all_readers_find_is_the_author(raw: bytes, name: str, address: str) -> None:
    assert read_from(raw).address == Address(name=name, address=address)


REFUSED = [
    b"alice@example.org)bob@example.com",
    b"a@us.example, <evil@x.example>",
    b"<a@us.example> <evil@x.example>",
    b"a@us.example <evil@x.example>",
    b"g: a@us.example;",
    b"<@us.example,@x.example:a@y.example>",
    b'"a@us.example"@x.example',
    b"=?utf-8?q?a@us=2Eexample,?= <evil@x.example>",
    b"=?utf-8?b?PGFAdXMuZXhhbXBsZT4=?= <evil@x.example>",
    b"a@us.example\0 <evil@x.example>",
    b"a@us.example (evil@x.example)",
    b"evil@x.example (<a@us.example>)",
    b"a@us.example.evil.example <a@us.example>",
    b"<<a@us.example>>",
    b"<a@us.example> evil@x.example",
    b'"unbalanced <a@us.example>',
    b"(unbalanced <a@us.example>",
    b"<a@us.example",
    b"a@us.example\r\nBcc: x",
    b"a @us.example",
    b"a@us .example",
    b"a@@us.example",
    b"a..b@us.example",
    b".a@us.example",
    b"a@us..example",
    b"a@-us.example",
    b"<mailto:a@us.example>",
    b"=?utf-8?q?a=40us?=@x.example",
    "a@us\uff0eexample".encode(),
    "a\uff20us.example <evil@x.example>".encode(),
    "a@u\u200bs.example".encode(),
    "\u212a@us.example".encode(),
    b"a@us.ex\xe4mple",
    b"'a@us.example'",
    b"''a@us.example",
    b"<>",
    b"<a@>",
    b"<@b.example>",
    b"root",
    b"",
    b"a@b.example,",
    b"a@b.example, c@d.example",
    b"x: <a@b.example>",
    b"a" * 300 + b"@b.example",
]


@pytest.mark.parametrize("raw", REFUSED)
def test_an_author_that_readers_could_disagree_about_is_refused_with_a_reason(raw: bytes) -> None:
    result = read_from(raw)
    assert result.address is None
    assert result.defect.startswith("from: ")


LISTS = [
    (b"a@b.example, Bo <c@d.example>", [("", "a@b.example"), ("Bo", "c@d.example")]),
    (b'"Doe, J" <j@x.example>, K (Kay) <k@x.example>', [("Doe, J", "j@x.example"), ("K", "k@x.example")]),
    (b"A <a@b.example> B <c@d.example>", [("A", "a@b.example"), ("B", "c@d.example")]),
    (b"a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
    (b"a@b.example c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
    (b"team: a@b.example, B <c@d.example>;, e@f.example",
     [("", "a@b.example"), ("B", "c@d.example"), ("", "e@f.example")]),
    (b"undisclosed-recipients:;", []),
    (b"<@us.example,@x.example:a@y.example>", [("", "a@y.example")]),
    (b"<mailto:a@b.example>", [("", "a@b.example")]),
    (b"'a@b.example'", [("", "a@b.example")]),
    (b'"a@b.example"', [("", "a@b.example")]),
    (b"a@b.example (Old Style)", [("Old Style", "a@b.example")]),
    (b'"unbalanced <a@b.example>, c@d.example', [("unbalanced", "a@b.example"), ("", "c@d.example")]),
    (b'"john doe"@b.example', [("", '"john doe"@b.example')]),
    (b"=?utf-8?q?a=2C_b?= <x@y.example>", [("a, b", "x@y.example")]),
    (b"a..b.@docomo.example", [("", "a..b.@docomo.example")]),
    (b"a@b.example.", [("", "a@b.example")]),
    ("Jürgen <j@müller.example>".encode(), [("Jürgen", "j@müller.example")]),
    (b"a@[IPv6:::1]", [("", "a@[IPv6:::1]")]),
    (b"foo <a@b.example>, ", [("foo", "a@b.example")]),
    (b"Evil\r\nBcc: x <a@b.example>", [("x", "a@b.example")]),
    (b"nobody, <>, (comment), ,;", []),
    (b'To: "', []),
    (b"(c):", []),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "found"), LISTS)
def test_address_lists_give_what_looks_like_an_address(raw: bytes, found: list[tuple[str, str]]) -> None:
    assert [(address.name, address.address) for address in read_addresses(raw)] == found


def test_only_ascii_letters_of_the_domain_are_lower_cased() -> None:
    assert read_addresses("ſupport@İX.Example".encode())[0].address == "ſupport@İx.example"


def test_a_list_is_cut_at_the_limit() -> None:
    assert len(read_addresses(b", ".join(b"u%d@x.example" % number for number in range(1000)))) == 200


@pytest.mark.parametrize("raw", [b"(" * 3000, b"a:" * 8000, b'"' * 15000, b"," * 15000, b"<" * 15000, b"\\" * 15000])
def test_hostile_lists_are_read_in_linear_time(raw: bytes) -> None:
    assert read_addresses(raw) == ()
    assert read_from(raw).address is None
