"""Receivers of webhooks: real servers on the loopback, that answer as they are told."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from interactions.sql import run
from reporting.models import Delivery, Webhook
from reporting.webhooks.signing import new_secret

PATIENCE = 30.0


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> int:
        return int(self.headers["Workbin-Delivery"])

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.body)


class Receiver:
    def __init__(self) -> None:
        self.got: list[Received] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.answer = b""
        self.fault = ""  # hang, close, drip, endless: instead of an answer, or within it
        self.released = threading.Event()

    def respond(self, request: "Handler") -> None:
        match self.fault:
            case "hang":
                self.released.wait(PATIENCE)
            case "close":
                request.close_connection = True
                return
            case "drip":
                request.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while not self.released.wait(0.05):
                    request.wfile.write(b"X-Drip: drop\r\n")
        request.send_response(self.status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(self.answer)
        while self.fault == "endless":
            request.wfile.write(b"x" * 1000)
            time.sleep(0.01)


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.got.append(Received(dict(self.headers), body))
        with contextlib.suppress(OSError):
            self.receiver.respond(self)

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # or a burst of connections is refused


@contextlib.contextmanager
def listening() -> Iterator[tuple[Receiver, str]]:
    receiver = Receiver()
    handler = type("Handler", (Handler,), {"receiver": receiver})
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield receiver, f"http://127.0.0.1:{server.server_address[1]}/hook"
        finally:
            receiver.released.set()
            receiver.fault = ""
            server.shutdown()
            thread.join()


def webhook(url: str, **given: Any) -> Webhook:
    return Webhook.objects.create(url=url, secret=new_secret(), **given)


def make_due() -> None:
    """As if every pause between attempts, and every lease, were over."""
    run("UPDATE reporting_delivery SET next_attempt_at = statement_timestamp()")


def state(id: int) -> tuple[str, int]:
    """What came of a delivery, and after how many attempts."""
    row = Delivery.objects.get(pk=id)
    return row.state, row.attempts
