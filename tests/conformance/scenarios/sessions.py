"""Sessions: log in, log out, and what is held when the last one ends."""

from ..cast import Agent, Caller, new_key
from ..floor import DESK, TEAM
from ..log import Log, brief, pulled, stopped
from ..places import Line

LOGGED_OUT = ["EventPartyRemoved Logout LoggedOut by agent @line"]


def test_a_log_in(alice: Agent) -> None:
    entered = alice.again(application="desk", place=DESK).entered
    assert set(entered) >= {"event", "token", "expires_at", "session", "agent"}
    assert entered["event"] == "EventAck"
    assert (entered["session"]["application"], entered["session"]["place"]) == ("desk", DESK)
    agent = entered["agent"]
    assert set(agent) >= {"username", "employee_id", "groups", "is_supervisor", "capacity"}
    assert (agent["username"], agent["groups"], agent["is_supervisor"]) == (alice.name, [TEAM], False)


def test_the_session_is_shown_without_its_token(alice: Agent) -> None:
    found = alice.get("sessions/current").ok()
    assert "token" not in found
    assert found["session"] == alice.entered["session"]
    assert found["agent"] == alice.entered["agent"]


def test_who_may_not_come_in(nobody: Caller, alice: Agent) -> None:
    """The answer does not tell whether the name or the password is wrong."""
    unknown = {"username": f"kit-{new_key()}", "password": "guessed"}
    first = nobody.post("sessions", **unknown).refused(401, "not_authenticated")
    second = nobody.post("sessions", username=alice.name, password="guessed").refused(
        401, "not_authenticated"
    )
    assert first["detail"] == second["detail"]
    nobody.post("sessions", username=alice.name).refused(400, "invalid")
    nobody.post("sessions", **unknown, colour="red").refused(400, "invalid")


def test_a_place_that_is_not_there(alice: Agent, nobody: Caller) -> None:
    credentials = {"username": alice.name, "password": alice.password}
    problem = nobody.post("sessions", **credentials, place="kit-nowhere").refused(400, "invalid")
    assert list(problem["errors"]) == ["place"]


def test_without_a_valid_token(alice: Agent, admin: Agent, nobody: Caller, line: Line) -> None:
    """401 before anything else, with the reason. It is no sign of life."""
    mail = line.add()
    alice.take(line)
    ended = alice.again()
    token = ended.token
    ended.log_out()
    before = admin.look(mail)["party"]["deadline_at"]
    for path in (
        "parties",
        "interactions/1",
        "queues/kit-nowhere/pull",
        "workbins",
        "events",
        "reporting/events",
    ):
        method = "POST" if path.endswith("pull") else "GET"
        for headers, reason in (
            ({}, "missing"),
            ({"Authorization": "Basic Zm9vOmJhcg=="}, "missing"),
            ({"Authorization": "Bearer made-up"}, "unknown"),
            ({"Authorization": f"Bearer {token}"}, "ended"),
        ):
            answer = nobody.send(method, path, headers=headers)
            answer.refused(401, "not_authenticated", reason=reason)
    assert admin.look(mail)["party"]["deadline_at"] == before
    alice.get("sessions/current").ok()  # the twin


def test_a_log_out_gives_back_what_is_held(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    """At once, at its old turn, and it is no expiry."""
    first, second = line.put(2)
    alice.take(line)
    alice.log_out()
    found = [one["id"] for one in bob.pull(line, count=2)]
    assert found == [first, second]
    events = log.tells(first, pulled(), LOGGED_OUT, pulled())
    assert events[2]["agent"] == alice.name
    again = bob.look(first)
    assert again["revocation_count"] == 0


def test_what_a_late_holder_is_told_after_the_log_out(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add()
    party = alice.take(line)
    alice.log_out()
    alice.log_in()
    assert alice.holds() == []
    alice.stop(party).refused(409, "not_held", reason="logged_out")
    assert alice.mail() == []  # it was no revocation
    log.tells(mail, pulled(), LOGGED_OUT)


def test_while_another_session_lasts_nothing_is_given_back(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add()
    second = alice.again()
    party = second.take(line)
    second.log_out()
    assert alice.holds() == [party["id"]]
    alice.stop(party).ok()
    log.tells(mail, pulled(), stopped())


def test_what_the_log_says_of_sessions(alice: Agent, line: Line, log: Log) -> None:
    """One log-in a session; the holds end before the last log-out."""
    mail = line.add()
    session = alice.entered["session"]["id"]
    second = alice.again()
    other = second.entered["session"]["id"]
    alice.take(line)
    second.log_out()
    alice.log_out()
    log.tells(mail, pulled(), LOGGED_OUT)
    events = [
        event for event in log.read(agent=alice.name, from_=log.since) if event["session"] in (session, other)
    ]
    told = list(zip(brief(events), [event["session"] for event in events], strict=True))
    assert [one for one in told if one[0].startswith(("EventAgent", "EventPartyRemoved"))][-4:] == [
        ("EventAgentLogin Login by agent", other),
        ("EventAgentLogout Logout LoggedOut by agent", other),
        (LOGGED_OUT[0], session),
        ("EventAgentLogout Logout LoggedOut by agent", session),
    ]
