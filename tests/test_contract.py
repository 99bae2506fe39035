"""The contract from outside: requests that the document itself suggests, over HTTP, as each role.

`python -m tests.contract` sends many more.
"""

import pytest

from tests.contract.floor import fill_up, set_the_floor
from tests.contract.run import check, read_document
from tests.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

BROAD = {"admin"}  # who may send everything tries every border


def test_no_role_finds_a_fault(site: Web) -> None:
    roles = set_the_floor()
    for role in roles:
        fill_up()
        outcome = check(site.url, role, examples=1, at_borders=role.name in BROAD)
        assert outcome.examples > 20, role
        assert outcome.accepted or not role.renew, role
        for (operation, title), text in outcome.faults.items():
            pytest.fail(f"{role.name}: {operation}: {title}\n{text}")


def test_a_document_that_lies_is_caught(site: Web) -> None:
    """The twin."""
    agent, *_ = set_the_floor()
    lies = read_document(site.url)
    paths, shapes = lies["paths"], lies["components"]["schemas"]
    pull, keep = paths["/api/v1/queues/{name}/pull"]["post"], paths["/api/v1/keep-alive"]["post"]
    lies["paths"] = {path: each for path, each in paths.items() if each.get("post") in (pull, keep)}
    del pull["responses"]["200"]["links"], pull["responses"]["404"], keep["responses"]["200"]["links"]
    shapes["PullRequest"]["properties"]["count"]["maximum"] = 1000
    shapes["PulledShape"]["required"].append("nothing")
    shapes["KeepAliveRequest"] |= {"properties": {"mood": {"type": "string"}}, "required": ["mood"]}
    found = {title for _, title in check(site.url, agent, examples=1, document=lies).faults}
    assert found >= {
        "Undocumented status code",
        "Response violates schema",
        "Schema-valid request rejected",
        "Schema-violating request accepted",
    }
