"""Fields that offer rows by what is typed: who sends something else is told so."""

import pytest
from django.test import Client

from tests.admin.stage import CORE, Floor, commits

pytestmark = commits
FORMS = {
    f"{CORE}/queue/add/": "agent_groups",
    f"{CORE}/place/add/": "groups",
    f"{CORE}/agent/add/": "user",
    "/admin/reporting/alarmrule/add/": "queue",
    "/admin/reporting/servicelevel/add/": "queue",
}


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("sent", ["x", "-1", "1\0", "9" * 30])
def test_what_is_no_id(root: Client, floor: Floor, path: str, sent: str) -> None:
    answer = root.post(path, {FORMS[path]: sent})
    assert answer.status_code == 200
    assert FORMS[path] in answer.context["adminform"].form.errors


def test_what_is_chosen_stays_so(root: Client, floor: Floor) -> None:
    """The twin: another field is wrong, and the form is shown again."""
    group = floor.group
    shown = root.post(f"{CORE}/queue/add/", {"agent_groups": [group.pk, "x"]}).content.decode()
    assert f'<option value="{group.pk}" selected>{group}</option>' in shown
