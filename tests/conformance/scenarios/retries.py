"""Idempotent retries: the same request under the same key has one effect and one answer."""

from collections.abc import Callable
from functools import partial

from ..cast import Agent, new_key
from ..log import Log, expired, placed, pulled, stopped, submitted_by_agent
from ..people import at_once
from ..places import Line
from ..server import Answer, Json


def test_a_pull_again(alice: Agent, line: Line, log: Log) -> None:
    """Byte for byte the first answer, and nothing more is pulled."""
    first, second = line.put(2)
    key = new_key()
    answers = [alice.once(key, f"queues/{line}/pull", count=1) for _ in range(3)]
    assert [one["id"] for one in answers[0].ok()["interactions"]] == [first]
    assert {(answer.status, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert len(alice.holds()) == 1
    log.tells(first, pulled())
    log.tells(second)


def test_every_command_again(alice: Agent, line: Line, log: Log) -> None:
    """Submit, place, pull, stop: the second time the first answer instead of a refusal."""
    key = new_key()
    submitted = twice(
        lambda: alice.once(key + "1", "interactions", queue=str(line), media_type="kit-mail"), 201
    )
    mail = submitted["interaction"]["id"]
    alice.made.append(mail)
    party = submitted["interaction"]["party"]["id"]
    path = f"interactions/{mail}"
    twice(lambda: alice.once(key + "2", f"{path}/place-in-queue", party=party))
    taken = twice(lambda: alice.once(key + "3", "queues/" + str(line) + "/pull", count=1))
    party = taken["interactions"][0]["party"]["id"]
    twice(lambda: alice.once(key + "4", f"{path}/stop-processing", party=party, reason="Answered"))
    log.tells(mail, submitted_by_agent(), placed(), pulled(), stopped(reason="Answered"))


def twice(ask: Callable[[], Answer], status: int = 200) -> Json:
    first, again = ask(), ask()
    assert (again.status, again.content) == (status, first.content)
    return first.ok(status)


def test_at_the_same_time(alice: Agent, line: Line, log: Log) -> None:
    """Whoever comes while the first still runs waits for it, and gets its answer."""
    mails = line.put(4)
    key = new_key()
    answers = at_once(*[lambda: alice.once(key, f"queues/{line}/pull", count=1)] * 6)
    assert {(answer.status, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert [one["id"] for one in answers[0]["interactions"]] == mails[:1]
    log.tells(mails[0], pulled())
    for mail in mails[1:]:
        log.promises(mail)


def test_another_request_under_the_same_key(alice: Agent, line: Line, other: Line, log: Log) -> None:
    mail, second = line.add(), other.add()
    key = new_key()
    alice.once(key, f"queues/{line}/pull", count=1).ok()
    alice.once(key, f"queues/{line}/pull", count=2).refused(409, "idempotency_mismatch")
    alice.once(key, f"queues/{other}/pull", count=1).refused(409, "idempotency_mismatch")
    alice.once(key, "keep-alive").refused(409, "idempotency_mismatch")
    log.tells(mail, pulled())
    log.tells(second)


def test_an_attempt_that_got_nothing_is_none(alice: Agent, line: Line) -> None:
    """An empty pull and a refusal are not kept: the next attempt is a first one."""
    key = new_key()
    assert alice.once(key, f"queues/{line}/pull", count=1).ok()["interactions"] == []
    mail = line.add()
    [found] = alice.once(key, f"queues/{line}/pull", count=1).ok()["interactions"]
    assert found["id"] == mail
    key, party = new_key(), found["party"]["id"]
    alice.once(key, f"interactions/{mail}/stop-processing", party=party + 10**9).refused(409, "stale_party")
    alice.once(key, f"interactions/{mail}/stop-processing", party=party).ok()


def test_a_key_is_the_agents(alice: Agent, bob: Agent, line: Line) -> None:
    """Of all the agent's sessions, and of nobody else."""
    _, second = line.put(2)
    key = new_key()
    answer = alice.once(key, f"queues/{line}/pull", count=1)
    assert alice.again().once(key, f"queues/{line}/pull", count=1).content == answer.content
    [others] = bob.once(key, f"queues/{line}/pull", count=1).ok()["interactions"]
    assert others["id"] == second


def test_a_retry_is_a_sign_of_life(alice: Agent, admin: Agent, line: Line) -> None:
    mail = line.add()
    key = new_key()
    alice.once(key, f"queues/{line}/pull", count=1).ok()
    before = admin.look(mail)["party"]["deadline_at"]
    alice.once(key, f"queues/{line}/pull", count=1).ok()
    assert admin.look(mail)["party"]["deadline_at"] > before


def test_a_retry_after_the_hold_is_over_tells_what_was(alice: Agent, line: Line, log: Log) -> None:
    """And gives nothing back."""
    mail = line.add(handling_timeout=1)
    key = new_key()
    first = alice.once(key, f"queues/{line}/pull", count=1)
    alice.until_revoked(first["interactions"][0]["party"])
    assert alice.once(key, f"queues/{line}/pull", count=1).content == first.content
    assert alice.holds() == []
    log.tells(mail, pulled(), expired())


def test_what_a_key_may_be(alice: Agent, line: Line) -> None:
    """1 to 255 visible ASCII characters."""
    mail = line.add()
    for wrong in ("", "x" * 256, "with space", "tab\tinside"):
        alice.once(wrong, f"queues/{line}/pull", count=1).refused(400, "invalid")
    assert alice.holds() == []
    [found] = alice.once(new_key() + "!~" + "x" * 221, f"queues/{line}/pull", count=1).ok()["interactions"]
    assert found["id"] == mail


def test_a_known_external_id(alice: Agent, bob: Agent, nina: Agent, line: Line, log: Log) -> None:
    """Gives what exists, and makes no party; to who may not see that, it is taken."""
    name = f"kit-{new_key()}"
    mail = line.add(external_id=name)
    for agent in (alice, bob):
        assert agent.submit(queue=str(line), external_id=name).ok(200)["interaction"]["id"] == mail
        assert agent.holds() == []
    nina.submit(queue="kit-next-first", external_id=name).refused(409, "external_id_taken")
    log.tells(mail)


def test_one_external_id_submitted_at_once(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    """By several: one interaction, held by one of them."""
    name = f"kit-{new_key()}"
    submitters = [alice, bob] * 3
    answers = at_once(*[partial(agent.submit, queue=str(line), external_id=name) for agent in submitters])
    assert sorted(answer.status for answer in answers) == [200] * 5 + [201]
    [mail] = {answer["interaction"]["id"] for answer in answers}
    assert len(alice.holds()) + len(bob.holds()) == 1
    log.tells(mail, submitted_by_agent())
