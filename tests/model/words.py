"""The server's ids in the model's words and back: numbers in the order of coming, names of workbins."""

from collections.abc import Mapping
from typing import Any

from tests.applications import Json, Reply
from tests.model.world import Interaction, Location

NOBODY = 10**12  # an id of nothing
LEFT_OUT = {"id", "at", "event", "added", "changed", "deleted"}  # of a message


class Numbers:
    """Ids of one kind, numbered as they appear."""

    def __init__(self) -> None:
        self.ids: list[int] = []

    def of(self, id: int | None) -> int | None:
        if id is not None and id not in self.ids:
            self.ids.append(id)
        return None if id is None else self.ids.index(id) + 1

    def id(self, number: int) -> int:
        return self.ids[number - 1] if 0 < number <= len(self.ids) else NOBODY


class Words:
    def __init__(self, workbins: Mapping[str, int]) -> None:
        self.workbins = workbins
        self.names = {id: name for name, id in workbins.items()}
        self.interactions, self.parties, self.sessions = Numbers(), Numbers(), Numbers()

    # --- To the server ---

    def interaction(self, it: Interaction) -> int:
        return self.interactions.id(it.number)

    def party(self, number: int | None) -> Json:
        return {} if number is None else {"party": self.parties.id(number)}

    def where(self, location: Location) -> Json:
        return {"workbin": self.workbins[location.name]} if location.is_workbin else {"queue": location.name}

    # --- From the server; the log first, for what is new has its number from there ---

    def reply(self, reply: Reply) -> tuple[Any, ...]:
        body = reply.body
        if reply.is_problem:
            why = [(self.interactions.of(each["id"]), each["why"]) for each in body.get("interactions", ())]
            more = why or body.get("reason")
            return (reply.status, body["code"], *([more] if more else []))
        return reply.status, self.gives(body) if reply.status < 300 and body else None

    def gives(self, body: Json) -> Any:
        if "token" in body:
            return self.sessions.of(body["session"]["id"])
        if "parties" in body:
            return [self.parties.of(party["id"]) for party in body["parties"]]
        if "events" in body:
            return [(event["event"], self.message(event)) for event in body["events"]]
        if body.get("event") == "EventPulledInteractions":
            them = body["interactions"]
            return [(self.interactions.of(it["id"]), self.parties.of(it["party"]["id"])) for it in them]
        return self.interactions.of(body.get("interaction", body).get("id"))

    def location(self, told: Json) -> str | None:
        assert told["queue"] is None or told["workbin"] is None, told
        return told["queue"] or self.names.get(told["workbin"])

    def event(self, told: Json) -> tuple[Any, ...]:
        return (
            told["event"],
            self.interactions.of(told["interaction"]),
            self.location(told),
            told["agent"],
            self.sessions.of(told["session"]),
            self.parties.of(told["party"]),
            told["operation"],
            (told["actor"]["kind"], told["actor"]["name"]),
            told["reason"],
        )

    def message(self, told: Json) -> Json:
        body = {name: value for name, value in told.items() if name not in LEFT_OUT}
        if "interactions" in body:
            them = body["interactions"]
            pairs = [(self.interactions.of(it["id"]), self.parties.of(it["party"])) for it in them]
            return {"interactions": pairs}
        body["interaction"] = self.interactions.of(body["interaction"])
        if "party" in body:
            body["party"] = self.parties.of(body["party"])
        if "workbin" in body:
            body["workbin"] = self.names.get(body["workbin"])
        if "actor" in body:
            body["actor"] = body["actor"]["kind"], body["actor"]["name"]
        return body

    def stands(self, it: Json) -> tuple[Any, ...]:
        party = it["party"]
        return (
            self.location(it),
            it["state"],
            it["priority"],
            it["user_data"],
            it["revocation_count"],
            party and (self.parties.of(party["id"]), party["agent"], party["handling_timeout"]),
        )
