"""The API describes itself, completely, and its page asks nothing of the outside."""

import json
import re
from io import StringIO
from typing import Any

import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from jsonschema import Draft202012Validator


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


def test_it_comes_as_yaml_and_as_json() -> None:
    client = Client()
    as_json = client.get("/api/schema/?format=json")
    assert as_json["Content-Type"].startswith("application/vnd.oai.openapi+json")
    assert client.get("/api/schema/", headers={"Accept": "application/json"}).json() == as_json.json()
    as_yaml = client.get("/api/schema/")
    assert as_yaml["Content-Type"].startswith("application/vnd.oai.openapi;")
    assert yaml.safe_load(as_yaml.content) == as_json.json()
    assert client.get("/api/schema/?format=nonsense").status_code == 404


def operations() -> dict[str, Any]:
    paths = document()["paths"].values()
    return {operation["operationId"]: operation for path in paths for operation in path.values()}


def document() -> Any:
    return json.loads(Client().get("/api/schema/?format=json").content)


def test_operations_have_names_that_say_what_they_do() -> None:
    made_up = r".*_(create|retrieve|list|update|partial_update|destroy)(_\d+)?"
    assert [name for name in operations() if re.fullmatch(made_up, name)] == []


def test_links_lead_somewhere() -> None:
    found = operations()
    for name, operation in found.items():
        for response in operation["responses"].values():
            for link in response.get("links", {}).values():
                target = found[link["operationId"]]
                named = {parameter["name"] for parameter in target.get("parameters", [])}
                assert named >= set(link.get("parameters", {})), (name, link)


def test_inputs_take_what_they_name_and_nothing_else() -> None:
    schemas = document()["components"]["schemas"]
    inputs = {name: schema for name, schema in schemas.items() if name.endswith("Request")}
    assert inputs
    assert [name for name, schema in inputs.items() if schema["additionalProperties"]] == []


def test_examples_are_valid() -> None:
    whole = document()
    for name, operation in operations().items():
        for kind in operation.get("requestBody", {}).get("content", {}).values():
            validator = Draft202012Validator({**kind["schema"], "components": whole["components"]})
            for example in kind.get("examples", {}).values():
                assert list(validator.iter_errors(example["value"])) == [], name


def test_the_page_works_offline() -> None:
    page = Client().get("/api/docs/").content.decode()
    assert "swagger-ui" in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)
    for asset in re.findall(r"(?:src|href)=\"(/static/[^\"]+)\"", page):
        assert Client().get(asset).status_code == 200
