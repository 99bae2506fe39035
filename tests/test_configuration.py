"""The contact centre as a file: applied as a whole, again without effect, exported as it was."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from config import configuration
from interactions.models import Agent, MediaType, Queue, Service
from tests import cast
from workbins.models import Workbin

pytestmark = pytest.mark.django_db

FILE = """
media_types:   [{name: email, handling_timeout: 10800}, {name: chat, handling_timeout: 120}]
agent_groups:  [email-team, leads]
place_groups:  [floor-2]
places:        [{name: desk-17, groups: [floor-2]}]
agents:
  - {username: alice, password: "secret-of-alice", employee_id: A1, groups: [email-team], capacity: 5}
supervisors:   [{username: lena, password_env: LENA_PASSWORD, groups: [email-team, leads]}]
queues:
  - name: email-support
    description: "..."
    agent_groups: [email-team]
    handling_timeout: 600
    max_handling_time: null
    max_revocations: 3
    parking_queue: email-parked
  - {name: email-parked, agent_groups: [leads]}
workbin_types: [{name: drafts, owner_kind: agent}, {name: team, owner_kind: agent_group}]
services:      [{name: mail-gateway, role: media_server}, {name: warehouse, role: reporting_engine}]
"""


@pytest.fixture(autouse=True)
def lenas_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LENA_PASSWORD", "secret-of-lena")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "centre.yaml"
    path.write_text(FILE)
    return path


def apply(path: Path) -> list[str]:
    out = StringIO()
    call_command("apply_config", str(path), stdout=out)
    return out.getvalue().splitlines()


def export() -> Any:
    out = StringIO()
    call_command("export_config", stdout=out)
    return yaml.safe_load(out.getvalue())


def everything() -> list[Any]:
    models = (MediaType, Agent, User, Queue, Service, Workbin)
    return [sorted(model._default_manager.values_list(), key=str) for model in models]


def test_it_makes_what_the_file_says(file: Path) -> None:
    changes = apply(file)
    assert "made queue email-support" in changes
    support = Queue.objects.get(name="email-support")
    assert (support.handling_timeout, support.max_revocations) == (600, 3)
    assert support.parking_queue == Queue.objects.get(name="email-parked")
    alice, lena = Agent.objects.get(user__username="alice"), Agent.objects.get(user__username="lena")
    assert (alice.employee_id, alice.capacity, alice.is_supervisor) == ("A1", 5, False)
    assert lena.is_supervisor and lena.user.check_password("secret-of-lena")
    assert {str(workbin) for workbin in Workbin.objects.all()} == {
        "drafts of alice",
        "drafts of lena",
        "team of email-team",
        "team of leads",
    }


def test_applied_again_it_changes_nothing(file: Path) -> None:
    apply(file)
    before = everything()
    assert apply(file) == ["Nothing to change."]
    assert everything() == before


def test_what_is_exported_is_what_was_applied_but_for_passwords(file: Path, tmp_path: Path) -> None:
    apply(file)
    exported = export()
    assert "password" not in str(exported)
    (tmp_path / "exported.yaml").write_text(yaml.safe_dump(exported))
    assert apply(tmp_path / "exported.yaml") == ["Nothing to change."]
    assert exported["places"] == [{"name": "desk-17", "groups": ["floor-2"]}]


def test_what_the_file_omits_is_left_alone(file: Path, tmp_path: Path) -> None:
    apply(file)
    less = tmp_path / "less.yaml"
    less.write_text("queues: [{name: email-support, handling_timeout: 300}]\nagents: [{username: alice}]")
    assert apply(less) == ["changed queue email-support: handling_timeout 600 -> 300"]
    support = Queue.objects.get(name="email-support")
    assert (support.max_revocations, support.agent_groups.count()) == (3, 1)
    alice = Agent.objects.get(user__username="alice")
    assert alice.user.check_password("secret-of-alice") and alice.capacity == 5


def test_a_changed_password_is_said_but_not_shown(file: Path, tmp_path: Path) -> None:
    apply(file)
    changed = tmp_path / "changed.yaml"
    changed.write_text("agents: [{username: alice, password: another-secret}]")
    assert apply(changed) == ["changed the password of alice"]
    assert User.objects.get(username="alice").check_password("another-secret")


def test_workbins_follow_for_an_agent_added_later(file: Path) -> None:
    apply(file)
    cast.agent("bob", "email-team")
    assert Workbin.objects.filter(agent__user__username="bob", type__name="drafts").count() == 1


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("queues:\n  - {name: q, handling_timeout: 0}", ["2: queues[0].handling_timeout: A whole number"]),
        ("queues: [{name: q, timeout: 5}]", ["1: queues[0].timeout: There is no such field. Allowed: name,"]),
        ("queues: [{name: q, agent_groups: [ghosts]}]", ["queues[0].agent_groups[0]: There is no group"]),
        ("queues: [{name: q, parking_queue: p}]", ["queues[0].parking_queue: There is no queue p"]),
        ("queues: [{name: a b}]", ["queues[0].name: Letters, digits"]),
        ("queues: [{name: q}, {name: q}]", ["queues[1]: q is there twice"]),
        ("services: [{name: s, role: king}]", ["services[0].role: One of media_server, reporting_engine"]),
        ("workbin_types: [{name: w, owner_kind: team}]", ["One of agent, agent_group, place, place_group"]),
        ("agents: [{username: a, password: x, password_env: Y}]", ["Either password or password_env"]),
        ("agents: [{username: a, password_env: NOT_SET}]", ["agents[0].password_env: The variable NOT_SET"]),
        ("agents: [{username: a}]\nsupervisors: [{username: a}]", ["2: supervisors[0]: a is there twice"]),
        ("agents: [{username: a, capacity: '5'}]", ["agents[0].capacity: A whole number from 1"]),
        ("agents: [{username: a, employee_id: 1}]", ["agents[0].employee_id"]),
        ("media_types: {name: email}", ["media_types: A list is allowed"]),
        ("media_types: [email]", ["media_types[0]"]),
        ("what: 1\nqueues: [{name: q, is_paused: 1}]", ["1: what:", "2: queues[0].is_paused: true or false"]),
        ("- 1", ["the document: A mapping of media_types"]),
        ("queues: []\nqueues: []", ["queues is there twice"]),
        ("queues: [", ["bad.yaml:1 is not valid YAML: expected the node content"]),
        ("places: []\n? [a]\n: 3", ["bad.yaml:2 is not valid YAML: a key must be a word"]),
        ("places: !!python/name:os.system", ["bad.yaml:1 is not valid YAML: could not"]),
        ("", ["the document: A mapping"]),
        ("x: &a [*a]", [""]),
        ("queues: [{name: \"q\\0\"}]", [""]),
        ("agent_groups: [\"a\\0b\"]", ["agent_groups[0]: Null characters"]),
    ],
)  # fmt: skip
def test_a_fault_names_line_path_and_what_is_allowed(text: str, faults: list[str], tmp_path: Path) -> None:
    """And nothing at all is applied: the good entry before it neither."""
    path = tmp_path / "bad.yaml"
    path.write_text(
        text + ("\nplaces: [{name: desk-1}]" if text.startswith(("queues: [{", "agents")) else "")
    )
    before = everything()
    with pytest.raises(CommandError) as refused:
        apply(path)
    for fault in faults:
        assert fault in str(refused.value)
    assert everything() == before
    assert not cast.Place.objects.exists()


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(configuration.Faults) as refused:
        configuration.apply({"queues": [{"name": "?"}, {"name": "q", "x": 1}], "services": [{"name": "s"}]})
    paths = {fault.path for fault in refused.value.faults}
    assert paths == {("queues", 0, "name"), ("queues", 1, "x"), ("services", 0, "role")}


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.yaml cannot be read: No such file or directory$"):
        apply(tmp_path / "nowhere.yaml")


def test_a_token_stands_alone_on_stdout_and_ends_the_older_one(file: Path) -> None:
    apply(file)
    first, second = StringIO(), StringIO()
    call_command("issue_token", "warehouse", stdout=first)
    call_command("issue_token", "warehouse", stdout=second)
    older, token = (cast.Application("warehouse", out.getvalue().strip()) for out in (first, second))
    assert older.send("GET", "reporting/events").refused(401, "not_authenticated")["reason"] == "unknown"
    assert token.send("GET", "reporting/events").ok()
    with pytest.raises(CommandError, match="There are: mail-gateway, warehouse"):
        call_command("issue_token", "wherehouse")
