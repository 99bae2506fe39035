"""The API describes itself, completely, and its page asks nothing of the outside."""

import re
from io import StringIO

import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
    found = set()
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        found |= routes(pattern.url_patterns, path) if isinstance(pattern, URLResolver) else {path}
    return found


def test_the_document_is_valid_and_names_every_route() -> None:
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    document = yaml.safe_load(out.getvalue())
    assert document["openapi"].startswith("3.1")
    api = {re.sub(r"<\w+:(\w+)>", r"{\1}", route) for route in routes(get_resolver().url_patterns)}
    documented = {path.removeprefix("/") for path in document["paths"]}
    assert documented == {route for route in api if route.startswith("api/v1/")}


def test_every_operation_says_what_a_refusal_looks_like() -> None:
    out = StringIO()
    call_command("spectacular", stdout=out)
    for path in yaml.safe_load(out.getvalue())["paths"].values():
        for operation in path.values():
            refusals = {code for code in operation["responses"] if code >= "400"}
            assert refusals >= {"400", "401", "404", "503"}
            assert all(
                "application/problem+json" in operation["responses"][code]["content"] for code in refusals
            )


def test_every_post_but_the_log_in_takes_an_idempotency_key() -> None:
    out = StringIO()
    call_command("spectacular", stdout=out)
    keyed, others = {}, set()
    for path, operations in yaml.safe_load(out.getvalue())["paths"].items():
        for method, operation in operations.items():
            headers = {
                each["name"]: each for each in operation.get("parameters", []) if each["in"] == "header"
            }
            if "Idempotency-Key" in headers:
                keyed[method, path] = headers["Idempotency-Key"]
                assert "409" in operation["responses"]
            else:
                others.add((method, path))
    assert {(method, path) for method, path in others if method == "post"} == {("post", "/api/v1/sessions")}
    assert {method for method, _ in keyed} == {"post"}
    for header in keyed.values():
        assert not header.get("required")
        assert header["schema"] == {
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "pattern": "^[!-~]{1,255}$",
        }


def test_the_page_works_offline() -> None:
    page = Client().get("/api/docs/").content.decode()
    assert "swagger-ui" in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)
    for asset in re.findall(r"(?:src|href)=\"(/static/[^\"]+)\"", page):
        assert Client().get(asset).status_code == 200
