"""One POST, and what came of it in words.

httpx is imported when there is something to post: it takes an eighth of a worker's start.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

TIMEOUT = 10.0  # seconds for all of it
KEPT = 200  # characters of an answer


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int | None
    error: str = ""
    answer: str = ""

    @property
    def is_good(self) -> bool:
        return not self.error


async def post(client: "httpx.AsyncClient", url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """It never raises: there is nothing that a receiver, or what is in between, could not answer.

    The status decides. What follows it is for people, and may be late or broken.
    """
    from httpx import ConnectError

    answered = None
    try:
        async with asyncio.timeout(TIMEOUT), client.stream("POST", url, content=body, headers=headers) as got:
            answered = Outcome(got.status_code, _complaint(got))
            return replace(answered, answer=await _beginning(got))
    except TimeoutError:
        return answered or Outcome(None, f"There was no answer within {TIMEOUT:g} s.")
    except ConnectError as error:
        return Outcome(None, _sentence(f"Nobody could be reached there: {error}"))
    except Exception as error:
        return answered or Outcome(None, _sentence(f"No answer came: {str(error) or type(error).__name__}"))


def _complaint(response: "httpx.Response") -> str:
    status = f"{response.status_code} {response.reason_phrase}".strip()
    if response.is_success:
        return ""
    if response.is_redirect:
        return f"It answered {status}. Redirects are not followed: enter the address that it leads to."
    return f"It answered {status}; 200 to 299 are taken as received."


def _sentence(words: str) -> str:
    return words.replace("\0", "")[:499].rstrip(".") + "."


async def _beginning(response: "httpx.Response") -> str:
    """As text that PostgreSQL takes. The rest is not read."""
    beginning = b""
    async for part in response.aiter_raw():
        beginning += part[: 4 * KEPT]
        if len(beginning) >= 4 * KEPT:  # bytes of a character, at most
            break
    return beginning.decode(errors="replace")[:KEPT].replace("\0", "\ufffd")
