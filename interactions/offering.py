"""Offers work to those who wait for it: over all web processes the first to come gets the first.

Who waits stands in lines in Redis: one of each queue and media type, and one of each queue for those to whom
any type will do. Work is given to whoever stands first in the two lines that it concerns, which is told to
their process alone. A process that has died hears nothing, and the next in line is told.

What nobody stood in line for may be wanted by who is just being asked. So it is told to all processes, and
each piece is an element of a list in Redis, its ticket: a process wakes as many as it can pop.
"""

import secrets
from collections.abc import Collection, Iterable
from typing import Any

Work = tuple[str, str]  # a public queue, a media type

CHANNEL = "workbin:news"
TICKET_KEPT = 10  # seconds
LINE_KEPT = 60  # seconds, and whoever stands in it for as long has died: nobody waits longer than 30

# By the clock of Redis, for the hosts may have clocks of their own.
_STAND = """
    local time = redis.call('TIME')
    local now = time[1] + time[2] / 1000000
    local turn = ARGV[2] ~= '' and ARGV[2] or string.format('%.6f', now)
    for _, line in ipairs(KEYS) do
        redis.call('ZREMRANGEBYSCORE', line, '-inf', now - ARGV[3])
        redis.call('ZADD', line, turn, ARGV[1])
        redis.call('EXPIRE', line, ARGV[3])
    end
    return turn
"""

_OFFER = """
    local left = tonumber(ARGV[1])
    while left > 0 do
        local first, since, line
        for _, key in ipairs({KEYS[1], KEYS[2]}) do
            local head = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
            if head[1] and (not since or tonumber(head[2]) < since) then
                first, since, line = head[1], tonumber(head[2]), key
            end
        end
        if not first then break end
        redis.call('ZREM', line, first)
        local process, number = string.match(first, '^(.*):(.*)$')
        local told = cjson.encode({tonumber(number), ARGV[2], ARGV[3]})
        if redis.call('PUBLISH', ARGV[4] .. ':' .. process, told) > 0 then left = left - 1 end
    end
    if left > 0 then
        for _ = 1, left do redis.call('RPUSH', KEYS[3], 1) end
        redis.call('EXPIRE', KEYS[3], ARGV[5])
        local work = {{ARGV[2], ARGV[3], left, KEYS[3]}}
        redis.call('PUBLISH', ARGV[4], cjson.encode({work = work}))
    end
"""


def channel_of(process: str) -> str:
    """Where a process hears which of those who wait there has been given what."""
    return f"{CHANNEL}:{process}"


def lines_of(queues: Iterable[str], media: Iterable[str] | None) -> list[str]:
    """Where somebody stands who waits for these; None: for any media type."""
    return [_line(queue, medium) for queue in queues for medium in ([""] if media is None else media)]


def _line(queue: str, medium: str) -> str:
    return f"workbin:line:{queue}:{medium}"


# The following give the commands to a client of Redis or a pipeline, whether that is to be awaited or not.


def stand(redis: Any, lines: Collection[str], name: str, turn: str) -> Any:
    """`name` is a process and a number there. Returns its turn: who has one already keeps it."""
    return redis.eval(_STAND, len(lines), *lines, name, turn, LINE_KEPT)


def offer(redis: Any, work: Work, count: int) -> Any:
    queue, media_type = work
    keys = [_line(queue, ""), _line(queue, media_type), f"workbin:work:{secrets.token_hex(8)}"]
    return redis.eval(_OFFER, len(keys), *keys, count, queue, media_type, CHANNEL, TICKET_KEPT)
