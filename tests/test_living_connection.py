"""Whoever looks at a page is not told that PostgreSQL was started again since the last one."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, close_old_connections
from django.test import Client

from interactions.sql import fetch_value
from tests.crowd import another_connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def break_connection() -> None:
    with another_connection() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [fetch_value("SELECT pg_backend_pid()")])
    close_old_connections()  # as each request begins


@pytest.mark.parametrize("path", ["/admin/", "/admin/interactions/queue/", "/readyz", "/metrics"])
def test_it_is_made_anew(root: Client, path: str) -> None:
    break_connection()
    assert root.get(path).status_code == 200


def test_without_it_somebody_is_told(root: Client, settings: Any) -> None:
    settings.MIDDLEWARE.remove("config.middleware.LivingConnection")
    break_connection()
    with pytest.raises(OperationalError):
        root.get("/admin/")
