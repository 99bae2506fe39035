"""What lies where below the data directory, and the directory of the sockets, which may lie elsewhere."""

import hashlib
import os
import re
import secrets
import stat
import tempfile
from pathlib import Path

from config.embedded.errors import EmbeddedError

LONGEST_SOCKET_PATH = 107  # bytes; sun_path less its closing NUL
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"


def private_directory(path: Path) -> Path:
    """`path`, made for its owner alone if it was not there. One that was is left as it is."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(f"cannot make {path}: {error.strerror}") from None
    return path


def kept_secret(path: Path, size: int = 24) -> str:
    """A random word of `size` bytes, made once and kept in a file that only its owner may read.

    It begins with no hyphen: who hands it to a command would have it taken for an option.
    """
    if not path.exists():
        private_directory(path.parent)
        handle, fresh = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(size).lstrip("-"))
        try:
            os.link(fresh, path)  # complete or not there, also for one who does the same right now
        except FileExistsError:
            pass
        finally:
            os.unlink(fresh)
    return path.read_text().strip()


def socket_directory(data_dir: Path) -> Path:
    """`run` below the data directory; where that is too long for a socket, or has characters that would
    have to be quoted in an address, a short private one whose name follows from the data directory's."""
    inside = data_dir / "run"
    fits = len(os.fsencode(inside)) + len(LONGEST_SOCKET_NAME) <= LONGEST_SOCKET_PATH
    if fits and re.fullmatch(r"[\w./-]+", str(inside), re.ASCII):
        return inside
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir(), f"workbin-{os.geteuid()}-{digest}")


def make_socket_directory(path: Path) -> None:
    """Make it, and insist that it is ours: elsewhere than below our data anyone could have made it."""
    private_directory(path)
    found = path.lstat()
    if found.st_uid != os.geteuid():
        raise EmbeddedError(
            f"{path} belongs to user {found.st_uid}: start as that user, or name another --data-dir"
        )
    if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022:
        raise EmbeddedError(f"{path} should be a directory that only we may write to; remove it")
