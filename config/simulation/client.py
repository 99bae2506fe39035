"""One caller of the REST API."""

import asyncio
from typing import Any

import httpx

PATIENCE = 30  # seconds of Retry-After that are obeyed


class Refused(Exception):
    """A 4xx, with the code of its problem document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", ""))
        self.reason = str(problem.get("reason", ""))
        super().__init__(
            f"{status} {self.code} {self.reason} {problem.get('detail', '')} {problem.get('errors', '')}"
        )


class Unreachable(Exception):
    """No answer, or none that says what happened. `kind` is for the table."""

    def __init__(self, kind: str, detail: str) -> None:
        self.kind = kind
        super().__init__(detail)


class Client:
    def __init__(self, http: httpx.AsyncClient, token: str = "") -> None:
        self.http = http
        self.token = token

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        return await self.call("GET", path, params=params)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        return await self.call("POST", path, json=body)

    async def delete(self, path: str) -> dict[str, Any]:
        return await self.call("DELETE", path)

    async def call(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        while True:
            try:
                response = await self.http.request(method, path, headers=headers, **content)
            except httpx.TransportError as error:
                raise Unreachable("no answer", f"{method} {path}: {error!r}") from error
            if response.status_code not in (429, 503):
                break
            await asyncio.sleep(min(float(response.headers.get("Retry-After", 1)), PATIENCE))
        if response.is_success:
            return response.json() if response.content else {}
        if response.status_code >= 500:
            raise Unreachable("server error", f"{method} {path}: {response.status_code}")
        if "json" not in response.headers.get("Content-Type", ""):
            raise Refused(response.status_code, {"detail": f"{path}: no Workbin answers here"})
        raise Refused(response.status_code, response.json())
