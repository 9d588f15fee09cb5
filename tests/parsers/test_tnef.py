"""winmail.dat gives up its files and its text, or a defect."""

import pytest
from tnef_streams import SIGNATURE, attached, tnef_object, winmail

from parsers.tnef import TnefFile, unwrap


def test_files_come_out_with_their_names() -> None:
    found = unwrap(winmail(attached(b"a.txt", b"hello"), attached(b"b.pdf", b"%PDF-1.7")))
    assert found.files == (TnefFile("a.txt", b"hello"), TnefFile("b.pdf", b"%PDF-1.7"))
    assert found.defects == ()


def test_the_body_comes_out_as_text() -> None:
    assert unwrap(winmail(body="Grüße".encode("cp1252"))).text == "Grüße"


STREAM = winmail(attached(b"a.txt", b"hello" * 10))
DAMAGED = [b"", b"not tnef", SIGNATURE + b"\xff" * 100, SIGNATURE + b"\x00" * 400_000, STREAM[: len(STREAM) // 2]]


@pytest.mark.parametrize("content", DAMAGED)
@pytest.mark.timeout(2)
def test_a_damaged_stream_is_survived(content: bytes) -> None:
    assert unwrap(content).text == ""


def test_a_stream_of_very_many_objects_is_not_unpacked() -> None:
    found = unwrap(SIGNATURE + tnef_object(1, 0x0006FFFF, b"") * 100_000)
    assert found.defects == ("winmail.dat: damaged or too large, not unpacked",)


@pytest.mark.parametrize("cut", range(0, len(STREAM), 3))
def test_a_stream_may_end_anywhere(cut: int) -> None:
    assert len(unwrap(STREAM[:cut]).files) <= 1
