"""The files of the mount, as Jupyter's contents API describes files; read-only."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import tornado
from jupyter_client.jsonutil import json_default
from jupyter_server.auth.decorator import authorized
from jupyter_server.services.contents.filemanager import FileContentsManager
from tornado.web import HTTPError
from traitlets import validate

from .connection import MountServerConnection
from .process import MountServerProcess
from .proxy import START_SECONDS, PachydermHandler
from .remote_contents import Refused, RemoteContents
from .status import View

_KINDS = {None, "directory", "file", "notebook"}
_FORMATS = {None, "text", "base64"}


class MountContents(FileContentsManager):
    """Jupyter's own file manager on the mount directory. Its methods block: call them in a thread."""

    @validate("root_dir")
    def _validate_root_dir(self, proposal: dict[str, Any]) -> str:
        # The mount directory comes and goes with mount-server.
        return os.path.abspath(proposal["value"])

    def emit(self, data: object) -> None:
        """No events: these are not the files of Jupyter's own file browser."""

    def is_writable(self, path: str) -> bool:
        return False

    def _get_os_path(self, path: str) -> str:
        """As Jupyter's, and a link never leads out of the mount."""
        os_path = super()._get_os_path(path)
        root = os.path.realpath(self.root_dir)
        if os.path.commonpath([root, os.path.realpath(os_path)]) != root:
            raise HTTPError(404, f"{path} is outside the mount")
        return os_path

    def list_page(self, path: str, offset: int, number: int) -> dict[str, Any]:
        """A directory with `number` of its entries from `offset` on, by name; `total` counts them all."""
        os_path = self._get_os_path(path)
        if not os.path.isdir(os_path):
            raise HTTPError(404, f"{path}: no such directory in the mount")
        names = sorted(name for name in os.listdir(os_path) if self.allow_hidden or not name.startswith("."))
        model = self._base_model(path)
        content = [self._entry(f"{path}/{name}".strip("/")) for name in names[offset : offset + number]]
        return {**model, "type": "directory", "size": None, "format": "json", "content": content, "total": len(names)}

    def _entry(self, path: str) -> dict[str, Any]:
        kind = "file"
        if os.path.isdir(self._get_os_path(path)):
            kind = "directory"
        elif path.endswith(".ipynb"):
            kind = "notebook"
        return {**self._base_model(path), "type": kind}


class ContentsHandler(PachydermHandler):
    """`GET pfs{path}`: one directory or file."""

    def initialize(self, connection: MountServerConnection, process: MountServerProcess, view: View) -> None:
        self._connection = connection
        self._process = process
        self._view = view

    @tornado.web.authenticated
    @authorized
    async def get(self, path: str = "") -> None:
        try:
            read = self._wanted(path.strip("/"))
        except ValueError as error:
            await self.refuse(400, str(error))
            return
        await self._process.ready(START_SECONDS)
        if self._view.showing.way == "none":
            await self._get_remote(path.strip("/"))
            return
        mount_dir = self._view.mount_dir
        try:
            # The mount is as slow as the network behind it; Jupyter's loop must not wait for it.
            model = await asyncio.to_thread(lambda: read(MountContents(root_dir=mount_dir)))
        except HTTPError as error:
            await self.refuse(error.status_code, (error.log_message or "").replace("%%", "%"))
        except OSError as error:
            await self.refuse(*_told(error, f"{mount_dir}/{path.strip('/')}"))
        else:
            self.set_header("Content-Type", "application/json")
            await self.finish(json.dumps(model, default=json_default))

    async def _get_remote(self, path: str) -> None:
        query = {name: self.get_query_argument(name, None) for name in ("type", "format", "content", "offset", "number")}
        try:
            model = await RemoteContents(self._connection).read(path, **query)
        except Refused as error:
            await self.refuse_as(error.response)
        except HTTPError as error:
            await self.refuse(error.status_code, (error.log_message or "").replace("%%", "%"))
        except httpx.TransportError as error:
            await self.refuse_unreachable(error, self._connection, self._process)
        else:
            await self.finish(json.dumps(model, default=json_default))

    def _wanted(self, path: str) -> Callable[[MountContents], dict[str, Any]]:
        """The read that the query asks for. Throws ValueError."""
        kind = self.get_query_argument("type", None)
        file_format = self.get_query_argument("format", None)
        content = self.get_query_argument("content", "1")
        if kind not in _KINDS:
            raise ValueError(f"type {kind!r} is not one of directory, file, notebook")
        if file_format not in _FORMATS:
            raise ValueError(f"format {file_format!r} is not one of text, base64")
        if content not in {"0", "1"}:
            raise ValueError(f"content {content!r} is not one of 0, 1")
        number = self.get_query_argument("number", None)
        if number is not None:
            page = _count("offset", self.get_query_argument("offset", "0")), _count("number", number)
            return partial(_page, path=path, page=page)
        return partial(_read, path=path, kind=kind, file_format=file_format, content=content == "1")


def _page(files: MountContents, *, path: str, page: tuple[int, int]) -> dict[str, Any]:
    return files.list_page(path, *page)


def _read(files: MountContents, *, path: str, kind: str | None, file_format: str | None, content: bool) -> dict[str, Any]:
    return files.get(path, content=content, type=kind, format=file_format)


def _count(name: str, value: str) -> int:
    if not value.isdecimal():
        raise ValueError(f"{name} {value!r} is not a number")
    return int(value)


def _told(error: OSError, path: str) -> tuple[int, str]:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return 404, f"{path}: no such file or directory"
    if error.errno in (errno.EACCES, errno.EPERM):
        return 403, f"{path} may not be read by the user that runs Jupyter"
    if error.errno in (errno.ENOTCONN, errno.ESTALE):
        return 503, f"{path} is not served any more; mount-server is starting again. Try again in a moment."
    return 500, f"{path} cannot be read: {error.strerror}"
