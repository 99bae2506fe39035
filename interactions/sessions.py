"""Sessions of agents: log-in, the request that resets, log-out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate as check_password
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.views.decorators.debug import sensitive_variables

from interactions import lifecycle, signals, throttle, timers
from interactions.callers import AgentCaller, ServiceCaller
from interactions.commands import Command, alone, command
from interactions.credentials import digest, new_token
from interactions.errors import Invalid, NotAuthenticated
from interactions.instants import instant
from interactions.models import Agent, Party, Place, Service, Session
from interactions.models.directory import EndReason, Role
from interactions.models.party import PartyEnd
from interactions.rows import Hold
from interactions.signals import TIMER, Actor, Fact
from interactions.sql import fetch_all
from interactions.statements import locks
from interactions.statements.reset import FREE, KEEP, ONE, RESET, TOUCH

TOUCH_EVERY = 10  # seconds; last_request_at is written no more often

_SESSION = """
    SELECT s.id AS session, s.application, s.started_at, s.last_request_at, a.id AS agent_id, u.username,
        a.employee_id, a.capacity, a.is_supervisor, u.is_superuser, pl.id AS place_id, pl.name AS place,
        CASE
            WHEN s.ended_at IS NOT NULL OR NOT u.is_active THEN 'ended'
            WHEN s.last_request_at < statement_timestamp() - %(idle)s * interval '1 second'
                AND NOT EXISTS (
                    SELECT FROM interactions_party p
                    WHERE p.agent_id = a.id AND p.ended_at IS NULL AND p.deadline_at > statement_timestamp()
                )
                THEN 'expired'
        END AS refused
    FROM interactions_session s
    JOIN interactions_agent a ON a.id = s.agent_id
    JOIN auth_user u ON u.id = a.user_id
    LEFT JOIN interactions_place pl ON pl.id = s.place_id
    WHERE {which}
"""
_BY_TOKEN = _SESSION.format(which="s.token_hash = %(token)s")
_BY_ID = _SESSION.format(which="s.id = %(session)s")
_BY_IDS = _SESSION.format(which="s.id = ANY(%(sessions)s::bigint[])")
RESET_BY_TOKEN = RESET.format(who=_BY_TOKEN, **FREE)
KEEP_BY_TOKEN = KEEP.format(who=_BY_TOKEN, **FREE)
RESET_ONE = RESET.format(who=_BY_TOKEN, **ONE)
KEEP_ONE = KEEP.format(who=_BY_TOKEN, **ONE)
_TOUCH_BY_TOKEN = TOUCH.format(who=_BY_TOKEN)
_TOUCH_BY_IDS = TOUCH.format(who=_BY_IDS)
SESSION_WIDTH = 13

_WHY = {
    "ended": "The session has ended: log in again.",
    "expired": "The session was idle for too long: log in again.",
    "unknown": "This token is not known.",
}
WRONG = "Wrong user name or password."


def identify(token: str, *, resets: bool) -> AgentCaller | ServiceCaller:
    """Who sends this token. With `resets` the request counts as the agent's activity: the deadlines of
    all that the agent holds move, whatever becomes of the request.

    Errors: NotAuthenticated, with its reason.
    """
    if not resets:
        return _ask(_TOUCH_BY_TOKEN, token)[0]
    caller, rows = _reset(RESET_BY_TOKEN, RESET_ONE, token)
    for now, deadlines in rows:
        timers.arm_at_commit(deadlines, now)
    return caller


def identify_all(sessions: Collection[int]) -> dict[int, AgentCaller]:
    """As identify without `resets`, of many whose requests go on: those that are not refused."""
    rows = alone(lambda: _fetch(_TOUCH_BY_IDS, sessions=list(sessions)))
    callers = [AgentCaller(*columns) for *columns, refused in rows if refused is None]
    return {caller.session: caller for caller in callers}


@dataclass(slots=True)
class Kept:
    """What an agent holds, in the order in which it came, by the database's clock."""

    now: datetime
    holds: list[Hold]


def keep_alive(token: str) -> tuple[AgentCaller | ServiceCaller, Kept | None]:
    """As identify with `resets`, and what the agent holds. A service holds nothing."""
    caller, rows = _reset(KEEP_BY_TOKEN, KEEP_ONE, token)
    if not rows:
        return caller, None
    now = rows[-1][0]
    holds = sorted((Hold(*hold) for _, *hold in rows if hold[0] is not None), key=lambda hold: hold.id)
    timers.arm_at_commit([hold.deadline_at for hold in holds], now)
    return caller, Kept(now, holds)


def _reset(free: str, one: str, token: str) -> tuple[AgentCaller | ServiceCaller, list[tuple[Any, ...]]]:
    """Who sends it, and what the statements tell besides: of what nobody had locked, then of each hold that
    somebody had.

    Errors: NotAuthenticated; Unavailable, when one stays locked: the others have been moved.
    """
    caller, rows = _ask(free, token)
    for party in sorted(rows[0][SESSION_WIDTH]) if rows else ():
        rows += alone(partial(_fetch, one, token=digest(token), party=party))
    return caller, [row[SESSION_WIDTH + 1 :] for row in rows]


def _ask(statement: str, token: str) -> tuple[AgentCaller | ServiceCaller, list[tuple[Any, ...]]]:
    """Who sends it, and the statement's rows: of a service there are none."""
    hashed = digest(token)
    rows = alone(lambda: _fetch(statement, token=hashed))
    return (_caller(rows[0]) if rows else _service(hashed)), rows


def _fetch(statement: str, **which: Any) -> list[tuple[Any, ...]]:
    idle = settings.SESSION_IDLE_TIMEOUT
    return fetch_all(statement, {"idle": idle, "touch": min(TOUCH_EVERY, idle / 4), **which})


