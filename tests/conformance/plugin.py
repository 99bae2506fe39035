"""What pytest loads: the kit's options, and the kit."""

import pytest

for helper in ("cast", "lateness", "log", "people", "places", "playing", "server", "stage"):
    pytest.register_assert_rewrite(f"{__package__}.{helper}")

from .opening import NotReady, reach  # noqa: E402
from .playing import Kit  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    for name in ("url", "user", "password", "media-server-token", "late", "seed"):
        group.addoption(f"--kit-{name}")
    group.addoption("--kit-only", action="append", default=[])


def pytest_configure(config: pytest.Config) -> None:
    url, user, password, token, late = (
        config.getoption(f"kit_{name}") for name in ("url", "user", "password", "media_server_token", "late")
    )
    try:
        house = reach(url, user, password, float(late), token)
    except NotReady as error:
        pytest.exit(str(error), returncode=2)
    kit = Kit(house, config.getoption("kit_only"), int(config.getoption("kit_seed")))
    config.pluginmanager.register(kit, "conformance-kit")
