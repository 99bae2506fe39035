"""Who asks: agents, supervisors, the admin."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from .lateness import Lateness
from .people import until
from .server import Answer, Inconclusive, Json, Server

Hold = Json  # a party as the server gave it
TOLD_WITHIN = 10  # seconds until a letter must be there; the promised second is judged by the log


@dataclass
class Caller:
    """A program with a token, or without."""

    server: Server
    name: str
    token: str = field(default="", repr=False)
    made: list[int] = field(default_factory=list, repr=False)  # interactions submitted, and the next: stopped
    done: list[int] = field(default_factory=list, repr=False)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: Json | None = None, **query: Any
    ) -> Answer:
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        given = {name.rstrip("_"): value for name, value in query.items() if value is not None}
        return self.server.send(method, path, authorization | (headers or {}), body, **given)

    def get(self, path: str, **query: Any) -> Answer:
        return self.send("GET", path, **query)

    def post(self, path: str, **body: Any) -> Answer:
        return self.send("POST", path, body)

    def once(self, key: str, path: str, **body: Any) -> Answer:
        """Under an Idempotency-Key."""
        return self.send("POST", path, body, headers={"Idempotency-Key": key})

    def look(self, interaction: int) -> Json:
        return self.get(f"interactions/{interaction}").ok()

    # Commands on an interaction: given a hold they send its party, given an id they send none.

    def stop(self, what: Hold | int, **given: Any) -> Answer:
        answer = self._command(what, "stop-processing", given)
        if answer.status == 200:
            self.done.append(_named(what)[0])
        return answer

    def place(self, what: Hold | int, **given: Any) -> Answer:
        return self._command(what, "place-in-workbin" if "workbin" in given else "place-in-queue", given)

    def revoke(self, what: int, **given: Any) -> Answer:
        return self._command(what, "revoke", given)

    def change(self, what: Hold | int, **given: Any) -> Answer:
        interaction, party = _named(what)
        return self._in_time(what, self.send("PATCH", f"interactions/{interaction}", party | given))

    def _command(self, what: Hold | int, verb: str, given: Json) -> Answer:
        interaction, party = _named(what)
        return self._in_time(what, self.post(f"interactions/{interaction}/{verb}", **party, **given))

    def _in_time(self, what: Hold | int, answer: Answer) -> Answer:
        if isinstance(what, dict) and "deadline_at" in what:
            answer.may_be_late = self.server.clock.may_be_past(what["deadline_at"], answer.came_at)
        return answer

    def submit(self, **given: Any) -> Answer:
        answer = self.post("interactions", **{"media_type": "kit-mail"} | given)
        if answer.status == 201:
            self.made.append(answer["interaction"]["id"])
        return answer


def _named(what: Hold | int) -> tuple[int, Json]:
    return (what, {}) if isinstance(what, int) else (what["interaction"], {"party": what["id"]})


@dataclass
class Agent(Caller):
    """An agent's application: a session, and where it stands in the agent's mailbox."""

    password: str = field(default="", repr=False)
    lateness: Lateness = field(default_factory=lambda: Lateness(float("inf")), repr=False)
    log: Any = field(default=None, repr=False)
    cursor: str = field(default="", repr=False)
    entered: Json = field(default_factory=dict, repr=False)  # what the log-in was answered
    watched: list[object] = field(default_factory=list, repr=False)  # workbins subscribed to
    others: list["Agent"] = field(default_factory=list, repr=False)  # further sessions of this agent

    def log_in(self, **given: Any) -> Json:
        credentials = {"username": self.name, "password": self.password}
        self.entered = Caller(self.server, self.name).post("sessions", **credentials, **given).ok(201)
        self.token = self.entered["token"]
        return self.entered

    def log_out(self) -> None:
        self.send("DELETE", "sessions/current").ok(204)
        self.token = ""

    def again(self, **given: Any) -> "Agent":
        """A second session of the same agent."""
        other = replace(self, token="", made=[], done=[], others=[])
        other.log_in(**given)
        self.others.append(other)
        return other

    # --- Pull and keep ------------------------------------------------------------------------------

    def pull(self, queue: object, count: int = 1, **given: Any) -> list[Json]:
        return self.post(f"queues/{queue}/pull", count=count, **given).ok()["interactions"]

    def take(self, queue: object) -> Hold:
        """Pull one, which must be there."""
        [interaction] = self.pull(queue)
        return interaction["party"]

    def take_soon(self, queue: object) -> Hold:
        """Pull one that the server may just be at: it must be there in a moment."""
        return until(lambda: self.pull(queue), TOLD_WITHIN, f"something in {queue}")[0]["party"]

    def take_by_id(self, workbin: object, *ids: int) -> list[Hold]:
        answer = self.post(f"workbins/{workbin}/pull", interactions=list(ids))
        return [one["party"] for one in answer.ok()["interactions"]]

    def keep_alive(self) -> list[Hold]:
        return self.post("keep-alive").ok()["parties"]

    def keeps(self, hold: Hold, **headers: str) -> Hold:
        """The only one that there is."""
        answer = self.send("POST", "keep-alive", headers=headers)
        kept: list[Hold] = answer.ok()["parties"]
        if not kept and self.server.clock.may_be_past(hold["deadline_at"], answer.came_at):
            raise Inconclusive("it was not asked in time")
        assert len(kept) == 1
        return kept[0]

    def server_time(self) -> str:
        found: str = self.get("parties").ok()["server_time"]
        return found

    def holds(self) -> list[int]:
        """The ids of the parties that the agent has."""
        return [party["id"] for party in self.get("parties").ok()["parties"]]

    def keep_for(self, seconds: float, timeout: float, every: float = 0.4) -> list[Hold]:
        end_at = time.monotonic() + seconds
        return self.keep_while(lambda: time.monotonic() < end_at, timeout, every)

    def keep_while(self, true: Callable[[], bool], timeout: float, every: float = 0.4) -> list[Hold]:
        """Say all the time that the agent is still at it."""
        last = time.monotonic()
        kept: list[Hold] = []
        while true():
            time.sleep(every)
            kept = self.keep_alive()
            if time.monotonic() - last > timeout * 0.8:
                raise Inconclusive(f"{self.name} was kept from asking for {time.monotonic() - last:.1f} s")
            last = time.monotonic()
        return kept

    def subscribe(self, workbin: object) -> None:
        answer = self.send("PUT", f"workbins/{workbin}/subscription").ok()
        assert answer["event"] == "EventAck"
        self.watched.append(workbin)

    def unsubscribe(self, workbin: object) -> Answer:
        return self.send("DELETE", f"workbins/{workbin}/subscription")

    # --- The mailbox --------------------------------------------------------------------------------

    def open_mailbox(self) -> None:
        self.cursor = self.get("events").ok()["cursor"]

    def letters(self, wait: int = 0) -> list[Json]:
        """What came since the last time, whole."""
        found = self.get("events", after=self.cursor, wait_seconds=wait).ok()
        self.cursor = found["cursor"]
        return found["events"]

    def mail(self, count: int = 0) -> list[Json]:
        """What came since the last time, at least so many, without when and under which number. Warnings
        of near deadlines come when they come, and have scenarios of their own."""
        found = self._but_warnings(wait=0)
        give_up_at = time.monotonic() + TOLD_WITHIN
        while len(found) < count and time.monotonic() < give_up_at:
            found += self._but_warnings(wait=1)
        return found

    def _but_warnings(self, wait: int) -> list[Json]:
        return [plain(one) for one in self.letters(wait) if one["event"] != "EventDeadlineSoon"]

    def until_revoked(self, *holds: Hold) -> list[Json]:
        """Be silent until all of them have expired. Says what the agent is told, in the order of the holds.

        The last answer to the agent gave their deadlines; nothing that is done here moves them.
        """
        missing = {hold["id"]: hold for hold in holds}
        told: dict[int, Json] = {}
        last = max(hold["deadline_at"] for hold in holds)
        give_up_at = time.monotonic() + max(0.0, self.server.clock.until(last)) + TOLD_WITHIN
        while missing and time.monotonic() < give_up_at:
            for letter in self.letters(wait=5):
                if letter["event"] == "EventRevoked" and letter["party"] in missing:
                    hold = missing.pop(letter["party"])
                    self.lateness.told(time.monotonic() - self.server.clock.ours(hold["deadline_at"]))
                    told[hold["id"]] = plain(letter)
        assert not missing, f"{len(missing)} of {len(holds)} did not expire within {TOLD_WITHIN} s"
        removals = self.log.removals(self.name, set(told))
        for hold in holds:
            self.lateness.check(hold["deadline_at"], removals[hold["id"]])
        return [told[hold["id"]] for hold in holds]


def plain(letter: Json) -> Json:
    """Without the members that are of this letter alone, and `parked_in`, which a server may add."""
    return {name: value for name, value in letter.items() if name not in ("id", "at", "parked_in")}


def told_of(event: str, hold: Hold, reason: str) -> Json:
    """The letter about a hold that another ended."""
    where = {"queue": hold["queue"], "workbin": hold["workbin"]}
    about = {"interaction": hold["interaction"], "party": hold["id"]}
    return {"event": event, **about, **where, "reason": reason}


def new_key() -> str:
    return uuid.uuid4().hex
