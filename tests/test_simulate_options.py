"""What `simulate` cannot play is said in one line, before it makes anything."""

import pytest
from django.core.management import CommandError, call_command

from interactions.models import Agent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("agents", 0),
        ("agents", 10**11),
        ("rate", 0.0),
        ("rate", float("nan")),
        ("rate", float("inf")),
        ("seconds", -1.0),
        ("seconds", float("nan")),
        ("quiet_share", float("nan")),
        ("quiet_share", 1.1),
        ("name", "a b"),
    ],
)
def test_it_is_refused(option: str, value: object) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("simulate", **{option: value})
    assert len(str(refused.value).splitlines()) == 1
    assert not Agent.objects.exists()
