"""Who is on the floor, and who sits at the admin."""

from typing import Any

import pytest

# Models are imported by what runs later: a conftest may be read before Django is ready.


@pytest.fixture
def floor(db: None) -> Any:
    from tests.admin import stage

    return stage.open_floor()


@pytest.fixture
def root(client: Any, db: None) -> Any:
    from django.contrib.auth.models import User

    client.force_login(User.objects.create_superuser("root", password="root knows"))
    return client


@pytest.fixture
def given(db: None) -> None:
    """The roles that come with the server."""
    from config import roles

    roles.provide()
