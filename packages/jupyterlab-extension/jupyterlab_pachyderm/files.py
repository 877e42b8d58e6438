"""`files/{mount}/{path}`: files of the mounts through mount-server, with ranges and uploads, and never a whole file in memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote_plus

import httpx
import tornado
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError

from .components import BadComponent
from .connection import MountServerConnection
from .process import MountServerProcess
from .proxy import START_SECONDS, PachydermHandler
from .remote_contents import COMMIT_HEADER

_CHUNKS_WAITING = 8
_NO_LIMIT = 1 << 60
_SENT_ON = ("Range", "If-Range", "If-None-Match", "If-Modified-Since", "If-Match", "Content-Type", "Content-Length")
_SENT_BACK = (
    "Content-Type", "Content-Length", "Content-Range", "Content-Disposition", "Content-Security-Policy",
    "Accept-Ranges", "Cache-Control", "ETag", COMMIT_HEADER, "Last-Modified", "X-Content-Type-Options",
)  # fmt: skip


@tornado.web.stream_request_body
class FilesHandler(PachydermHandler):
    """GET and HEAD read, PUT writes, DELETE deletes."""

    def initialize(self, connection: MountServerConnection, process: MountServerProcess) -> None:
        self._connection = connection
        self._process = process
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue(_CHUNKS_WAITING)
        self._exchange: asyncio.Task[None] | None = None

    async def prepare(self, **options: Any) -> None:  # type: ignore[override]
        """Knows who is there before the first byte of an upload is taken."""
        await super().prepare(**options)
        if self.request.method != "PUT" or self._finished:
            return
        user = self.current_user
        if user is None or not await ensure_async(self.authorizer.is_authorized(self, user, "write", self.auth_resource)):
            raise HTTPError(403)
        connection = self.request.connection
        connection.set_max_body_size(_NO_LIMIT)  # type: ignore[union-attr]
        self._exchange = asyncio.ensure_future(self._pass_on("PUT", self._upload()))

    async def data_received(self, chunk: bytes) -> None:
        """Takes no more than mount-server does; what comes after its refusal is dropped."""
        await self._hand_over(chunk)

    @tornado.web.authenticated
    @authorized
    async def get(self, _path: str) -> None:
        await self._exchanged("GET")

    @tornado.web.authenticated
    @authorized
    async def head(self, _path: str) -> None:
        await self._exchanged("HEAD")

    @tornado.web.authenticated
    @authorized
    async def delete(self, _path: str) -> None:
        await self._exchanged("DELETE")

    @tornado.web.authenticated
    @authorized
    async def put(self, _path: str) -> None:
        await self._hand_over(None)
        if self._exchange:
            await self._exchange

    def compute_etag(self) -> None:
        """That of mount-server stands."""

    def on_connection_close(self) -> None:
        """Half of a file is not written, and nothing read for nobody."""
        super().on_connection_close()
        if self._exchange and self.request.method != "DELETE":
            self._exchange.cancel()

    async def _exchanged(self, method: str) -> None:
        self._exchange = asyncio.ensure_future(self._pass_on(method, None))
        with contextlib.suppress(asyncio.CancelledError):
            await self._exchange

    async def _hand_over(self, chunk: bytes | None) -> None:
        if self._exchange is None or self._exchange.done():
            return
        waiting = asyncio.ensure_future(self._chunks.put(chunk))
        await asyncio.wait({waiting, self._exchange}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    async def _upload(self) -> AsyncIterator[bytes]:
        while (chunk := await self._chunks.get()) is not None:
            yield chunk

    async def _pass_on(self, method: str, body: AsyncIterator[bytes] | None) -> None:
        try:
            path = self.path_there()
        except BadComponent as error:
            await self.refuse(400, str(error))
            return
        await self._process.ready(START_SECONDS)
        query = self.request.query
        if method in ("GET", "HEAD"):
            query = _for_saving(query)
        headers = {name: self.request.headers[name] for name in _SENT_ON if name in self.request.headers}
        try:
            async with self._connection.request(method, path, query=query, body=body, headers=headers) as response:
                await self._relay(response)
        except httpx.TransportError as error:
            if self._headers_written:
                # The length was promised: closing early is the only way to say that this is not all.
                self.request.connection.stream.close()  # type: ignore[union-attr]
                return
            await self.refuse_unreachable(error, self._connection, self._process)

    async def _relay(self, response: httpx.Response) -> None:
        if response.is_error and self.request.method != "HEAD":
            await self.refuse_as(response)
            return
        self.set_status(response.status_code)
        for name in _SENT_BACK:
            if name in response.headers:
                self.set_header(name, response.headers[name])
        # A range of the file must not become a range of something compressed.
        self.set_header("Content-Encoding", "identity")
        await self.flush()
        async for chunk in response.aiter_raw():
            self.write(chunk)
            await self.flush()
        await self.finish()


def _for_saving(query: str) -> str:
    """The query with `download=true` in place of what it says: a page from a repo never opens at Jupyter's address."""
    kept = [part for part in query.split("&") if part and unquote_plus(part.partition("=")[0]) != "download"]
    return "&".join([*kept, "download=true"])
