"""What an interaction answers and what answers it, on its page."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interactions import lifecycle
from interactions.admin.thread import in_turn
from interactions.callers import AdminCaller
from interactions.models import Agent, AgentGroup, Interaction
from tests.admin.stage import CORE, Floor, commits, enter, make_agent

pytestmark = pytest.mark.django_db


def page_of(client: Client, id: int) -> str:
    return client.get(f"{CORE}/interaction/{id}/change/").content.decode()


def told(page: str) -> list[tuple[int, int]]:
    """The thread as it is shown: each with how deep it stands."""
    thread = page.partition('<ol class="wb-thread">')[2].partition("</ol>")[0]
    lines = re.findall(r'<li class="wb-deep-(\d)".*?(?:<b>|change/">)(\d+)<', thread, re.DOTALL)
    return [(int(id), int(depth)) for depth, id in lines]


def answer(floor: Floor, parent: int, subject: str = "Re: order") -> int:
    [id] = floor.submit(parent_id=parent, user_data={"subject": subject})
    return id


def test_parents_and_children_each_below_what_it_answers(floor: Floor, root: Client) -> None:
    [first] = floor.submit(user_data={"subject": "<i>My order</i>"})
    second, other = answer(floor, first), answer(floor, first)
    third = answer(floor, second)

    page = page_of(root, second)

    assert told(page) == [(first, 0), (second, 1), (third, 2), (other, 1)]
    assert "&lt;i&gt;My order&lt;/i&gt;" in page
    assert page.count("its parent") == page.count("a child of it") == page.count("this one") == 1
    assert f'href="{CORE}/interaction/{third}/change/"' in page
    assert page.index("Thread") < page.index("Life")
    assert told(page_of(root, third)) == told(page)


def test_one_that_is_alone_has_none(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    assert "wb-thread" not in page_of(root, id)


def test_of_a_thread_that_bites_its_tail_each_is_told_once(floor: Floor, root: Client) -> None:
    [first] = floor.submit()
    second = answer(floor, first)
    Interaction.objects.filter(pk=first).update(parent=second)
    assert told(page_of(root, first)) == [(first, 0), (second, 1)]
    assert len(list(in_turn(list(Interaction.objects.all())))) == 2


def test_queries_do_not_grow_with_it(floor: Floor, root: Client) -> None:
    def count(id: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(root, id)
        return len(queries)

    [first] = floor.submit()
    last = answer(floor, first)
    few = count(first)
    for _ in range(150):
        last = answer(floor, last)
    assert count(first) == few
    page = page_of(root, last)
    assert len(told(page)) == 100 and "The newest of it." in page


@commits
@pytest.mark.usefixtures("given")
def test_a_supervisor_sees_what_the_own_team_has(floor: Floor, client: Client) -> None:
    Agent.objects.filter(pk=make_agent("lena", floor.group).pk).update(is_supervisor=True)
    lena = enter(client, "lena", "supervisor")
    floor.other.agent_groups.add(AgentGroup.objects.create(name="leads-team"))
    [ours] = floor.submit()
    theirs = answer(floor, ours, "of another team")
    also_ours = answer(floor, theirs, "of the own team")
    assert [id for id, _ in told(page_of(lena, ours))] == [ours, theirs, also_ours]
    lifecycle.place(AdminCaller("root"), theirs, None, floor.other)
    page = page_of(lena, ours)
    assert [id for id, _ in told(page)] == [ours, also_ours]
    assert "of another team" not in page
    client.force_login(User.objects.create_superuser("root"))
    assert "of another team" in page_of(client, ours)
