"""Settings that cannot work are found before anything starts."""

from pathlib import Path

import pytest

from tests.processes import manage

PRODUCTION = {
    "DATABASE_URL": "postgresql://workbin@db.example.org/workbin",
    "REDIS_URL": "redis://redis.example.org",
    "SECRET_KEY": "k" * 50,
}


def test_production_settings_pass() -> None:
    assert manage("check", **PRODUCTION).returncode == 0


@pytest.mark.parametrize(
    ("changed", "id"),
    [
        ({"SECRET_KEY": ""}, "workbin.E001"),
        ({"DATABASE_URL": "sqlite:///workbin.db"}, "workbin.E002"),
        ({"REDIS_URL": "amqp://rabbit"}, "workbin.E003"),
        ({"WEB_THREADS": "0"}, "workbin.E004"),
    ],
)
def test_what_cannot_work_has_an_id_and_a_hint(changed: dict[str, str], id: str) -> None:
    refused = manage("check", **PRODUCTION | changed)
    assert refused.returncode == 1
    assert id in refused.stderr
    assert "HINT" in refused.stderr


def test_up_does_not_start_with_what_cannot_work(tmp_path: Path) -> None:
    refused = manage(
        "up", "--port", "0", "--data-dir", str(tmp_path / "data"), **PRODUCTION | {"SECRET_KEY": ""}
    )
    assert refused.returncode == 1
    assert "workbin.E001" in refused.stderr


def test_in_a_fresh_clone_the_check_passes_and_makes_nothing(tmp_path: Path) -> None:
    checked = manage("check", "--data-dir", str(tmp_path / "data"))
    assert checked.returncode == 0, checked.stderr
    assert not (tmp_path / "data").exists()
