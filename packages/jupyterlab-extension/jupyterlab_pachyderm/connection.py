"""HTTP to mount-server, over its UNIX socket or TCP on this host."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

TCP_ADDRESS = "http://127.0.0.1:9002"
_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 120
_HEALTH_SECONDS = 2


class MountServerConnection:
    """Requests to one mount-server. Close it with `close`."""

    def __init__(self, sock_path: str | None) -> None:
        self.address = sock_path or TCP_ADDRESS
        transport = httpx.AsyncHTTPTransport(uds=sock_path)
        # The environment's proxies are for the internet, not for a socket of this host.
        self._client = httpx.AsyncClient(
            transport=transport,
            base_url="http://localhost" if sock_path else TCP_ADDRESS,
            trust_env=False,
        )

    @asynccontextmanager
    async def request(
        self, method: str, path: str, *, query: str = "", body: bytes | None = None, content_type: str = ""
    ) -> AsyncIterator[httpx.Response]:
        """One request; the body of the answer is still to be read. Throws httpx.TransportError."""
        # Commits and unmounts write to pachd as long as there is data; only questions have a limit.
        answer = _ANSWER_SECONDS if method == "GET" else None
        async with self._client.stream(
            method,
            httpx.URL(path, query=query.encode()) if query else path,
            content=body,
            headers={"Content-Type": content_type or "application/json"} if body is not None else {},
            timeout=httpx.Timeout(answer, connect=_CONNECT_SECONDS),
        ) as response:
            yield response

    async def is_healthy(self) -> bool:
        """Whether a mount-server answers."""
        try:
            return (await self._client.get("/health", timeout=_HEALTH_SECONDS)).is_success
        except httpx.TransportError:
            return False

    async def close(self) -> None:
        """Ends open requests."""
        await self._client.aclose()
