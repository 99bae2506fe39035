"""What `up --demo` adds: a configuration, some mails, an administrator, and agents at work."""

import os
import sys
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connections

from config.embedded import kept_secret
from config.production import demo_password, is_of_the_demo
from config.supervisor import Program, command
from interactions.models import Queue
from reporting.models import AlarmRule, ServiceLevel

ADMIN = "admin"
SERVICE_LEVELS = {"chat-sales": 20, "email-support": 300}  # seconds, for 80 % of what is pulled
RULES: dict[str, dict[str, Any]] = {
    "Too few in time": {"measure": "service_level", "window": 60, "for_seconds": 60},
    "Agents go quiet": {"measure": "revocation_rate", "threshold": 30, "window": 60, "for_seconds": 60},
    "The server is late": {"measure": "revocation_lag", "threshold": 2, "for_seconds": 10},
    "Log and tables differ": {"measure": "audit_difference", "threshold": 0, "for_seconds": 0},
}
HERE = Path(__file__).parent


def prepare(data_dir: Path, url: str) -> list[Program]:
    """Make the database ready; the programs that play the demo."""
    os.environ["DEMO_PASSWORD"] = password_of("agents", data_dir)
    make_cast(os.environ["DEMO_PASSWORD"])
    call_command("apply_config", str(HERE / "demo.yaml"))
    promise()
    call_command("import_mail", str(HERE / "demo.mbox"), queue="email-support")
    make_admin(password_of(ADMIN, data_dir))
    connections.close_all()
    # Its agents pull only what it has submitted, and leave the mails to whoever is curious.
    who, where = ["--name", "demo", "--agents", "5"], ["--url", url, "--queue", "email-support", "chat-sales"]
    how = ["--rate", "0.5", "--quiet-share", "0.2"]
    return [manage("simulate", ["simulate", *who, *where, *how])]


def promise() -> None:
    """Service levels, and rules that raise alarms. What is there stays as it was set."""
    for queue, seconds in SERVICE_LEVELS.items():
        terms = {"percent": 80, "seconds": seconds}
        ServiceLevel.objects.get_or_create(queue=Queue.objects.get(name=queue), defaults=terms)
    for name, terms in RULES.items():
        AlarmRule.objects.get_or_create(name=name, defaults=terms)


def make_admin(password: str) -> None:
    """What we print must open the door."""
    admin, _ = User.objects.get_or_create(username=ADMIN, defaults={"is_staff": True, "is_superuser": True})
    if not admin.check_password(password):
        admin.password = demo_password(password)
        admin.save()


def make_cast(password: str) -> None:
    """The users of the configuration, which finds them there and leaves them alone. One encoding for all of
    them: it takes half a second."""
    cast = yaml.safe_load((HERE / "demo.yaml").read_text())
    encoded = ""
    for name in [each["username"] for each in cast["agents"] + cast["supervisors"]]:
        user, _ = User.objects.get_or_create(username=name)
        if not is_of_the_demo(user.password):
            user.password = encoded = encoded or demo_password(password)
            user.save(update_fields=["password"])


def manage(name: str, arguments: list[str]) -> Program:
    run = [sys.executable, "-m", "config.cli", *arguments]
    return Program(name, name, command(run, settings.BASE_DIR), patience=5)


def password_of(who: str, data_dir: Path) -> str:
    """Made for this demo, and the same at the next start. Short enough to be typed."""
    return kept_secret(data_dir / f"{who}-password", size=9)


def keys(data_dir: Path) -> dict[str, str]:
    """By page, who may come in there."""
    return {
        "desk": f"user alice, password {password_of('agents', data_dir)}",
        "admin": f"user {ADMIN}, password {password_of(ADMIN, data_dir)}",
    }


def invitation(data_dir: Path, url: str) -> str:
    """For the terminal: three lines to copy."""
    password = password_of("agents", data_dir)
    token = """python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])'"""
    post = "curl -sS -H 'Content-Type: application/json'"
    me = '-H "Authorization: Bearer $TOKEN"'
    log_in = f"""-d '{{"username": "alice", "password": "{password}"}}' {url}/api/v1/sessions"""
    return f"""
Be the agent alice: log in, pull an e-mail, keep it. Stay quiet for 30 s and it is revoked.

  TOKEN=$({post} {log_in} | {token})
  {post} {me} -d '{{}}' {url}/api/v1/queues/email-support/pull
  {post} {me} -X POST {url}/api/v1/keep-alive"""
