"""For a process that must not outlive the daemon that started it."""

import ctypes
import os
import signal
import sys

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # for the daemon, which tells us what to do


def end_with(parent: int) -> None:
    """Be killed when the thread that started us ends, and leave to it what signals mean.

    Elsewhere than on Linux the closed pipes of a dead daemon have to be enough.
    """
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
