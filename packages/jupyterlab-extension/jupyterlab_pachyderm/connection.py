"""HTTP to mount-server, over its UNIX socket or TCP on this host."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

TCP_ADDRESS = "http://127.0.0.1:9002"
_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 120
_HEALTH_SECONDS = 2
# Listening to events must leave room for requests, and a browser asks for many things at once.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)


class TokenFile(httpx.Auth):
    """The token of a file, which mount-server may make after we were started."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._path.exists():
            request.headers["Authorization"] = f"Bearer {self._path.read_text().strip()}"
        yield request


class MountServerConnection:
    """Requests to one mount-server. Close it with `close`."""

    def __init__(self, sock_path: str | None, token_file: str = "") -> None:
        self.address = sock_path or TCP_ADDRESS
        transport = httpx.AsyncHTTPTransport(uds=sock_path, limits=_LIMITS)
        # The environment's proxies are for the internet, not for a socket of this host.
        self._client = httpx.AsyncClient(
            transport=transport,
            base_url="http://localhost" if sock_path else TCP_ADDRESS,
            auth=TokenFile(token_file) if token_file else None,
            trust_env=False,
        )

    @asynccontextmanager
    async def request(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] = {},
    ) -> AsyncIterator[httpx.Response]:
        """One request; `path` is quoted, and the body of the answer still to be read. Throws httpx.TransportError."""
        # Commits and unmounts write to pachd as long as there is data; only questions have a limit.
        answer = _ANSWER_SECONDS if method in ("GET", "HEAD") else None
        typed = {} if body is None else {"Content-Type": "application/json"}
        async with self._client.stream(
            method,
            httpx.URL(path, query=query.encode()) if query else path,
            content=body,
            headers={**typed, **headers},
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
