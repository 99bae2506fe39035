"""The cast comes in when a scene names it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test import TransactionTestCase

from tests import cast, tables
from tests.applications import Application, Desk, Log
from tests.cheap_passwords import PASSWORD_HASHERS
from tests.web import Web, web


@pytest.fixture(autouse=True, scope="session")
def quick() -> Iterator[None]:
    """Django's flush truncates every table and makes all permissions anew: 50 times as long."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: clear())
    yield
    patch.undo()


def clear() -> None:
    """Whatever a scene has locked and left is free then."""
    for each in connections.all(initialized_only=True):
        each.close()
    tables.empty()


@pytest.fixture(scope="session")
def patience() -> Iterator[pytest.MonkeyPatch]:
    options = connection.settings_dict["OPTIONS"]
    with pytest.MonkeyPatch.context() as patch:
        patient = f"{options['options']} -c idle_in_transaction_session_timeout=0"
        patch.setitem(options, "options", patient)
        yield patch


@pytest.fixture(scope="session")
def django_db_setup(
    patience: pytest.MonkeyPatch, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """Nobody is kept waiting by migrations that a busy machine leaves standing for seconds."""
    patience.undo()
    connection.close()
    with django_db_blocker.unblock():
        tables.sweeper.enter()
    yield
    tables.sweeper.leave()


@pytest.fixture(autouse=True)
def cheap_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS


@pytest.fixture
def support(transactional_db: None) -> str:
    """The queue of the e-mail team: ten minutes of quiet at most."""
    cast.media_type()
    return cast.queue(cast.SUPPORT, cast.TEAM, handling_timeout=600).name


@pytest.fixture
def alice(support: str) -> Desk:
    cast.agent("alice", cast.TEAM, employee_id="A1")
    return cast.log_in("alice")


@pytest.fixture
def absent_alice(support: str) -> str:
    """She will log in over HTTP."""
    return str(cast.agent("alice", cast.TEAM))


@pytest.fixture
def bob(support: str) -> Desk:
    cast.agent("bob", cast.TEAM)
    return cast.log_in("bob")


@pytest.fixture
def lena(support: str) -> Desk:
    cast.agent("lena", cast.TEAM, is_supervisor=True)
    return cast.log_in("lena")


@pytest.fixture
def root(support: str) -> Desk:
    cast.admin("root")
    return cast.log_in("root")


@pytest.fixture
def gateway(support: str) -> Application:
    return cast.service("mail-gateway", cast.Role.MEDIA_SERVER)


@pytest.fixture
def warehouse(support: str) -> Application:
    return cast.service("warehouse", cast.Role.REPORTING_ENGINE)


@pytest.fixture
def log(warehouse: Application) -> Log:
    return Log(warehouse)


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Web]:
    """A real web process for all scenes of a module."""
    with django_db_blocker.unblock(), web() as served:
        yield served
