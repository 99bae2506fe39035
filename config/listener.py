"""The one port: bound by `up`, served by the web processes."""

import http.client
import os
import socket
from errno import EACCES, EADDRINUSE

from django.conf import settings
from django.core.management import CommandError


def bind(host: str, port: int) -> socket.socket:
    """Ours before anything else is started. Listening already, or a second `up` could bind it as well."""
    if not 0 <= port <= 65535:  # the resolver would take what is left of it in 16 bits
        raise CommandError(f"cannot listen on {host} port {port}: there is no such port")
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        is_not_ours = getattr(error, "errno", None) in (EADDRINUSE, EACCES)
        way_out = "; name another with --port" if is_not_ours else ""
        raise CommandError(f"cannot listen on {host} port {port}: {reason}{way_out}") from None
    return listener


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{here}:{port}"


def allow_host(host: str) -> None:
    """Whoever listens on an address of this machine is asked for by that name too."""
    if "ALLOWED_HOSTS" not in os.environ and host not in ("0.0.0.0", "::"):
        os.environ["ALLOWED_HOSTS"] = ",".join(
            {*settings.ALLOWED_HOSTS, f"[{host}]" if ":" in host else host}
        )


def answers(listener: socket.socket) -> bool:
    """Whether a web process serves. A refusal (of our host name, say) comes from one too."""
    host, _, port = address(listener).removeprefix("http://").rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
