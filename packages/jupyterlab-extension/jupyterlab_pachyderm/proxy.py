"""Passes requests on to mount-server, and its answers back, as bytes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import httpx
import tornado
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler

from .components import BadComponent, quoted
from .connection import MountServerConnection
from .process import MountServerProcess
from .refusal import told
from .session import LoginWaiter

START_SECONDS = 15


class PachydermHandler(APIHandler):
    """What all handlers have in common: who may use them, and how they refuse."""

    auth_resource = "pachyderm"

    async def refuse(self, status: int, message: str, code: str = "", **more: Any) -> None:
        """Answers as Jupyter's API does: `message` for people; `code`, where there is one, for programs."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        await self.finish(json.dumps({**more, "message": message, "reason": message, **({"code": code} if code else {})}))

    async def refuse_as(self, response: httpx.Response) -> None:
        """Passes a refusal of mount-server on, with all it says."""
        text = (await response.aread()).decode(errors="replace")
        message, code, more = told(text)
        await self.refuse(response.status_code, message, code, **more)

    async def refuse_unreachable(self, error: httpx.TransportError, connection: MountServerConnection, process: MountServerProcess) -> None:
        """Says why no mount-server answers."""
        path = self.request.path.rpartition("/pachyderm/v2")[2]
        if isinstance(error, httpx.ReadTimeout):
            await self.refuse(504, f"mount-server has not answered {self.request.method} {path} in time. Try again; its log tells what it waits for.")
            return
        self.log.debug("mount-server at %s: %r", connection.address, error)
        code = "NO_MOUNT_SERVER" if process.is_ours else "NO_SIDECAR"
        await self.refuse(503, process.problem or "mount-server is starting. Try again in a moment.", code)

    def path_there(self) -> str:
        """The path that this request means at mount-server, quoted. Throws BadComponent."""
        return quoted(self.request.path.partition("/pachyderm/v2/")[2])


class ForwardHandler(PachydermHandler):
    """One path of mount-server, with the methods that may be used on it."""

    def initialize(
        self, connection: MountServerConnection, process: MountServerProcess, forwards: dict[str, str]
    ) -> None:
        self._connection = connection
        self._process = process
        self._forwards = forwards
        self._forwarding: asyncio.Task[None] | None = None

    @tornado.web.authenticated
    @authorized
    async def get(self, path: str) -> None:
        await self._forward(path)

    @tornado.web.authenticated
    @authorized
    async def put(self, path: str) -> None:
        await self._forward(path)

    @tornado.web.authenticated
    @authorized
    async def post(self, path: str) -> None:
        await self._forward(path)

    def on_connection_close(self) -> None:
        """A question that nobody waits for any more is dropped; a change goes on."""
        super().on_connection_close()
        if self.request.method == "GET" and self._forwarding:
            self._forwarding.cancel()

    async def _forward(self, path: str) -> None:
        method = self._forwards.get(self.request.method or "")
        if method is None:
            allowed = ", ".join(self._forwards)
            self.set_header("Allow", allowed)
            await self.refuse(405, f"{self.request.method} is not possible on {path}; possible: {allowed}.")
            return
        try:
            path_there = self.path_there()
        except BadComponent as error:
            await self.refuse(400, str(error))
            return
        await self._process.ready(START_SECONDS)
        body = None if method == "GET" else self.request.body or b"{}"
        self._forwarding = asyncio.ensure_future(self._answer(method, path_there, body))
        with contextlib.suppress(asyncio.CancelledError):
            await self._forwarding

    async def _answer(self, method: str, path: str, body: bytes | None) -> None:
        content_type = self.request.headers.get("Content-Type")
        headers = {"Content-Type": content_type} if content_type and body is not None else {}
        try:
            async with self._connection.request(method, path, query=self.request.query, body=body, headers=headers) as response:
                await self._relay(response)
        except httpx.TransportError as error:
            if self._headers_written:
                # A stream that has begun cannot turn into a refusal; its listener comes back.
                await self.finish()
                return
            await self.refuse_unreachable(error, self._connection, self._process)

    async def _relay(self, response: httpx.Response) -> None:
        if response.is_error:
            await self.refuse_as(response)
            return
        self.set_status(response.status_code)
        content_type = response.headers.get("Content-Type", "application/json")
        if content_type.startswith("text/event-stream"):
            await self._stream(response, content_type)
            return
        # mount-server of old labels its JSON as plain text.
        self.set_header("Content-Type", "application/json")
        async for chunk in response.aiter_bytes():
            self.write(chunk)
        await self.finish()

    async def _stream(self, response: httpx.Response, content_type: str) -> None:
        """Events as they come; neither Tornado nor a proxy may collect them."""
        self.set_header("Content-Type", content_type)
        self.set_header("Content-Encoding", "identity")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")
        await self.flush()
        async for chunk in response.aiter_bytes():
            self.write(chunk)
            await self.flush()
        await self.finish()


class ConfigHandler(ForwardHandler):
    """`config`: a mount-server without a cluster is an answer, not an error, for the panel."""

    async def _relay(self, response: httpx.Response) -> None:
        if self.request.method == "GET" and response.status_code == 404:
            await self.finish({"cluster_status": "INVALID"})
            return
        await super()._relay(response)


class LoginHandler(ForwardHandler):
    """`auth/_login`: answers where to log in, and waits in the background until that is done."""

    def initialize(self, login: LoginWaiter, **parts: Any) -> None:
        super().initialize(**parts)
        self._login = login

    async def _relay(self, response: httpx.Response) -> None:
        if response.is_success:
            state = json.loads(await response.aread()).get("oidc_state")
            if state:
                self._login.wait_for(state)
        await super()._relay(response)
