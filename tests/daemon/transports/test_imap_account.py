"""What an admin may configure for an IMAP account."""

import pytest

from daemon.transports.imap_account import Disposal, Handling, parse_handling
from daemon.transports.imap_session import checked_uids
from tests.fakes.imap_desk import account


@pytest.mark.parametrize(
    ("text", "handling"),
    [
        ("move:Archive/2026 done", Handling(disposal=Disposal.MOVE, target="Archive/2026 done")),
        ("move:Erledigt: Überweisung", Handling(disposal=Disposal.MOVE, target="Erledigt: Überweisung")),
        ("keyword:$Postroom", Handling(disposal=Disposal.KEYWORD, target="$Postroom")),
        ("flag", Handling(disposal=Disposal.FLAG, target="\\Flagged")),
        ("keep", Handling(disposal=Disposal.KEEP)),
    ],
)
def test_a_handling_is_read(text: str, handling: Handling) -> None:
    assert parse_handling(text) == handling


@pytest.mark.parametrize(
    "text", ["", "move", "move:", "move:a\r\nb", "keyword:a b", "keyword:\\Deleted", "keyword:)", "keep:x", "delete"]
)
def test_a_handling_that_cannot_be_sent_safely_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="handled"):
        parse_handling(text)


@pytest.mark.parametrize("key", ["host", "user", "folder"])
@pytest.mark.parametrize("value", ["", "a\r\nb", "a\0b"])
def test_words_with_control_characters_are_refused(key: str, value: str) -> None:
    with pytest.raises(ValueError, match=key):
        account(143, **{key: value})


def test_uids_are_sorted_and_unique() -> None:
    assert checked_uids([3, 1, 3, 2**32 - 1]) == [1, 3, 2**32 - 1]


@pytest.mark.parametrize("uid", [0, -1, 2**32, True, "1", b"1:*", 1.0])
def test_whatever_is_no_uid_never_reaches_a_command(uid: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        checked_uids([uid])  # type: ignore[list-item]  # that is the point
