"""The Maildir carrier keeps one file a mail, however often the same mail is handed over."""

import mailbox
from pathlib import Path

import pytest

from daemon.ports import OutgoingMail, SendState
from daemon.transports.maildir import MaildirCarrier

RAW = b"From: desk@ours.example\r\nSubject: Hi\r\n\r\nHello\r\n"


def mail(outbox_id: int = 1, sender: str = "desk@ours.example", raw: bytes = RAW) -> OutgoingMail:
    return OutgoingMail(outbox_id=outbox_id, sender=sender, recipient="ann@customer.example", raw=raw)


def test_a_mail_lies_in_new_under_its_envelope(tmp_path: Path) -> None:
    result = MaildirCarrier(tmp_path / "out").send(mail())
    [file] = (tmp_path / "out" / "new").iterdir()
    assert result.state is SendState.SENT
    assert file.read_bytes() == b"Return-Path: <desk@ours.example>\r\nDelivered-To: ann@customer.example\r\n" + RAW
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_null_sender_shows_as_an_empty_path(tmp_path: Path) -> None:
    MaildirCarrier(tmp_path).send(mail(sender=""))
    [file] = (tmp_path / "new").iterdir()
    assert file.read_bytes().startswith(b"Return-Path: <>\r\n")


def test_the_same_mail_twice_is_one_file(tmp_path: Path) -> None:
    for _ in range(2):
        MaildirCarrier(tmp_path).send(mail())
    assert len(list((tmp_path / "new").iterdir())) == 1
    assert not list((tmp_path / "tmp").iterdir())


def test_a_mail_that_was_read_in_the_meantime_does_not_come_again(tmp_path: Path) -> None:
    carrier = MaildirCarrier(tmp_path)
    carrier.send(mail())
    [file] = (tmp_path / "new").iterdir()
    file.rename(tmp_path / "cur" / f"{file.name}:2,S")
    assert carrier.send(mail()).state is SendState.SENT
    assert not list((tmp_path / "new").iterdir())


@pytest.mark.parametrize("other", [mail(outbox_id=2), mail(raw=RAW + b"More\r\n")])
def test_another_mail_is_another_file(tmp_path: Path, other: OutgoingMail) -> None:
    carrier = MaildirCarrier(tmp_path)
    carrier.send(mail())
    carrier.send(other)
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_what_a_crash_left_in_tmp_is_overwritten(tmp_path: Path) -> None:
    carrier = MaildirCarrier(tmp_path)
    carrier.send(mail())
    [file] = (tmp_path / "new").iterdir()
    whole = file.read_bytes()
    file.rename(tmp_path / "tmp" / file.name).write_bytes(b"half" * 1000)
    carrier.send(mail())
    assert file.read_bytes() == whole


def test_mail_readers_understand_the_folder(tmp_path: Path) -> None:
    MaildirCarrier(tmp_path, "desk/1:2").send(mail())
    box = mailbox.Maildir(tmp_path, create=False)
    [(key, message)] = box.items()
    assert (message["Subject"], key.endswith(r".desk\0571\0722")) == ("Hi", True)


def test_a_path_that_is_no_folder_defers(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = MaildirCarrier(tmp_path / "file").send(mail())
    assert (result.state, result.stage) == (SendState.DEFERRED, "maildir")


@pytest.mark.parametrize("sender", ["a\r\nBcc: x@y", "a@b>", "a@b\udcff", "a\n"])
def test_an_address_cannot_add_a_header(tmp_path: Path, sender: str) -> None:
    result = MaildirCarrier(tmp_path).send(mail(sender=sender))
    assert (result.state, list(tmp_path.iterdir())) == (SendState.FAILED, [])
