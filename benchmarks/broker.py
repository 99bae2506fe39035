"""The number of messages in the broker, with few and with many open holds, under resets."""

from django.conf import settings
from redis import Redis

from benchmarks.kit import floor
from benchmarks.kit.results import Results
from interactions import sessions, timers
from interactions.reaper import slots_with_deadlines
from interactions.sql import fetch_all
from interactions.statements import locks

redis = Redis.from_url(settings.REDIS_URL)

FEW, MANY = 1_000, 100_000


def run(results: Results) -> None:
    floor.make(agents=1_000, waiting=MANY + FEW)
    bound = timers.HORIZON * timers.SLOTS_A_SECOND + 10
    for held in (FEW, MANY):
        redis.flushdb()  # no worker takes what a passed slot left
        timers.timers = timers.Timers()
        floor.hold(held, first=0.5, spread=timers.HORIZON, timeout=30)
        arm_all()
        reset_some()
        open_holds = fetch_all("SELECT count(*) FROM interactions_party WHERE ended_at IS NULL")[0][0]
        print(f"{open_holds:,} open holds: {messages()} messages (bound: {bound})")


def reset_some() -> None:
    """A second's requests."""
    for (token,) in fetch_all("SELECT 'token' || id FROM interactions_agent LIMIT 100"):
        sessions.identify(token, resets=True)


def arm_all() -> None:
    """What the reapers do, slot by slot, while the horizon moves."""
    now = locks.read_now()
    first = timers.slot_of(now)
    timers.arm(slots_with_deadlines(first, first + timers.HORIZON * timers.SLOTS_A_SECOND), now)


def messages() -> int:
    return sum(int(redis.llen(name)) for name in ("timers", "default"))
