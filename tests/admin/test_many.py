"""Five hundred holds in one list: what a page of them costs, and what it costs to renew."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from unfold.decorators import display

from interactions.admin.parties import PartyAdmin
from tests.admin.stage import CORE, Floor, log_in, make_agent

pytestmark = pytest.mark.django_db

LIST = f"{CORE}/party/"
MANY = 500


@pytest.fixture
def busy(floor: Floor) -> list[int]:
    """The parties of ten agents who hold fifty each."""
    floor.submit(MANY, user_data={"subject": "Where is my order?"})
    names = [f"agent-{number}" for number in range(10)]
    for name in names:
        make_agent(name, floor.group)
    return [row.hold.id for name in names for row in floor.pull(log_in(name), MANY // len(names))]


def cost(root: Client, path: str = LIST) -> tuple[int, int]:
    """Queries, and bytes of the answer."""
    with CaptureQueriesContext(connection) as queries:
        answer = root.get(path)
    assert answer.status_code == 200
    return len(queries), len(answer.content)


def test_a_page_of_them(busy: list[int], root: Client) -> None:
    few, _ = cost(root, f"{LIST}?id__in={busy[0]}")
    queries, size = cost(root)
    assert {row.pk for row in root.get(LIST).context["cl"].result_list} == set(busy)
    assert queries == few
    assert size < MANY * 1_500  # bytes


def test_a_column_that_asks_for_each_row_would_be_seen(
    busy: list[int], root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""

    @display(description="its revocations")
    def asks(party: Any) -> int:
        return party.interaction.parties.count()

    monkeypatch.setattr(PartyAdmin, "list_display", ("number", asks, *PartyAdmin.list_display[1:]))
    few, _ = cost(root, f"{LIST}?id__in={busy[0]}")
    assert cost(root)[0] == few + MANY - 1


def test_what_is_new_comes_without_the_page_around_it(busy: list[int], root: Client) -> None:
    asked = f"{LIST}live/rows/?shown=open&id__in={busy[3]},{busy[5]},99999999"
    page = root.get(asked).content.decode()
    assert page.startswith('<table id="result_list"><tbody class="wb-row">') and page.endswith("</table>")
    links = [f"{LIST}{busy[number]}/change/?_changelist_filters=shown%3Dopen" for number in (3, 5)]
    assert [page.count(link) for link in links] == [1, 1] and page.count("<tbody") == 2
    head = '<th scope="row" class="field-number" data-label="Party"><a href="'
    assert all(head + link in page for link in links)
    assert cost(root, asked)[0] <= cost(root)[0]
    assert "<tbody" not in root.get(f"{LIST}live/rows/?shown=ended&id__in={busy[3]}").content.decode()
    assert root.get(f"{LIST}live/rows/?nonsense__y=1").status_code == 400
