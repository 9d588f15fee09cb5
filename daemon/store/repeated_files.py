"""Pictures that a conversation has had before: logos of signatures come with every answer and are no news to anybody.

They are known by their hash and marked, never dropped. Only pictures: a file sent again is meant.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from daemon.store.schema import messages
from parsers.mail import Attachment

# What a signature carries came with the last answers too; a long conversation need not be read to its beginning.
LOOKED_AT = 20

_EARLIER = (
    select(messages.c.attachments)
    .where(messages.c.ticket_id == bindparam("ticket"))
    .order_by(messages.c.id.desc())
    .limit(LOOKED_AT)
)


def describe(
    connection: Connection, ticket: int, files: Sequence[Attachment], *, is_whole: bool
) -> list[dict[str, Any]]:
    """What is kept of the files of a ticket's new entry; `repeated` says that an earlier entry has that picture.

    Of a picture also where it stands in the text that is kept: the mail's whole text, or what is new in it.
    """
    earlier: frozenset[str] = frozenset()
    if any(_is_picture(file) for file in files):
        earlier = _hashes(connection.execute(_EARLIER, {"ticket": ticket}).scalars())
    return [
        _described(file)
        | {
            "after": file.after_text if is_whole else file.after_reply,
            "repeated": _is_picture(file) and file.sha256 in earlier,
        }
        for file in files
    ]


def _is_picture(file: Attachment) -> bool:
    return file.content_type.startswith("image/")


def _hashes(entries: Iterable[list[dict[str, Any]]]) -> frozenset[str]:
    return frozenset(item["sha256"] for entry in entries for item in entry)


def _described(file: Attachment) -> dict[str, Any]:
    return {
        "name": file.name,
        "type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "inline": file.inline,
        "content_id": file.content_id,
    }
