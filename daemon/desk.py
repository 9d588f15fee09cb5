"""A desk that listens: what its crew works with."""

from collections.abc import Callable
from dataclasses import dataclass, field

from daemon.clock import Clock
from daemon.config import Config
from daemon.policy import Policy
from daemon.refusals import Refusals
from daemon.reload import Reloader
from daemon.store.store import Store
from daemon.transport_options import Peers
from daemon.transports.listener import Listener


@dataclass(slots=True, kw_only=True)
class Desk:
    """`policy` is the one in force. `alone`: no other node works on the same rows. `keep_open`: see `only_daemon`."""

    config: Config
    clock: Clock
    policy: Callable[[], Policy]
    store: Store
    peers: Peers
    refusals: Refusals
    reloader: Reloader
    alone: bool
    keep_open: tuple[int, ...]
    listeners: dict[str, Listener] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
