"""Stored bytes: what is put can be got, damage is noticed, names come from hashes only."""

import hashlib
from pathlib import Path

import pytest

from daemon.errors import Unavailable
from daemon.store.blobs import FileBlobs

MAIL = b"From: a@b.example\r\n\r\nHello\r\n"


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path)


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("[0-9a-f][0-9a-f]/*.z")
    return path


def test_what_was_put_comes_back_unchanged(blobs: FileBlobs) -> None:
    assert blobs.get(blobs.put(MAIL)) == MAIL


def test_the_name_is_the_hash_of_the_content(blobs: FileBlobs) -> None:
    assert blobs.put(MAIL) == hashlib.sha256(MAIL).hexdigest()


def test_putting_the_same_bytes_twice_keeps_one_file(blobs: FileBlobs, tmp_path: Path) -> None:
    assert blobs.put(MAIL) == blobs.put(MAIL)
    assert list(blobs.digests()) == [only_file(tmp_path).stem]


def test_a_stored_file_is_readable_by_its_owner_only(blobs: FileBlobs, tmp_path: Path) -> None:
    blobs.put(MAIL)
    assert only_file(tmp_path).stat().st_mode & 0o777 == 0o600


def test_no_scratch_file_stays_behind(blobs: FileBlobs, tmp_path: Path) -> None:
    blobs.put(MAIL)
    assert not list((tmp_path / "tmp").iterdir())


def test_damage_is_noticed_when_reading(blobs: FileBlobs, tmp_path: Path) -> None:
    digest = blobs.put(MAIL)
    only_file(tmp_path).write_bytes(b"something else")
    with pytest.raises(Unavailable, match=digest):
        blobs.get(digest)


def test_unknown_bytes_are_a_key_error(blobs: FileBlobs) -> None:
    with pytest.raises(KeyError):
        blobs.get("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "0" * 63, "G" * 64, "0" * 64 + "\n"])
def test_nothing_but_a_digest_is_ever_a_name(blobs: FileBlobs, name: str) -> None:
    with pytest.raises(KeyError):
        blobs.get(name)


def test_a_folder_that_cannot_be_made_names_the_option(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"desk\.data_dir"):
        FileBlobs(tmp_path / "file" / "blobs")
