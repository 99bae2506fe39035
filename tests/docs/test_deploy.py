"""The files of deploy/ are what systemd, nginx and compose take."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.docs import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(file.name for file in (DEPLOY / "systemd").glob("workbin*"))


def verified(where: Path) -> str:
    """What systemd has to say of these units."""
    units = [str(where / name.replace("@.", "@1.")) for name in UNITS]
    for name in (name for name in UNITS if "@." in name):
        (where / name.replace("@.", "@1.")).write_text((where / name).read_text())
    verify = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """With programs that are there."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd")
    for name in UNITS:
        unit = (DEPLOY / "systemd" / name).read_text()
        (tmp_path / name).write_text(re.sub(r"/opt/workbin/bin/\w+", sys.executable, unit))
    return tmp_path


def test_systemd_takes_the_units(units: Path) -> None:
    assert verified(units) == ""


def test_systemd_finds_what_is_wrong(units: Path) -> None:
    unit = units / "workbin-beat.service"
    unit.write_text(unit.read_text().replace("Restart=always", "Restart=sometimes"))
    assert "Failed to parse" in verified(units)


def schema_errors(file: Path) -> str:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    done = subprocess.run(check, capture_output=True, text=True, timeout=60, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_compose_takes_its_file(tmp_path: Path) -> None:
    pytest.importorskip("check_jsonschema", reason="`make dev-env` installs it")
    file = DEPLOY / "compose" / "compose.yaml"
    assert schema_errors(file) == ""
    services = yaml.safe_load(file.read_text())["services"]
    assert services["workbin"]["ports"] == ["127.0.0.1:8000:8000"]  # whoever gets there may say who asks
    assert services["workbin"]["environment"]["ALLOWED_HOSTS"].endswith(",localhost,127.0.0.1")
    assert "http://localhost:8000/healthz" in services["workbin"]["healthcheck"]["test"][-1]
    # PostgreSQL's first server, which makes the database and stops again, does not listen there.
    assert "--host 127.0.0.1" in " ".join(services["postgres"]["healthcheck"]["test"])
    assert services["workbin"]["init"]  # else nobody buries the children of a worker that was killed
    build = services["migrate"]["build"]
    assert (file.parent / build["context"] / build["dockerfile"]).exists()

    wrong = tmp_path / "compose.yaml"
    wrong.write_text(json.dumps({"services": services | {"valkey": {"imagine": "valkey:9"}}}))
    assert "imagine" in schema_errors(wrong)


def test_the_image_has_the_whole_product_and_nothing_else() -> None:
    recipe = (DEPLOY / "compose" / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (\w+) \1$", recipe, re.MULTILINE)
    assert sorted(copied) == ["config", "desk", "interactions", "reporting", "workbin_client", "workbins"]
    files = re.findall(r"^COPY (\w.*) \./$", recipe, re.MULTILINE)
    first, *let_in = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] != "#"]
    assert first == "*"
    wanted = [*copied, *" ".join(files).split()]
    assert sorted(let_in) == sorted(["**/__pycache__", *(f"!{name}" for name in wanted)])


def test_the_secrets_of_compose_are_not_committed() -> None:
    assert "/deploy/compose/.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_every_python_gets_the_versions_that_are_tested() -> None:
    """An admin of another version had its menu across the page, where Python was newer than here."""
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert sorted(locked) == sorted(set(locked))
    assert "django-unfold" in locked
