"""What people are told when something is wrong: a page. Programs get problem documents."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from config import roles
from interactions.sql import run
from tests.admin.stage import enter

pytestmark = pytest.mark.django_db(transaction=True)


def heading(answer: Any) -> str:
    page = answer.content.decode()
    assert "interactions/error.css" in page and 'href="/admin/"' in page and 'href="/desk/"' in page
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    return page.partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize("path", ["/nowhere", "/desk/nowhere", "/static/nowhere.css"])
def test_nothing_is_there(path: str, client: Client) -> None:
    answer = client.get(path)
    assert (answer.status_code, heading(answer)) == (404, "There is nothing here")


def test_nor_in_the_admin(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    answer = client.get("/admin/nowhere/")
    assert (answer.status_code, heading(answer)) == (404, "There is nothing here")


def test_it_is_not_allowed(client: Client) -> None:
    roles.provide()
    answer = enter(client, "anton", "auditor").get("/admin/auth/user/add/")
    assert (answer.status_code, heading(answer)) == (403, "You may not do this")


def test_a_form_that_is_too_old() -> None:
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "root"})
    assert (answer.status_code, heading(answer)) == (403, "This page was too old")


def test_a_host_that_it_is_not() -> None:
    answer = Client(headers={"Host": "evil.example"}).get("/admin/")
    assert (answer.status_code, heading(answer)) == (400, "This cannot be understood")


def test_something_went_wrong() -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(User.objects.create_superuser("root"))
    run("ALTER TABLE interactions_queue RENAME TO elsewhere")
    try:
        answer = browser.get("/admin/interactions/queue/")
    finally:
        run("ALTER TABLE elsewhere RENAME TO interactions_queue")
    assert (answer.status_code, heading(answer)) == (500, "Something went wrong here")


@pytest.mark.parametrize("path", ["nowhere", "parties"])
def test_a_program_is_told_in_its_own_words(path: str, client: Client) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["event"] == "EventError"
