"""No token and no password is ever printed, by a real server that says all it can say."""

import contextlib
import http.client
import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from config.embedded import Servers
from tests.processes import Up, manage, until, up

FORM = "application/x-www-form-urlencoded"


class Browser:
    """Someone at the real server: with a connection for each request, so that any process may answer."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, body: Any = None, kind: str = "application/json", **headers: str
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, timeout=30)
        sent = {"Content-Type": kind, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        content = body if isinstance(body, str | None) else json.dumps(body)
        connection.request(method, path, content, sent | headers)
        with contextlib.closing(connection), connection.getresponse() as answer:
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, value = cookie.split(";")[0].split("=", 1)
                self.cookies[name] = value
            return answer.status, answer.read().decode()

    def form(self, path: str, **fields: str) -> tuple[int, str]:
        token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        return self.ask("POST", path, urlencode(fields | token), FORM)


class Scene:
    """What was said, and what must not be."""

    def __init__(self, running: Up) -> None:
        self.running = running
        self.secrets: dict[str, str] = {}

    def secret(self, name: str, value: str) -> str:
        self.secrets[name] = value
        return value

    def told(self) -> dict[str, str]:
        """Each secret that was printed or logged, with the line."""
        lines = list(self.running.lines)
        for log in (self.running.data_dir / "log").glob("*"):
            lines += log.read_text(errors="replace").splitlines()
        return {
            name: line for name, value in self.secrets.items() for line in lines if value and value in line
        }


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    data_dir = tmp_path_factory.mktemp("secrets") / "data"
    with up(data_dir, LOG_LEVEL="DEBUG", METRICS_TOKEN="metrics-" + "m" * 20) as running:
        running.until_ready()
        yield Scene(running)


def failing(data_dir: Path, statement: str) -> None:
    with psycopg.connect(Servers(data_dir).database_url) as connection:
        connection.execute(statement)


@pytest.fixture
def address(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name)  # of the suite's own servers
    return scene.running.until_ready()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def set_up(scene: Scene, tmp_path: Path) -> None:
    data_dir = str(scene.running.data_dir)
    password = scene.secret("alice's password", secrets.token_urlsafe(12))
    root = scene.secret("root's password", secrets.token_urlsafe(12))
    file = tmp_path / "floor.yaml"
    file.write_text(
        "agent_groups: [team]\n"
        "agents: [{username: alice, password_env: ALICE, groups: [team]}]\n"
        "queues: [{name: mails, agent_groups: [team]}]\n"
        "services: [{name: gateway, role: media_server}]\n"
    )
    said = manage("apply_config", str(file), "--data-dir", data_dir, ALICE=password, LOG_LEVEL="DEBUG")
    assert said.returncode == 0, said.stderr
    made = ["createsuperuser", "--noinput", "--username", "root", "--email", "", "--data-dir", data_dir]
    assert manage(*made, DJANGO_SUPERUSER_PASSWORD=root).returncode == 0
    issued = manage("issue_token", "gateway", "--data-dir", data_dir, LOG_LEVEL="DEBUG")
    token = scene.secret("gateway's first token", issued.stdout.strip())
    scene.running.lines += [*said.stdout.splitlines(), *said.stderr.splitlines(), *issued.stderr.splitlines()]
    assert re.fullmatch(r"[\w-]{43}", token)  # alone on stdout
    for name in ("secret-key", "postgres-password", "valkey-password"):
        kept = scene.running.data_dir / name
        if kept.exists():
            scene.secret(name, kept.read_text().strip())


def break_down(scene: Scene, someone: Browser, alice: dict[str, str], token: str) -> None:
    """Errors of ours, with their traces: while a session is made, and while one is used."""
    boom = "ALTER TABLE interactions_session ADD CONSTRAINT boom CHECK (application <> 'boom')"
    failing(scene.running.data_dir, boom)
    assert someone.ask("POST", "/api/v1/sessions", alice | {"application": "boom"})[0] == 500
    failing(scene.running.data_dir, "ALTER TABLE interactions_queue RENAME TO elsewhere")
    assert someone.ask("GET", f"/api/v1/queues?token={token}", **bearer(token))[0] == 500
    assert someone.ask("GET", "/admin/interactions/queue/")[0] == 500
    failing(scene.running.data_dir, "ALTER TABLE elsewhere RENAME TO interactions_queue")
    until(lambda: len(scene.running.said("Internal Server Error")) >= 3, what="the errors in the log")
    assert scene.running.said("Traceback")


def test_nothing_secret_is_said(scene: Scene, address: str, tmp_path: Path) -> None:
    set_up(scene, tmp_path)
    someone = Browser(address)

    # Log in, and fail to: with the wrong word, and with the right one where the name belongs.
    alice = {"username": "alice", "password": scene.secrets["alice's password"]}
    status, answer = someone.ask("POST", "/api/v1/sessions", alice)
    assert status == 201
    token = scene.secret("alice's token", json.loads(answer)["token"])
    wrong = scene.secret("a wrong password", secrets.token_urlsafe(12))
    assert someone.ask("POST", "/api/v1/sessions", alice | {"password": wrong})[0] == 401
    swapped = {"username": alice["password"], "password": "alice"}
    assert someone.ask("POST", "/api/v1/sessions", swapped)[0] == 401
    assert someone.ask("POST", "/api/v1/sessions", alice | {"password": {"no": wrong}})[0] == 400
    assert someone.ask("POST", "/api/v1/sessions", json.dumps(alice)[:-1])[0] == 400

    # Tokens where they belong, and where they do not.
    assert someone.ask("GET", "/api/v1/parties", **bearer(token))[0] == 200
    assert someone.ask("GET", f"/api/v1/parties?token={token}&access_token={token}")[0] == 401
    assert someone.ask("GET", f"/api/v1/{token}")[0] == 404
    assert someone.ask("GET", "/api/v1/parties", Authorization=f"Basic {token}")[0] == 401
    assert someone.ask("GET", "/api/v1/parties", Cookie=f"token={token}")[0] == 401
    assert someone.ask("GET", f"/admin/login/?next=/{token}")[0] == 200
    unknown = scene.secret("an unknown token", secrets.token_urlsafe(32))
    assert someone.ask("GET", "/api/v1/parties", **bearer(unknown))[0] == 401
    assert someone.ask("GET", "/metrics", **bearer(unknown))[0] == 401
    metrics = scene.secret("the metrics' token", "metrics-" + "m" * 20)
    assert someone.ask("GET", "/metrics", **bearer(metrics))[0] == 200
    assert someone.ask("GET", "/api/v1/parties", Host="evil.example", **bearer(token))[0] == 400

    # The admin: a log-in that fails, one that does not, and a token that is shown.
    someone.ask("GET", "/admin/login/")
    assert someone.form("/admin/login/", username="root", password=wrong)[0] == 200
    assert someone.form("/admin/login/", username="root", password=scene.secrets["root's password"])[0] == 302
    scene.secret("root's cookie", someone.cookies["sessionid"])
    status, page = someone.form("/admin/interactions/service/1/issue-token/")
    shown = re.search(r"wb-token\">([\w-]{43})<", page)
    assert shown, page
    fresh = scene.secret("gateway's second token", shown[1])
    mail = {"queue": "mails", "media_type": "email"}
    old = bearer(scene.secrets["gateway's first token"])
    statuses = {someone.ask("POST", "/api/v1/interactions", mail, **old)[0] for _ in range(8)}
    assert statuses == {401}  # in every process, at once
    assert someone.ask("POST", "/api/v1/interactions", mail, **bearer(fresh))[0] in (201, 400)

    break_down(scene, someone, alice, token)

    # And a log-out: its token is nothing, whoever is asked.
    assert someone.ask("DELETE", "/api/v1/sessions/current", **bearer(token))[0] == 204
    assert {someone.ask("GET", "/api/v1/parties", **bearer(token))[0] for _ in range(8)} == {401}

    assert len(scene.secrets) >= 9
    assert all(scene.secrets.values())
    assert scene.told() == {}


def test_it_would_be_found(scene: Scene, address: str) -> None:
    """The twin: the path of a request that fails is printed, so a secret in it is found."""
    needle = scene.secret("a needle", secrets.token_urlsafe(32))
    failing(scene.running.data_dir, "ALTER TABLE auth_user RENAME TO elsewhere")
    Browser(address).ask("GET", f"/api/v1/interactions/{needle}", **bearer("x" * 43))
    failing(scene.running.data_dir, "ALTER TABLE elsewhere RENAME TO auth_user")
    until(scene.told, what="the needle")
    assert set(scene.told()) == {"a needle"}
    del scene.secrets["a needle"]
