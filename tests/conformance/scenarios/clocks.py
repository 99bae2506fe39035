"""Clock skew: nobody's clock but the server's counts."""

from email.utils import formatdate

from ..cast import Agent
from ..instants import instant_of, later, seconds_of
from ..log import Log, expired, pulled, stopped
from ..places import Line
from ..server import Json

HOUR = 3_600
DAY = 24 * HOUR


def test_a_client_whose_clock_is_wrong(alice: Agent, line: Line, log: Log) -> None:
    """An hour slow or fast, as it says itself in `Date`: the timer runs as ever."""
    for off in (-HOUR, HOUR):
        mail = line.add(handling_timeout=1)
        wrong: Json = {"Date": formatdate(seconds_of(alice.server_time()) + off, usegmt=True)}
        answer = alice.send("POST", f"queues/{line}/pull", {}, headers=wrong).ok()
        party = answer["interactions"][0]["party"]
        assert party["deadline_at"] == later(party["joined_at"], 1)
        kept = alice.keeps(party, **wrong)
        assert later(party["joined_at"], 1) <= kept["deadline_at"] < later(party["joined_at"], 30)
        alice.until_revoked(kept)
        alice.stop(alice.take(line)).ok()
        log.promises(mail, pulled(), expired(), pulled(), stopped())


def test_a_media_source_whose_clock_is_wrong(alice: Agent, admin: Agent, line: Line) -> None:
    """`received_at` is kept as it is said, in whatever zone, and changes neither turn nor timer."""
    now = seconds_of(alice.server_time())
    future = line.add(received_at=instant_of(now + DAY))
    past = line.add(received_at=instant_of(now - 1000 * DAY))
    zone = line.add(received_at="2026-01-31T23:30:00+02:00")
    parties = {one["id"]: one for one in alice.pull(line, count=3)}
    assert list(parties) == [future, past, zone]
    assert parties[future]["received_at"] == instant_of(now + DAY)
    assert parties[zone]["received_at"] == "2026-01-31T21:30:00.000000Z"
    for one in parties.values():
        assert seconds_of(one["submitted_at"]) - now < HOUR
        assert one["party"]["deadline_at"] == later(one["party"]["joined_at"], 600)


def test_what_is_no_instant(admin: Agent, line: Line) -> None:
    refused: tuple[object, ...] = (
        "yesterday",
        "2026-01-31",
        "2026-02-30T00:00:00Z",
        "2026-01-31T09:30:00",
        0,
        True,
        {},
    )
    for wrong in refused:
        admin.submit(queue=str(line), received_at=wrong).refused(400, "invalid")


def test_the_server_clock_goes_forward(alice: Agent) -> None:
    times = [alice.server_time() for _ in range(10)]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
