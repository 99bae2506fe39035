"""deploy/nginx/workbin.conf, with a real nginx between applications and a real web process."""

import json
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.lifeline import spawn, tied
from tests import cast
from tests.applications import Desk
from tests.docs import ROOT
from tests.ports import free_port
from tests.processes import until
from tests.web import web

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "workbin.example.org"
AROUND = """daemon off; pid {place}/nginx.pid; error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
    include {place}/workbin.conf;
}}
"""


def configure(place: Path, ports: dict[str, int]) -> list[str]:
    """Our file with ports and a certificate of this test; the command that runs it."""
    key = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(place / "privkey.pem")]
    certificate = [
        "openssl",
        "req",
        "-x509",
        *key,
        "-out",
        str(place / "fullchain.pem"),
        "-subj",
        f"/CN={NAME}",
    ]
    subprocess.run(certificate, check=True, capture_output=True)
    ours = (ROOT / "deploy/nginx/workbin.conf").read_text().replace("/etc/ssl/workbin", str(place))
    for printed, port in ports.items():
        assert printed in ours
        ours = ours.replace(printed, printed.rpartition(" ")[0] + f" 127.0.0.1:{port}")
    (place / "workbin.conf").write_text(ours)
    (place / "nginx.conf").write_text(AROUND.format(place=place))
    return ["nginx", "-p", str(place), "-c", str(place / "nginx.conf")]


@pytest.fixture
def proxied(tmp_path: Path, transactional_db: None) -> Iterator[tuple[str, str]]:
    """The addresses with TLS and without."""
    if not shutil.which("nginx") or not shutil.which("openssl"):
        pytest.skip("there is no nginx, or no openssl for its certificate")
    tls, plain = free_port(), free_port()
    own = {"HTTPS": "true", "ALLOWED_HOSTS": NAME, "SECRET_KEY": secrets.token_urlsafe(50)}
    with web(**own, LOGIN_FAILURES_PER_ADDRESS="2") as served:
        ports = {"server 127.0.0.1:8000": served.port, "listen 443": tls, "listen 80": plain}
        command = configure(tmp_path, ports)
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        nginx = spawn(command, tied(signal.SIGKILL), stderr=subprocess.DEVNULL)
        try:
            until((tmp_path / "nginx.pid").exists, what="nginx")
            yield f"https://127.0.0.1:{tls}", f"http://127.0.0.1:{plain}"
        finally:
            nginx.terminate()
            nginx.wait(10)


def knock(http: httpx.Client, pretended: str) -> int:
    wrong = {"username": pretended, "password": "wrong"}
    return http.post("/api/v1/sessions", json=wrong, headers={"X-Forwarded-For": pretended}).status_code


def first_event(stream: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = next(
        json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data: ")
    )
    return found


def test_work_goes_through_nginx(absent_alice: str, lena: Desk, proxied: tuple[str, str]) -> None:
    tls, plain = proxied
    [mail] = cast.fill(1)
    moved = httpx.get(f"{plain}/desk/", headers={"Host": NAME})
    assert (moved.status_code, moved.headers["Location"]) == (301, f"https://{NAME}/desk/")

    with httpx.Client(base_url=tls, headers={"Host": NAME}, verify=False, timeout=60) as http:
        assert [http.get(path).status_code for path in ("/desk/", "/healthz", "/metrics", "/readyz")] == [
            *(200, 200),
            *(404, 404),
        ]
        entered = http.post("/api/v1/sessions", json={"username": absent_alice, "password": cast.PASSWORD})
        http.headers["Authorization"] = f"Bearer {entered.json()['token']}"
        with http.stream("GET", "/api/v1/events/stream") as stream:
            [pulled] = http.post("/api/v1/queues/email-support/pull", json={}).json()["interactions"]
            lena.revoke(mail).ok()
            told = first_event(stream)  # at once, or the client would have given up
        assert (told["event"], told["party"]) == ("EventRevoked", pulled["party"]["id"])

        # What a client says of its address is thrown away: all of these came from one.
        assert [knock(http, f"203.0.113.{number}") for number in range(3)] == [401, 401, 429]
