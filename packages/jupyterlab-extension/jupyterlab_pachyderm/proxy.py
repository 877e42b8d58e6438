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

from .connection import MountServerConnection
from .process import MountServerProcess
from .session import LoginWaiter

START_SECONDS = 15


class PachydermHandler(APIHandler):
    """What all handlers have in common: who may use them, and how they refuse."""

    auth_resource = "pachyderm"

    async def refuse(self, status: int, message: str, code: str = "") -> None:
        """Answers as Jupyter's API does: `message` for people; `code`, where there is one, for programs."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        await self.finish(json.dumps({"message": message, "reason": message, **({"code": code} if code else {})}))


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
        await self._process.ready(START_SECONDS)
        body = None if method == "GET" else self.request.body or b"{}"
        self._forwarding = asyncio.ensure_future(self._answer(method, path, body))
        with contextlib.suppress(asyncio.CancelledError):
            await self._forwarding

    async def _answer(self, method: str, path: str, body: bytes | None) -> None:
        try:
            async with self._connection.request(
                method, f"/{path}", query=self.request.query, body=body, content_type=self.request.headers.get("Content-Type", "")
            ) as response:
                await self._relay(path, response)
        except httpx.ReadTimeout:
            await self.refuse(504, f"mount-server has not answered GET /{path} in time. Try again; its log tells what it waits for.")
        except httpx.TransportError as error:
            self.log.debug("mount-server at %s: %r", self._connection.address, error)
            await self.refuse(503, self._process.problem or "mount-server is starting. Try again in a moment.", "NO_MOUNT_SERVER")

    async def _relay(self, path: str, response: httpx.Response) -> None:
        if response.is_error:
            text = (await response.aread()).decode(errors="replace")
            await self.refuse(response.status_code, *told(text))
            return
        self.set_status(response.status_code)
        content_type = response.headers.get("Content-Type", "application/json")
        streams = content_type.startswith("text/event-stream")
        # mount-server of old labels its JSON as plain text.
        self.set_header("Content-Type", content_type if streams else "application/json")
        async for chunk in response.aiter_bytes():
            self.write(chunk)
            if streams:
                await self.flush()
        await self.finish()


class ConfigHandler(ForwardHandler):
    """`config`: a mount-server without a cluster is an answer, not an error, for the panel."""

    async def _relay(self, path: str, response: httpx.Response) -> None:
        if self.request.method == "GET" and response.status_code == 404:
            await self.finish({"cluster_status": "INVALID"})
            return
        await super()._relay(path, response)


class LoginHandler(ForwardHandler):
    """`auth/_login`: answers where to log in, and waits in the background until that is done."""

    def initialize(self, login: LoginWaiter, **parts: Any) -> None:
        super().initialize(**parts)
        self._login = login

    async def _relay(self, path: str, response: httpx.Response) -> None:
        if response.is_success:
            state = json.loads(await response.aread()).get("oidc_state")
            if state:
                self._login.wait_for(state)
        await super()._relay(path, response)


class ProcessHandler(PachydermHandler):
    """`mount-server`: how the process is, what it printed last, and starting it now."""

    def initialize(self, process: MountServerProcess) -> None:
        self._process = process

    @tornado.web.authenticated
    @authorized
    async def get(self) -> None:
        await self.finish({"problem": self._process.problem, "lines": self._process.lines})

    @tornado.web.authenticated
    @authorized
    async def put(self) -> None:
        self._process.restart_now()
        await self._process.ready(START_SECONDS)
        await self.finish({"problem": self._process.problem, "lines": self._process.lines})


def told(text: str) -> tuple[str, str]:
    """Message and code of an error body, which is plain text or JSON."""
    try:
        body = json.loads(text)
    except ValueError:
        return text.strip() or "mount-server refused and gave no reason.", ""
    if not isinstance(body, dict) or not isinstance(body.get("message"), str):
        return text.strip(), ""
    code = body.get("code")
    return body["message"], code if isinstance(code, str) else ""
