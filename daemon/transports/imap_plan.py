"""What to ask an IMAP folder for and what to make of the answers: decisions only, no connection and no ledger.

A mail is new by its UID and our own record, never by a flag: other people read this mailbox too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from daemon.ports import ImapPosition
from daemon.transports.imap_account import Start

# A SEARCH answer above 1,000,000 bytes is refused by imaplib; eleven bytes a UID.
SEARCH_WINDOW = 80_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What SELECT said (RFC 3501 6.3.1). `uidnext` is 0 when the server did not say."""

    uidvalidity: int
    uidnext: int = 0
    exists: int = 0
    keywords: bool = False
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Where reading starts. No UID up to and including `floor` is ours to take.

    `rescan`: the UIDs we knew mean nothing any more. `skip_present`: what lies there now is not for us.
    """

    position: ImapPosition
    floor: int = 0
    rescan: bool = False
    skip_present: bool = False


def plan_opening(state: FolderState, position: ImapPosition | None, start: Start) -> Opening:
    """Decide where to start: from now, from the beginning, from where we were, or all again."""
    fresh = ImapPosition(uidvalidity=state.uidvalidity, last_uid=0)
    if position is None:
        return Opening(position=fresh, skip_present=start is Start.FROM_NOW)
    if position.uidvalidity != state.uidvalidity:
        return Opening(position=fresh, rescan=True)
    return Opening(position=position, floor=position.last_uid)


def search_windows(first: int, state: FolderState) -> Iterator[tuple[int, int]]:
    """UID ranges (first, last) from `first` upwards whose answers stay small; last 0 stands for `*`.

    A folder that holds few mails needs one question, however far apart their UIDs lie.
    """
    while state.exists > SEARCH_WINDOW and first + SEARCH_WINDOW < state.uidnext:
        yield first, first + SEARCH_WINDOW - 1
        first += SEARCH_WINDOW
    yield first, 0


def floor_of(opening_floor: int, stored: Collection[int]) -> int:
    """Lower the floor to just below the lowest UID we are known to have stored.

    What lay there before a start "from now" is below everything we ever stored; a gap above it is ours to fill.
    """
    return min([opening_floor, *(uid - 1 for uid in stored)])


def uids_to_fetch(listed: Iterable[int], *, stored: Collection[int], skipped: Collection[int], floor: int) -> list[int]:
    """New UIDs, oldest first. `n:*` names the last message even when it lies below n (RFC 3501 6.4.8)."""
    return sorted({uid for uid in listed if uid > floor} - set(stored) - set(skipped))


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Which UIDs to fetch together, which are too large to fetch, and which have no size: they vanished."""

    groups: tuple[tuple[int, ...], ...] = ()
    too_large: tuple[int, ...] = ()
    vanished: tuple[int, ...] = ()


def plan_groups(
    uids: Iterable[int], sizes: Mapping[int, int], *, max_bytes: int, group_size: int, group_bytes: int
) -> Groups:
    """Cut `uids` into groups, in order, none above `group_size` mails nor, beyond its first mail, `group_bytes`."""
    groups: list[list[int]] = []
    too_large, vanished = [], []
    room = 0
    for uid in uids:
        size = sizes.get(uid)
        if size is None:
            vanished.append(uid)
        elif size > max_bytes:
            too_large.append(uid)
        else:
            if not groups or size > room or len(groups[-1]) >= group_size:
                groups.append([])
                room = group_bytes
            groups[-1].append(uid)
            room -= size
    return Groups(groups=tuple(map(tuple, groups)), too_large=tuple(too_large), vanished=tuple(vanished))


def next_position(position: ImapPosition, *, done: Collection[int], unfinished: Collection[int]) -> ImapPosition:
    """Move forward over what is done, but stay below the first UID that is not; never backwards."""
    reached = max(done, default=0)
    if unfinished:
        reached = min(reached, min(unfinished) - 1)
    return ImapPosition(uidvalidity=position.uidvalidity, last_uid=max(position.last_uid, reached))
