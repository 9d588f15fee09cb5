"""Pictures within a mail stay where they were: in notices to agents, and in answers to customers."""

import base64
import re

import pytest
from postroom import ALICE, ANNA, Postroom, Sent, to

from daemon.clock import FakeClock
from daemon.store.store import Store

PNG = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
RELATED = {"MIME_Version": "1.0", "Content_Type": 'multipart/related; boundary="r"; type="text/html"'}


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Postroom:
    return Postroom(store, clock)


def page(html: str, *pictures: tuple[str, bytes], kind: str = "image/png") -> str:
    """The body of a multipart/related mail: a page and the pictures it shows, by Content-ID."""
    parts = [f"Content-Type: text/html; charset=utf-8\n\n<html><body>{html}</body></html>\n"]
    for name, content in pictures:
        encoded = base64.encodebytes(content).decode()
        head = f"Content-Type: {kind}; name={name}.png\nContent-Disposition: inline; filename={name}.png\n"
        parts.append(f"{head}Content-ID: <{name}>\nContent-Transfer-Encoding: base64\n\n{encoded}")
    return "".join(f"--r\n{part}" for part in parts) + "--r--\n"


def shown(sent: Sent) -> list[bytes]:
    """The pictures that the HTML part shows, in order."""
    parts = {part["Content-ID"]: part.get_content() for part in sent.mail.walk() if part["Content-ID"]}
    return [parts[f"<{each}>"] for each in re.findall(r'<img src="cid:([^"]+)"', sent.html)]


def files(sent: Sent) -> list[str]:
    return [part.get_filename() for part in sent.mail.walk() if part.get_content_disposition() == "attachment"]


def asked(desk: Postroom) -> Sent:
    body = page('<p>It looks like this:</p><img src="cid:shot"><p>What now?</p>', ("shot", PNG))
    return to(desk.write(ALICE, body, **RELATED), ANNA)


def answered(desk: Postroom, notice: Sent, html: str, *pictures: tuple[str, bytes], **more: str) -> list[Sent]:
    quoted = re.sub(r"(?s).*<body[^>]*>|</body>.*", "", notice.html)
    wrote = (
        '<div class="gmail_attr">On Sun, 22 Nov 2026 at 10:00, Example support &lt;support@us.example&gt; wrote:</div>'
    )
    below = f'<div class="gmail_quote">{wrote}<blockquote class="gmail_quote">{quoted}</blockquote></div>'
    return desk.answer(notice, page(html + below, *pictures, **more), quote=False, **RELATED)


def test_a_notice_shows_the_customers_picture_where_it_was(desk):
    notice = asked(desk)
    assert shown(notice) == [PNG]
    assert "It looks like this:\n\n[image: shot.png]\n\nWhat now?" in notice.text
    assert re.search(r"like this:(<br>|</p>|<p>|\s)*<img[^>]+>(<br>\s*)+What now", notice.html)


def test_an_agents_picture_stays_in_its_place_for_the_customer(desk):
    reply = to(
        answered(desk, asked(desk), '<p>Press here:</p><img src="cid:a"><p>Then wait.</p>', ("a", PNG * 2)), ALICE
    )
    assert shown(reply) == [PNG * 2]
    assert reply.text == "Press here:\n\n[image: a.png]\n\nThen wait."
    assert files(reply) == []


def test_a_picture_that_is_quoted_or_signs_is_not_sent_back(desk):
    notice = asked(desk)
    quoted = next(part["Content-ID"].strip("<>") for part in notice.mail.walk() if part["Content-ID"])
    reply = to(answered(desk, notice, "<p>Turn it on.</p>", (quoted, PNG)), ALICE)
    assert (shown(reply), files(reply), reply.text) == ([], [], "Turn it on.")


def test_a_picture_of_a_note_never_leaves_even_when_it_is_quoted_on_top(desk):
    notice = asked(desk)
    desk.answer(notice, page('#note<br><p>Secret plan:</p><img src="cid:n">', ("n", PNG * 3)), quote=False, **RELATED)
    reply = to(answered(desk, notice, '<p>See:</p><img src="cid:n">', ("n", PNG * 3)), ALICE)
    assert (shown(reply), files(reply)) == ([], [])


def test_commands_above_a_picture_do_not_move_it(desk):
    mails = answered(desk, asked(desk), '#solve<br><p>Press here:</p><img src="cid:a"><p>Then wait.</p>', ("a", PNG))
    reply = to(mails, ALICE)
    assert reply.text == "Press here:\n\n[image: a.png]\n\nThen wait."
    assert shown(reply) == [PNG]


def test_every_letter_has_content_ids_of_its_own(desk):
    mails = desk.write(ALICE, page('<img src="cid:shot">', ("shot", PNG)), **RELATED)
    ids = [part["Content-ID"] for each in mails for part in each.mail.walk() if part["Content-ID"]]
    assert len(ids) == len(set(ids)) == 2
    assert all(each.endswith("@us.example>") for each in ids)


def test_a_picture_that_may_hold_a_script_is_a_file(desk):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    reply = to(answered(desk, asked(desk), '<p>See:</p><img src="cid:a">', ("a", svg), kind="image/svg+xml"), ALICE)
    assert (shown(reply), files(reply)) == ([], ["a.png"])


def test_a_picture_too_large_for_a_notice_is_only_named(desk):
    large = PNG + bytes(2 * 1024**2)
    notice = to(desk.write(ALICE, page('<p>Look:</p><img src="cid:shot">', ("shot", large)), **RELATED), ANNA)
    assert (shown(notice), "Attached: shot.png" in notice.text) == ([], True)
