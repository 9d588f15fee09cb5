"""Any nesting of parts, whole or broken, comes apart into its leaves."""

import pytest

from parsers.structure import read_structure

HEAD = b"From: a@b.example\nMIME-Version: 1.0\n"


def multipart(body: bytes, kind: bytes = b"mixed", boundary: bytes = b"B") -> bytes:
    return HEAD + b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\n\n' + body


def payloads(raw: bytes) -> list[bytes]:
    return [part.payload for part in read_structure(raw).parts]


TREES = [
    (HEAD + b"\nhello\n", [b"hello\n"]),
    (multipart(b"--B\n\none\n--B\n\ntwo\n--B--\n"), [b"one", b"two"]),
    (multipart(b"preamble\n--B\n\none\n--B--\nepilogue\n"), [b"one"]),
    (multipart(b"--B\r\n\r\none\r\n--B\r\n\r\ntwo\r\n--B--\r\n"), [b"one", b"two"]),
    (multipart(b"--B \n\none\n--B\t\n\ntwo\n--B-- \n"), [b"one", b"two"]),
    (multipart(b"--B\n\none\n--B\n\ntwo\n"), [b"one", b"two\n"]),
    (multipart(b"--B\n\none\n--BB\n\ntwo\n--B--\n"), [b"one\n--BB\n\ntwo"]),
    (multipart(b"--B\n\none\n--B--\n--B\n\ntwo\n--B--\n"), [b"one", b"two"]),
    (multipart(b"--B\nno headers\n--B--\n"), [b"no headers"]),
    (multipart(b"--B\n--B\n\none\n--B--\n"), [b"one"]),
    (multipart(b"--X\nContent-Type: text/plain\n\none\n--X--\n"), [b"one"]),
    (HEAD + b"Content-Type: multipart/mixed\n\n--X\nContent-Type: text/plain\n\none\n--X--\n", [b"one"]),
    (HEAD + b"\n--X123\nContent-Type: text/plain\n\none\n--X123--\n", [b"one"]),
    (multipart(b"no part at all\n"), [b"no part at all\n"]),
    (HEAD + b"Content-Type: multipart/mixed; boundary=\n\ntext\n", [b"text\n"]),
    (HEAD + b"Content-Type: /\n\ntext\n", [b"text\n"]),
    (b"From: a@b.example\rSubject: x\r\rtext\r", [b"text\n"]),
    (HEAD + b"Content-Type: multipart; boundary=B\n\n--B\n\none\n--B--\n", [b"one"]),
    (b"\xef\xbb\xbf" + HEAD + b"\nhello", [b"hello"]),
    (b"", [b""]),
]


@pytest.mark.parametrize(("raw", "leaves"), TREES)
def test_a_mail_comes_apart_into_its_leaves(raw: bytes, leaves: list[bytes]) -> None:
    assert payloads(raw) == leaves


def test_leaves_know_where_they_stand() -> None:
    inner = (
        b'--B\nContent-Type: multipart/alternative; boundary="BB"\n\n--BB\n\na\n--BB\n\nb\n--BB--\n--B\n\nc\n--B--\n'
    )
    parts = read_structure(multipart(inner)).parts
    assert [part.container for part in parts] == [("mixed", "alternative"), ("mixed", "alternative"), ("mixed",)]
    assert [part.position for part in parts] == [(0, 0), (0, 1), (1,)]


def test_an_inner_multipart_without_end_stops_where_the_outer_one_goes_on() -> None:
    inner = b'--B\nContent-Type: multipart/alternative; boundary="C"\n\n--C\n\na\n--C\n\nb\n--B\n\nc\n--B--\n'
    assert payloads(multipart(inner)) == [b"a", b"b", b"c"]


def test_inner_mails_stay_whole() -> None:
    raw = multipart(b"--B\nContent-Type: message/rfc822\n\nSubject: x\n\ntext\n--B--\n")
    part = read_structure(raw).parts[0]
    assert (part.content_type, part.payload) == ("message/rfc822", b"Subject: x\n\ntext")


def test_parts_of_a_digest_are_mails_by_default() -> None:
    parts = read_structure(multipart(b"--B\n\nSubject: x\n\ntext\n--B--\n", kind=b"digest")).parts
    assert parts[0].content_type == "message/rfc822"


def test_a_leaf_has_its_headers_read() -> None:
    raw = HEAD + (
        b'Content-Type: image/PNG; name="a.png"\nContent-Disposition: Inline; filename="b.png"\n'
        b"Content-ID: <c1@x>\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n"
    )
    part = read_structure(raw).parts[0]
    assert (part.content_type, part.disposition, part.name) == ("image/png", "inline", "b.png")
    assert (part.content_id, part.payload, part.position) == ("c1@x", b"hello", ())


def nested(depth: int) -> bytes:
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth))
    return HEAD + b"".join(levels) + b"\ninner"


LIMITED = [
    (nested(51), "structure: nested too deep"),
    (nested(10_000), "structure: nested too deep"),
    (multipart(b"--B\n\nx\n" * 100_000), "structure: too many parts"),
    (HEAD + b"X: y\n" * 100_000, "headers: shortened"),
    (b"\n" * 1_000_000 + HEAD, "structure: blank lines or a byte order mark before the headers"),
    (multipart(b"text"), "structure: multipart without parts"),
    (multipart(b"--B\n\ntext"), "structure: multipart without end"),
]


@pytest.mark.timeout(5)
@pytest.mark.parametrize(("raw", "defect"), LIMITED)
def test_a_limit_is_a_defect_and_no_failure(raw: bytes, defect: str) -> None:
    structure = read_structure(raw)
    assert defect in structure.defects
    assert len(structure.parts) <= 500


def test_fifty_levels_are_read_to_the_ground() -> None:
    assert payloads(nested(50)) == [b"inner"]


def test_decoded_content_over_the_limit_is_cut() -> None:
    structure = read_structure(HEAD + b"\n" + b"x" * (100 * 1024 * 1024 + 1))
    assert "structure: decoded content shortened" in structure.defects
    assert len(structure.parts[0].payload) == 100 * 1024 * 1024


@pytest.mark.parametrize(
    ("body", "content_type"), [(b"just words", "text/plain"), (b"\r\n<html><p>words", "text/html")]
)
def test_a_multipart_that_nothing_divides_is_what_somebody_wrote(body: bytes, content_type: str) -> None:
    (leaf,) = read_structure(b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + body).parts
    assert (leaf.content_type, leaf.payload) == (content_type, body)


def test_the_odd_headers_of_a_part_say_nothing_about_the_author() -> None:
    raw = multipart(b"--B\nX: y\n From : quoted\nFrom : z\nTo: x\n\none\n--B--\n")
    assert not any(defect.startswith("from:") for defect in read_structure(raw).defects)
