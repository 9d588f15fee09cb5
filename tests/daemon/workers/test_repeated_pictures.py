"""The logo below every mail of a customer is a file once; after that it is marked, and no notice names it."""

import base64

import pytest
from postroom import ALICE, ANNA, Postroom, Sent, to

from daemon.clock import FakeClock
from daemon.store.store import Store

LOGO = b"\x89PNG\r\n\x1a\n" + b"logo" * 9
SHOT = b"\x89PNG\r\n\x1a\n" + b"shot" * 9


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Postroom:
    return Postroom(store, clock)


def body(text: str, **pictures: bytes) -> str:
    parts = [f"Content-Type: text/plain\n\n{text}\n"]
    for name, content in pictures.items():
        encoded = base64.b64encode(content).decode()
        parts.append(f"Content-Type: image/png; name={name}.png\nContent-Transfer-Encoding: base64\n\n{encoded}\n")
    return "".join(f"--b\n{part}" for part in parts) + "--b--\n"


def write(desk: Postroom, text: str, *, subject: str = "Printer", **pictures: bytes) -> Sent:
    mails = desk.write(ALICE, body(text, **pictures), subject=subject, Content_Type="multipart/mixed; boundary=b")
    return to(mails, ANNA)


def repeated(desk: Postroom) -> list[list[bool]]:
    return [[file["repeated"] for file in entry["attachments"]] for entry in desk.ticket()["messages"]]


def test_a_picture_that_came_before_is_marked_and_not_named_again(desk):
    write(desk, "It does not print.", logo=LOGO)
    notice = write(desk, "See the picture.", subject="Re: [#1001] Printer", logo=LOGO, shot=SHOT)
    assert repeated(desk) == [[False], [True, False]]
    assert "Attached: shot.png" in notice.text


def test_another_ticket_has_its_own_first_time(desk):
    write(desk, "It does not print.", logo=LOGO)
    write(desk, "Nor does this one.", subject="Scanner", logo=LOGO)
    assert repeated(desk) == [[False]]
    assert [file["repeated"] for file in desk.ticket(1002)["messages"][0]["attachments"]] == [False]