def _caller(row: Sequence[Any]) -> AgentCaller:
    """Errors: NotAuthenticated."""
    *columns, refused = row[:SESSION_WIDTH]
    if refused:
        raise NotAuthenticated(_WHY[refused], reason=refused)
    return AgentCaller(*columns)


def _service(hashed: bytes) -> ServiceCaller:
    service = Service.objects.filter(token_hash=hashed).first()
    if service is None:
        raise NotAuthenticated(_WHY["unknown"], reason="unknown")
    return ServiceCaller(service.pk, service.name, Role(service.role))


# --- Log in ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class LoggedIn:
    token: str
    caller: AgentCaller


def log_in(
    username: str, password: str, application: str = "", place: str | None = None, *, address: str = ""
) -> LoggedIn:
    """`address` is where the request comes from. Errors: NotAuthenticated, Throttled, Invalid for an
    unknown place."""
    with throttle.attempt(username, address):
        user, agent = _recognize(username, password)
    desk = Place.objects.filter(name=place).first() if place is not None else None
    if place is not None and desk is None:
        raise Invalid(errors={"place": [f"There is no place named {place!r}."]})
    return _start(Actor("admin" if user.is_superuser else "agent", username), agent, application, desk)


@sensitive_variables("password")
def _recognize(username: str, password: str) -> tuple[User, Agent]:
    """Who may log in is not told from who may not: Django hashes a password for unknown names too."""
    user = check_password(username=username, password=password)
    agent = Agent.objects.filter(user=user).first() if user else None
    if user and agent is None and user.is_superuser:
        agent, _ = Agent.objects.get_or_create(user=user)
    if not isinstance(user, User) or agent is None:
        raise NotAuthenticated(WRONG, reason="unknown")
    return user, agent


@command("Login")
def _start(cmd: Command, actor: Actor, agent: Agent, application: str, place: Place | None) -> LoggedIn:
    locks.lock_agent(agent.pk)
    is_first = not Session.objects.filter(agent=agent, ended_at=None).exists()
    token = new_token()
    Session.objects.create(agent=agent, application=application, place=place, token_hash=digest(token))
    try:
        caller = identify(token, resets=True)
    except NotAuthenticated as error:  # deactivated since the password was checked
        raise NotAuthenticated(WRONG, reason="unknown") from error
    assert isinstance(caller, AgentCaller)
    cmd.now = locks.read_now()
    cmd.announce(signals.agent_logged_in, [_fact(caller, application=application, is_first=is_first)])
    return LoggedIn(token, caller)


# --- Log out --------------------------------------------------------------------------------------


def log_out(caller: AgentCaller) -> None:
    _end(caller, caller.session, EndReason.LOGGED_OUT)


def end_session(actor: Actor, session: int) -> None:
    """End a session by hand. One that has ended already stays as it is."""
    _end(actor, session, EndReason.LOGGED_OUT)


def end_idle_sessions() -> int:
    """End the sessions that were idle for too long and whose agents hold nothing. Returns how many."""
    idle = Session.objects.filter(
        ~Exists(Party.objects.filter(agent=OuterRef("agent"), ended_at=None)),
        ended_at=None,
        last_request_at__lt=Now() - timedelta(seconds=settings.SESSION_IDLE_TIMEOUT),
    )
    return _end_all(idle, EndReason.SESSION_EXPIRED)


def end_barred_sessions() -> int:
    """End the sessions, and with them the holds, of users who were deactivated by other means than the
    admin, which ends them itself. Their tokens are refused already. Returns how many."""
    barred = Session.objects.filter(ended_at=None, agent__user__is_active=False)
    return _end_all(barred, EndReason.LOGGED_OUT)


def _end_all(found: QuerySet[Session], reason: EndReason) -> int:
    sessions = list(found.values_list("pk", flat=True))
    for session in sessions:
        _end(TIMER, session, reason)
    return len(sessions)


@command("Logout")
def _end(cmd: Command, caller: AgentCaller | Actor, session: int, reason: EndReason) -> None:
    """Quietly nothing, if it has ended or, for an idle one, is idle no more."""
    agent_id = Session.objects.values_list("agent_id", flat=True).get(pk=session)
    locks.lock_agent(agent_id)
    if not Session.objects.select_for_update(no_key=True).filter(pk=session, ended_at=None).exists():
        return
    [[*columns, refused]] = _fetch(_BY_ID, session=session)
    if reason == EndReason.SESSION_EXPIRED and refused is None:
        return  # a request came while this waited
    ending = AgentCaller(*columns)
    cmd.now = locks.read_now()
    is_last = not Session.objects.filter(agent=agent_id, ended_at=None).exclude(pk=session).exists()
    if is_last:
        lifecycle.release_all(cmd, agent_id, PartyEnd(reason.value))
    Session.objects.filter(pk=session).update(ended_at=cmd.now, end_reason=reason)
    ended = _fact(ending, started_at=instant(ending.started_at), is_last=is_last)
    ended.reason = reason.value
    cmd.announce(signals.agent_logged_out, [ended])


def _fact(caller: AgentCaller, **attributes: Any) -> Fact:
    return Fact(
        agent=caller.username,
        agent_id=caller.agent_id,
        session=caller.session,
        place=caller.place,
        attributes=attributes,
    )


def that_ended(ids: Iterable[int]) -> list[int]:
    tuples = fetch_all(
        """
        SELECT s.id FROM interactions_session s
        JOIN interactions_agent a ON a.id = s.agent_id
        JOIN auth_user u ON u.id = a.user_id
        WHERE s.id = ANY(%(ids)s::bigint[]) AND (s.ended_at IS NOT NULL OR NOT u.is_active)
        """,
        {"ids": list(ids)},
    )
    return [id for (id,) in tuples]
