"""Children that die with us: the kernel signals them when our process ends, however it ends."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1

# Looked up before any fork: a child may not take the loader's lock. Elsewhere than on Linux there is no such
# tie, and a killed parent leaves its children behind.
libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def tie_to(parent: int, death_signal: int) -> None:
    """For the child, before exec. The tie is to the thread that forked, so fork from the main one."""
    if libc is None:
        return
    libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:  # it died before the tie was made
        os._exit(1)


def tied(death_signal: int) -> Callable[[], None]:
    """A `preexec_fn` that ties the child to this process."""
    parent = os.getpid()
    return lambda: tie_to(parent, death_signal)


def spawn(arguments: list[str], before: Callable[[], None], **options: Any) -> subprocess.Popen[bytes]:
    """A child that Ctrl-C in our terminal does not reach: whoever started it stops it in its turn."""
    # We have one thread, so what runs between fork and exec cannot meet a lock that nobody will release.
    return subprocess.Popen(arguments, preexec_fn=before, start_new_session=True, **options)  # noqa: PLW1509
