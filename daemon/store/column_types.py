"""Types of columns in which every database keeps the same: instants in UTC, text from outside."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine


class Utc(TypeDecorator[datetime]):
    """Aware UTC in Python; without a zone in SQLite, which has none, and `timestamptz` in PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL is no text to PostgreSQL, lone surrogates are none to anybody


class Words(TypeDecorator[str]):
    """Text from outside, of any length: what no database takes is replaced, so that no mail can make a row fail."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None or value.isprintable() else _UNSTORABLE.sub("\ufffd", value)


class Line(Words):
    """The same for a short text, such as an address."""

    impl = String
    cache_ok = True
