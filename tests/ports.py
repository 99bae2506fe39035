"""Ports for servers that must be told theirs."""

import contextlib
import random
import socket

BELOW_CLIENTS = range(12_000, 32_000)  # those that nobody is given by chance, as clients are


def free_port() -> int:
    for port in random.sample(BELOW_CLIENTS, 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")
