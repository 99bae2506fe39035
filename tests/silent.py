"""A way to the database on which a host vanishes without a word, as at a power cut: what is sent to it is not
even acknowledged."""

import contextlib
import ctypes
import socket
import struct
import threading
from collections.abc import Iterator

SO_ATTACH_FILTER = 26  # of Linux
DROP_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)  # a program for the kernel's packet filter: return 0


def deafen(one: socket.socket) -> None:
    """The kernel drops whatever comes for it, before anything is acknowledged."""
    program = ctypes.create_string_buffer(DROP_ALL)
    one.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(program)))


class Way:
    """A proxy from TCP to the database's socket."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.is_gone_for_good = False
        self.clients: list[socket.socket] = []
        self.opened: list[socket.socket] = []

    def vanish(self, *, for_good: bool = False) -> None:
        """Those who are connected hear nothing any more. Who connects anew finds another host; or, if it is
        for good, one that says nothing."""
        self.is_gone_for_good = for_good
        for one in self.clients:
            deafen(one)

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.clients.append(client)
                self.opened.append(client)
                if self.is_gone_for_good:
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.path)
                self.opened.append(server)
                for here, there in ((client, server), (server, client)):
                    threading.Thread(target=carry, args=(here, there), daemon=True).start()

    def close(self) -> None:
        for one in (self.listener, *self.opened):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def carry(here: socket.socket, there: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := here.recv(65536):
            there.sendall(data)
        there.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def way_to(path: str) -> Iterator[Way]:
    way = Way(path)
    threading.Thread(target=way.serve, daemon=True).start()
    try:
        yield way
    finally:
        way.close()
