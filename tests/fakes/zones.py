"""The DNS as a table: for tests of what asks it."""

from collections.abc import Mapping

from daemon.errors import Unavailable
from rules.lookups import LookupFailed

AWAY = "away"  # instead of records: the name server does not answer


class Zone:
    """Answers from `records`, "NAME TYPE" to what `ports.NameService` says. `asked` is what was asked, in order."""

    def __init__(self, records: Mapping[str, tuple[str, ...] | str]) -> None:
        self._records = {key.lower(): value for key, value in records.items()}
        self.asked: list[str] = []

    def ask(self, name: str, kind: str, seconds: float = 1.0) -> tuple[str, ...]:
        """As the resolver does."""
        try:
            return self(name, kind)
        except LookupFailed as error:
            raise Unavailable(str(error)) from error

    def __call__(self, name: str, kind: str) -> tuple[str, ...]:
        """As the rules are given it."""
        key = f"{name.removesuffix('.')} {kind}"
        self.asked.append(key)
        found = self._records.get(key.lower(), ())
        if isinstance(found, str):
            raise LookupFailed(key)
        return found
