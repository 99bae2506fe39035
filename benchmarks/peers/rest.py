"""Workbin over REST, on a connection that stays open: pull, two keep-alives, stop. Each request resets."""

import itertools
import json
from http.client import HTTPConnection
from typing import Any

from benchmarks.peers.clients import Work, repeat


def client(port: int, tokens: range) -> Work:
    connection = HTTPConnection("127.0.0.1", port)
    turns = itertools.cycle(tokens)

    def post(path: str, token: int, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer token{token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body)
        connection.request("POST", f"/api/v1/{path}", content, headers)
        answer = connection.getresponse()
        answered = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answered.decode()}")
        return json.loads(answered)

    def cycle() -> None:
        token = next(turns)
        [interaction] = post("queues/mail/pull", token, {})["interactions"]
        for _ in range(2):
            post("keep-alive", token)
        party = {"party": interaction["party"]["id"]}
        post(f"interactions/{interaction['id']}/stop-processing", token, party)

    def work(seconds: float) -> float:
        connection.close()  # the server does the same to one that is idle; the next request opens it
        return repeat(cycle)(seconds)

    return work
