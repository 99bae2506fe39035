"""What every answer tells a browser, and what a browser's cookies are good for."""

import re
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.test import Client

from config.headers import NOTHING, POLICIES
from config.refusals import Refused
from interactions.models import Queue
from interactions.sql import run
from tests.admin import stage
from tests.applications import API, Desk

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERS = {
    "/": 302,
    "/healthz": 200,
    "/metrics": 200,
    "/nowhere": 404,
    "/admin/login/": 200,
    "/admin/nowhere": 302,
    "/desk/": 200,
    "/desk/nowhere": 404,
    "/api/schema/": 200,
    "/api/docs/": 200,
    "/api/docs/?script=": 200,
    "/api/v1/parties": 401,
    "/api/v1/nowhere": 404,
    "/static/interactions/admin.css": 200,
    "/static/desk/desk.js": 200,
    "/static/nowhere.css": 404,
    "/nul\0": 404,
}


def missing(answer: Any) -> set[str]:
    expected = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    wrong = {name for name, value in expected.items() if answer.headers.get(name) != value}
    rules = answer.headers.get("Content-Security-Policy", "")
    return wrong | {rule for rule in ("default-src 'none'", "frame-ancestors 'none'") if rule not in rules}


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == ANSWERS[path]
    assert missing(answer) == set()
    is_page = path.startswith(("/admin/", "/api/docs/", "/desk/"))
    is_page |= answer.status_code == 404 and not path.startswith("/api/")
    assert (answer.headers["Content-Security-Policy"] == NOTHING) is not is_page
    assert ("no-store" in answer.headers.get("Cache-Control", "")) is path.startswith((API, "/admin/"))


def test_errors_of_every_kind(support: str) -> None:
    thrown_away: dict[str, Any] = {"workbin.body_too_large": True}
    answers = [
        Client(headers={"Host": "evil.example"}).get("/api/v1/parties"),
        Client().post("/admin/login/", **thrown_away),
        Client(enforce_csrf_checks=True).post("/admin/login/"),
    ]
    run("ALTER TABLE interactions_queue RENAME TO elsewhere")
    try:
        answers.append(Client(raise_request_exception=False).get("/metrics"))
    finally:
        run("ALTER TABLE elsewhere RENAME TO interactions_queue")
    assert [answer.status_code for answer in answers] == [400, 413, 403, 500]
    assert [missing(answer) for answer in answers] == [set()] * 4


def test_without_the_middleware_they_are_missed(settings: Any) -> None:
    """The twin."""
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != "config.headers.Headers"]
    assert missing(Client().get("/static/interactions/admin.css")) == {
        "X-Frame-Options",
        "default-src 'none'",
        "frame-ancestors 'none'",
    }


def test_what_the_server_answers_itself() -> None:
    refused = Refused(408, "The body came too slowly.")
    start, _ = refused.messages()
    assert (b"x-content-type-options", b"nosniff") in start["headers"]
    assert b"\r\nx-content-type-options: nosniff\r\n" in bytes(refused)


def test_under_https(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/api/v1/parties").headers["Location"].startswith("https://")
    answer = Client().get("/api/v1/parties", secure=True)
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert Client().get("/healthz").status_code == 200


def test_no_policy_names_a_foreign_host() -> None:
    assert not [rules for rules in POLICIES.values() if re.search(r"[.*]|https?:", rules)]
    assert not [rules for rules in POLICIES.values() if re.search(r"script-src[^;]*unsafe-inline", rules)]


def inline_scripts(html: str) -> list[str]:
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", html)
    data = [each for each in scripts if 'type="application/json"' in each]
    handlers = re.findall(r"<[^>]*\son(?:click|load|submit|change|input)=", html)
    foreign = re.findall(r"(?:src|href|action)=\"(?:https?:)?//[^\"]*", html)
    return [*(each for each in scripts if each not in data), *handlers, *foreign]


def test_no_page_has_what_its_policy_forbids(client: Client) -> None:
    floor = stage.open_floor()
    floor.submit(2)
    floor.pull(floor.alice)
    client.force_login(User.objects.create_superuser("root"))
    queue = Queue.objects.filter(is_private=False)[0]
    pages = ["/admin/", "/api/docs/", "/desk/", f"/admin/interactions/queue/{queue.pk}/change/"]
    pages += [f"/admin/{name}/" for name in stage.LISTS] + [
        f"/admin/{name}/add/" for name in stage.ADMINISTERED
    ]
    for page in pages:
        assert inline_scripts(client.get(page).content.decode()) == [], page


@pytest.mark.parametrize(
    "page",
    ["<script>go()</script>", '<a onclick="go()">', '<script src="https://cdn.example/x.js"></script>'],
)
def test_it_would_be_found(page: str) -> None:
    """The twin."""
    assert inline_scripts(page)


# --- Cookies ----------------------------------------------------------------------------------------


def test_the_api_takes_no_cookie(alice: Desk, client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    assert client.get("/admin/").status_code == 200
    for method, path in [("GET", "parties"), ("POST", "keep-alive"), ("POST", "queues/email-support/pull")]:
        answer = client.generic(method, API + path)
        assert (answer.status_code, answer.json()["reason"]) == (401, "missing")
        assert not answer.cookies
    client.cookies["sessionid"] = client.cookies["token"] = alice.token
    assert client.get(f"{API}parties").status_code == 401


def test_the_admin_takes_no_form_of_others(alice: Desk) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.create_superuser("root"))
    queue = Queue.objects.get(name="email-support")
    paths = [
        f"/admin/interactions/queue/{queue.pk}/delete/",
        "/admin/interactions/queue/",
        "/admin/interactions/queue/add/",
        "/admin/login/",
        "/admin/logout/",
    ]
    for path in paths:
        assert browser.post(path, {"post": "yes"}).status_code == 403, path
    assert Queue.objects.filter(pk=queue.pk).exists()


def test_cookies_are_for_this_site_alone(alice: Desk, client: Client) -> None:
    User.objects.create_superuser("root", password="root knows")
    client.get("/admin/login/")
    client.post("/admin/login/", {"username": "root", "password": "root knows"})
    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"], csrf["samesite"]) == (True, "Lax", "Lax")
    assert configured.SESSION_COOKIE_SECURE == configured.CSRF_COOKIE_SECURE == configured.HTTPS
