"""PostgreSQL refuses to run as root. As root we give it another face, without needing a user of its own.

First choice: a user namespace in which we are `nobody`. Outside we are still root, so the data may lie
below directories that only root may enter, and nothing has to change hands. Where namespaces are barred (some
containers), or a directory above belongs to someone else, the data is given to `nobody` and PostgreSQL
becomes that user, with the one capability it needs to pass those directories.
"""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from config import lifeline
from config.embedded.errors import EmbeddedError

CLONE_NEWUSER = 0x10000000
NOBODY = 65534  # must be in the user database: initdb looks its name up

Launch = Callable[[list[str], int], tuple[list[str], Callable[[], None]]]


def launcher(postgres: Path, data: Path) -> Launch:
    """How to start `postgres` on `data`: takes a command and its death signal, gives a command and a
    `preexec_fn`. Sees to it that `data` belongs to whom it must."""
    if os.geteuid() != 0:
        return lambda command, death_signal: (command, lifeline.tied(death_signal))
    if namespace_works(postgres, data.parent):
        give(data, 0)
        return in_namespace
    give(data, NOBODY)
    return as_nobody


def in_namespace(command: list[str], death_signal: int) -> tuple[list[str], Callable[[], None]]:
    tie = lifeline.tied(death_signal)

    def enter_and_tie() -> None:
        enter_namespace()
        tie()  # after: a change of credentials undoes it

    return command, enter_and_tie


def as_nobody(command: list[str], death_signal: int) -> tuple[list[str], Callable[[], None]]:
    caps = "-all,+dac_override"
    prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", f"--inh-caps={caps}"]
    prefix += [f"--ambient-caps={caps}", f"--pdeathsig={signal.Signals(death_signal).name[3:]}"]
    prefix += ["--securebits=+no_setuid_fixup"]  # or access(2) would overlook the capability
    return prefix + command, lifeline.tied(death_signal)


def enter_namespace() -> None:
    assert lifeline.libc is not None
    if lifeline.libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} 0 1"), ("gid_map", f"{NOBODY} 0 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def namespace_works(program: Path, directory: Path) -> bool:
    """Whether we may have a namespace, and reach from inside it what we need."""
    if lifeline.libc is None or os.environ.get("EMBEDDED_NAMESPACE") == "off":
        return False
    reachable = ["test", "-x", str(program), "-a", "-w", str(directory)]
    try:
        return subprocess.run(reachable, preexec_fn=enter_namespace, check=False).returncode == 0
    except subprocess.SubprocessError:  # preexec_fn failed
        return False


def give(tree: Path, uid: int) -> None:
    owner = tree.stat().st_uid
    if owner == uid:
        return
    if owner not in (0, NOBODY):
        raise EmbeddedError(f"{tree} belongs to user {owner}: start as that user, or name another --data-dir")
    for folder, _, files in os.walk(tree):
        os.chown(folder, uid, uid)
        for file in files:
            os.chown(os.path.join(folder, file), uid, uid, follow_symlinks=False)
