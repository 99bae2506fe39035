"""The stage of a race."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # they name models, and a conftest may be read before Django is set up
    from tests.applications import Desk
    from tests.races.stage import Stage


@pytest.fixture
def stage(alice: "Desk", bob: "Desk", lena: "Desk") -> "Stage":
    from tests import cast
    from tests.races.stage import Stage

    team = cast.workbin_of(cast.group(cast.TEAM), "agent_group")
    [interaction] = cast.fill(1, team)
    return Stage(alice, bob, lena, team, interaction)


@pytest.fixture
def held(stage: "Stage") -> "Stage":
    [pulled] = stage.pull_it(stage.alice).ok()["interactions"]
    stage.party = pulled["party"]
    return stage
