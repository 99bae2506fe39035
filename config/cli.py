"""What `manage.py`, or `workbin` where the package is installed, does before Django: find its servers.

`--data-dir DIR` goes with every command; the default is `.data`, beside manage.py or where `workbin` is run.
What `DATABASE_URL` and `REDIS_URL` do not name is embedded: the servers that `up` runs on that directory or,
when none run, some that live as long as the command.
"""

import os
import secrets
import sys
import warnings
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import InternalError, OperationalError, ProgrammingError

from config import embedded
from config.embedded.postgres import EMBEDDED_NAME

# These ask no database and no broker.
OFFLINE = {
    *("check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages"),
    *("makemigrations", "spectacular", "startapp", "startproject", "version"),
}
HELP = {"-h", "--help", "--version"}

UNMIGRATED = {
    "42P01": "has no tables yet: run `migrate`; `up` does it by itself",
    "42703": "is older than this program: run `migrate`; `up` does it by itself",
}

# It was restarted, somebody ended the connection, or the computer slept and a transaction lay idle.
CUT_OFF = {"57P01", "57P02", "25P03"}
# The same, where the last words of the server were not read. A connection that never was has `failed`.
LOST = ("consuming input failed", "flushing failed", "sending ")


def workbin() -> None:
    """The command of the installed package."""
    main(sys.argv, Path.cwd())


def main(arguments: list[str], home: Path) -> None:
    try:
        run(arguments, home)
    except KeyboardInterrupt:
        sys.exit(130)


def run(arguments: list[str], home: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if arguments[1:] in (["version"], ["--version"]):
        from config import version

        sys.stdout.write(f"Workbin {version.found()}\n")
        return
    try:
        arguments, data_dir = take_data_dir(arguments, home)
        servers = embedded.current = embedded.Servers(data_dir)
        if is_offline(arguments):
            stay_offline(servers)
            return execute(arguments)
        name_servers(servers)
        if arguments[1] == "up":
            return execute(arguments)
        if servers.are_running():
            servers.join()
            return execute(arguments)
        servers.start()
    except embedded.EmbeddedError as error:
        sys.exit(str(error))
    except PermissionError as error:
        if not error.filename:
            raise
        sys.exit(f"cannot use {error.filename}: {error.strerror}; name another --data-dir")
    try:
        execute(arguments)
    finally:
        servers.stop()


def execute(arguments: list[str]) -> None:
    """Run Django's command. What ails the surroundings, and not the program, is said in one line."""
    try:
        execute_from_command_line(arguments)
    except (ImproperlyConfigured, InternalError, OperationalError, ProgrammingError) as error:
        if "--traceback" in arguments or not (why := explained(error)):
            raise
        sys.exit(why)


def explained(error: Exception) -> str | None:
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    state = getattr(error.__cause__, "sqlstate", None)
    if state in CUT_OFF or (state is None and str(error).startswith(LOST)):
        return f"the database has ended the connection: {str(error).splitlines()[0]}. Run the command again"
    if isinstance(error, OperationalError):
        return f"the database does not answer: {str(error).splitlines()[0]}" if state is None else None
    return f"{which_database()} {UNMIGRATED[state]}" if state in UNMIGRATED else None


def which_database() -> str:
    """For who has not set DATABASE_URL may have meant another."""
    servers = embedded.current
    return f"the embedded database in {servers.data_dir}" if servers and servers.postgres else "the database"


def take_data_dir(arguments: list[str], home: Path) -> tuple[list[str], Path]:
    """The arguments without `--data-dir`, of which Django's commands know nothing, and the directory."""
    kept, found = [], ""
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name != "--data-dir":
            kept.append(argument)
        elif not (found := value if equals else next(rest, "")):
            raise embedded.EmbeddedError("--data-dir needs a directory")
    return kept, Path(found) if found else home / ".data"


def is_offline(arguments: list[str]) -> bool:
    asked = set(arguments[1:])
    if not asked or asked & HELP:
        return True
    return arguments[1] in OFFLINE and "--database" not in asked


def stay_offline(servers: embedded.Servers) -> None:
    # makemigrations would like to ask the database what has been applied, and gets on without.
    warnings.filterwarnings("ignore", "Got an error checking a consistent migration history", RuntimeWarning)
    if servers.all:
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    if servers.postgres:
        os.environ["DATABASE_URL"] = f"postgresql:///workbin?application_name={EMBEDDED_NAME}"  # unasked


def name_servers(servers: embedded.Servers) -> None:
    """For the settings, here and in every child. A key of our own only where the servers are our own too."""
    if servers.all:
        os.environ.setdefault("SECRET_KEY", embedded.kept_secret(servers.data_dir / "secret-key", 40))
    urls = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    os.environ.update(urls)


if __name__ == "__main__":  # of what `up` starts: it need not know whether it runs from a clone
    workbin()
