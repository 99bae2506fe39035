"""The audit: the log is replayed and must arrive at the state.

snapshot     log and tables at one instant, side by side
life         one interaction's events, as a state machine; visits: a session's
compare      where the events led, and what the tables have
checkpoints  where a later audit may begin
"""

from contextlib import nullcontext

from reporting import retention
from reporting.audit import checkpoints
from reporting.audit.replay import Difference, Progress, Replay, Report
from reporting.audit.snapshot import snapshot
from reporting.audit.steps import Step, Visit, where
from reporting.cursor import horizon
from reporting.locks import alone
from reporting.models import AuditRun, Checkpoint

__all__ = ["Difference", "Report", "audit", "brief", "record"]

LIMIT = 20  # differences with all that belongs to them
KEEPER = "audit"  # the lock of whoever leaves a checkpoint


def audit(
    *,
    from_checkpoint: bool = False,
    leave_checkpoint: bool = False,
    limit: int = LIMIT,
    progress: Progress = lambda at, last: None,
) -> Report:
    """Replay and compare. A checkpoint is left if nothing differs.

    Errors: AlreadyRunning, if another is about to leave a checkpoint; Unavailable.
    """
    with alone(KEEPER) if leave_checkpoint else nullcontext():
        upto = horizon.final() if leave_checkpoint else None  # all up to there is in the snapshot
        with snapshot():
            since = beginning() if from_checkpoint else None
            replay = Replay(since, upto, limit)
            report = replay.run(progress)
        if upto is not None and not report.differing:
            replay.standings.leave(upto, report.at, since)
        return report


def beginning() -> Checkpoint | None:
    """The latest checkpoint, unless what came after it may have been purged."""
    found, purged = checkpoints.latest(), retention.bound()
    return None if found is None or (purged and found.at < purged) else found


def record(report: Report) -> AuditRun:
    return AuditRun.objects.create(
        at=report.at,
        seconds=report.seconds,
        began_after=report.began_after,
        events=report.events,
        interactions=report.interactions,
        sessions=report.sessions,
        differences=report.differing,
        details=[
            {"about": each.about, "wrong": each.wrong, "events": [*map(brief, each.events)]}
            for each in report.differences
        ],
    )


def brief(event: Step | Visit) -> str:
    """`17 2026-11-22T09:00:00+00:00 EventPartyAdded: party 3 of alice, queue email-support`"""
    about = []
    if isinstance(event, Step):
        about = [f"party {event.party}"] if event.party else []
        about += [where(event.place)]
    about += [event.agent] if event.agent else []
    about += [event.reason] if event.reason else []
    return f"{event.id} {event.at.isoformat()} {event.event}: {', '.join(about)}"
