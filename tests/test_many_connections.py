"""A web process holds more connections than the soft limit of open files lets it, if the hard one does."""

import resource
import socket
from contextlib import ExitStack

import pytest

from tests.web import web

pytestmark = pytest.mark.django_db(transaction=True)

SOFT, CONNECTIONS = 200, 300
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def are_answered(port: int, connections: int) -> bool:
    """On so many that stay open, one request each."""
    with ExitStack() as stack:
        for _ in range(connections):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            connection.sendall(REQUEST)
            try:
                if not connection.recv(100).startswith(b"HTTP/1.1 200"):
                    return False
            except OSError:
                return False
    return True


def test_more_connections_than_the_soft_limit() -> None:
    ours, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (ours, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT, hard))  # the web process inherits it
        site = stack.enter_context(web())
        resource.setrlimit(resource.RLIMIT_NOFILE, (ours, hard))
        assert are_answered(site.port, CONNECTIONS)


def test_no_more_than_the_hard_limit() -> None:
    """Or the scene above would prove nothing."""
    with web() as site:
        resource.prlimit(site.process.pid, resource.RLIMIT_NOFILE, (SOFT, SOFT))
        assert not are_answered(site.port, CONNECTIONS)
