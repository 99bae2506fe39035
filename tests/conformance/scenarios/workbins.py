"""Workbins: whose they are, what waits in them, and who is told of it."""

from ..cast import Agent, told_of
from ..floor import DESK, TEAM
from ..log import Log, arrived, expired, placed, pulled, revoked
from ..places import Bin, Line
from ..server import Json


def changed(operation: str, interaction: int, workbin: Bin) -> Json:
    told = {"workbin": workbin.id, "operation": operation, "interaction": interaction}
    return {"event": "EventWorkbinContentChanged", **told}


def seen_by(agent: Agent) -> set[tuple[str, str]]:
    found = agent.get("workbins").ok()["workbins"]
    return {(one["owner_kind"], one["owner"]) for one in found if one["type"].startswith("kit-")}


def test_types(alice: Agent) -> None:
    answer = alice.get("workbin-types").ok()
    assert answer["event"] == "EventWorkbinTypesInfo"
    found = {one["name"]: one["owner_kind"] for one in answer["workbin_types"]}
    ours = {name: kind for name, kind in found.items() if name.startswith("kit-")}
    kinds = {"kit-drafts": "agent", "kit-shared": "agent_group"}
    assert ours == kinds | {"kit-at-desk": "place", "kit-on-floor": "place_group"}


def test_an_agent_sees_the_own_and_those_of_group_and_place(alice: Agent) -> None:
    own = {("agent", alice.name), ("agent_group", TEAM)}
    assert seen_by(alice) == own
    assert seen_by(alice.again(place=DESK)) == own | {("place", DESK), ("place_group", "kit-floor")}


def test_a_supervisor_sees_those_of_her_agents(alice: Agent, lena: Agent, otto: Agent) -> None:
    assert seen_by(lena) >= {("agent", alice.name), ("agent_group", TEAM), ("agent", lena.name)}
    assert ("agent", alice.name) not in seen_by(otto)


def test_those_of_strangers_are_not_there(
    alice: Agent, bob: Agent, nina: Agent, drafts: Bin, shared: Bin
) -> None:
    for agent, workbin in ((bob, drafts), (nina, shared)):
        agent.get(f"workbins/{workbin}/content").refused(404, "not_found")
        agent.post(f"workbins/{workbin}/pull", count=1).refused(404, "not_found")
        agent.send("PUT", f"workbins/{workbin}/subscription").refused(404, "not_found")
        agent.unsubscribe(workbin).refused(404, "not_found")


def test_content_is_what_waits(alice: Agent, drafts: Bin) -> None:
    """In order; counted; what is held is not in it."""
    usual, high = drafts.add(), drafts.add(priority=1)
    assert drafts.content(alice) == [high, usual]
    alice.take_by_id(drafts, high)
    assert drafts.content(alice) == [usual]
    [counts] = [one for one in alice.get("workbins").ok()["workbins"] if one["id"] == drafts.id]
    assert (counts["waiting"], counts["held"]) == (1, 1)


def test_placed_in_a_workbin(alice: Agent, line: Line, drafts: Bin, log: Log) -> None:
    mail = line.add()
    alice.subscribe(drafts)
    answer = alice.place(alice.take(line), workbin=drafts.id).ok()
    found = answer["interaction"]
    assert answer["event"] == "EventAck"
    assert (found["state"], found["queue"], found["workbin"], found["party"]) == (
        "queued",
        None,
        drafts.id,
        None,
    )
    assert alice.mail(1) == [changed("Added", mail, drafts)]
    log.tells(mail, pulled(), placed(to="workbin"))


def test_placed_without_saying_where_it_stays(alice: Agent, drafts: Bin, log: Log) -> None:
    """In the workbin, at its end, with the workbin's events."""
    first, second = drafts.put(2)
    alice.subscribe(drafts)
    [party] = alice.take_by_id(drafts, first)
    alice.place(party).ok()
    assert drafts.content(alice) == [second, first]
    assert alice.mail(2) == [changed("Removed", first, drafts), changed("Added", first, drafts)]
    log.tells(first, pulled("workbin"), placed(at="workbin"))


def test_pulled_and_expired(alice: Agent, lena: Agent, drafts: Bin, log: Log) -> None:
    """Who watches hears of what waits, the holder of the hold."""
    mail = drafts.add(handling_timeout=1)
    lena.subscribe(drafts)
    [party] = alice.take_by_id(drafts, mail)
    assert alice.until_revoked(party) == [told_of("EventRevoked", party, "Expired")]
    told = [letter for letter in lena.mail(2) if letter.get("workbin") == drafts.id]
    assert told == [changed("Removed", mail, drafts), changed("Returned", mail, drafts)]
    assert drafts.content(alice) == [mail]
    log.tells(mail, pulled("workbin"), expired("workbin"))


def test_revoked_placed_and_stopped_by_others(
    alice: Agent, admin: Agent, line: Line, shared: Bin, log: Log
) -> None:
    mail, second = shared.put(2)
    alice.take_by_id(shared, mail)
    alice.subscribe(shared)
    admin.revoke(mail).ok()
    admin.place(mail, queue=str(line)).ok()
    admin.place(mail, workbin=shared.id).ok()
    admin.stop(second).ok()
    told = [
        letter["operation"] for letter in alice.mail(5) if letter["event"] == "EventWorkbinContentChanged"
    ]
    assert told == ["Returned", "Removed", "Added", "Removed"]
    log.tells(
        mail, pulled("workbin"), revoked("admin", "workbin"), arrived("admin"), arrived("admin", "workbin")
    )
    log.tells(second, ["EventProcessingStopped StopProcessing by admin @workbin"])


def test_who_has_not_subscribed_hears_nothing(alice: Agent, bob: Agent, shared: Bin) -> None:
    """Nor who did no longer. Before the first and after the last there is nothing to cancel."""
    bob.unsubscribe(shared).refused(409, "not_subscribed")
    bob.subscribe(shared)
    bob.subscribe(shared)
    heard = shared.add()
    assert bob.mail(1) == [changed("Added", heard, shared)]
    bob.unsubscribe(shared).ok()
    shared.add()
    assert bob.mail() == alice.mail() == []
    bob.unsubscribe(shared).refused(409, "not_subscribed")


def test_a_subscription_ends_with_the_last_session(alice: Agent, drafts: Bin) -> None:
    alice.subscribe(drafts)
    alice.log_out()
    alice.log_in()
    alice.unsubscribe(drafts).refused(409, "not_subscribed")


def test_at_a_desk(alice: Agent, bob: Agent, at_desk: Bin, on_floor: Bin) -> None:
    """The workbins of a place and its group are for who sits there."""
    mail, other = at_desk.add(), on_floor.add()
    seated = alice.again(place=DESK)
    assert at_desk.content(seated) == [mail]
    assert [party["interaction"] for party in seated.take_by_id(on_floor, other)] == [other]
    for agent in (alice, bob):
        agent.get(f"workbins/{at_desk}/content").refused(404, "not_found")


def test_content_page_by_page(alice: Agent, drafts: Bin) -> None:
    mails = drafts.put(5)
    path, seen, cursor = f"workbins/{drafts}/content", [], None
    while True:
        page = alice.get(path, limit=2, cursor=cursor).ok()
        seen.append([one["id"] for one in page["interactions"]])
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [mails[:2], mails[2:4], mails[4:]]
    back = alice.get(path, limit=2, cursor=page["previous"]).ok()
    assert [one["id"] for one in back["interactions"]] == mails[2:4]
