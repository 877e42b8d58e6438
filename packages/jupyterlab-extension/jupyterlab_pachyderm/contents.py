"""The files of the mounts, as Jupyter's contents API describes and changes files."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from collections.abc import Coroutine
from typing import Any

import httpx
import nbformat
import tornado
from jupyter_client.jsonutil import json_default
from jupyter_server.auth.decorator import authorized
from jupyter_server.services.contents.filemanager import FileContentsManager
from tornado.web import HTTPError
from traitlets import validate

from .connection import MountServerConnection
from .contents_query import ContentsQuery
from .process import MountServerProcess
from .proxy import START_SECONDS, PachydermHandler
from .remote_contents import Refused, RemoteContents
from .remote_writing import RemoteWriting
from .status import View


class MountContents(FileContentsManager):
    """Reads with Jupyter's own file manager on the mount directory. Its methods block: call them in a thread."""

    def read(self, path: str, wanted: ContentsQuery) -> dict[str, Any]:
        """The model of one directory or file. Throws HTTPError and OSError."""
        if wanted.page is not None:
            return self._page(path, *wanted.page)
        return self.get(path, content=wanted.content, type=wanted.kind, format=wanted.format, require_hash=wanted.hash)

    @validate("root_dir")
    def _validate_root_dir(self, proposal: dict[str, Any]) -> str:
        # The mount directory comes and goes with mount-server.
        return os.path.abspath(proposal["value"])

    def emit(self, data: object) -> None:
        """No events: these are not the files of Jupyter's own file browser."""

    def mark_trusted_cells(self, nb: Any, path: str = "") -> None:
        """Left to Jupyter's own manager, which has the signatures of this user."""

    def is_writable(self, path: str) -> bool:
        return False

    def _get_os_path(self, path: str) -> str:
        """As Jupyter's, and a link never leads out of the mount."""
        os_path = super()._get_os_path(path)
        root = os.path.realpath(self.root_dir)
        if os.path.commonpath([root, os.path.realpath(os_path)]) != root:
            raise HTTPError(404, f"{path} is outside the mount")
        return os_path

    def _page(self, path: str, offset: int, number: int) -> dict[str, Any]:
        """A directory with `number` of its entries from `offset` on, by name; `total` counts them all."""
        os_path = self._get_os_path(path)
        if not os.path.isdir(os_path):
            raise HTTPError(404, f"{path}: no such directory in the mount")
        names = sorted(os.listdir(os_path))
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
    """`pfs{path}`: GET reads one directory or file, PUT saves, PATCH renames and DELETE deletes one."""

    def initialize(self, connection: MountServerConnection, process: MountServerProcess, view: View) -> None:
        self._connection = connection
        self._process = process
        self._view = view
        self._remote = RemoteContents(connection)
        self._writing = RemoteWriting(connection)

    @tornado.web.authenticated
    @authorized
    async def get(self, path: str = "") -> None:
        try:
            wanted = ContentsQuery.asked(self.get_query_argument)
        except ValueError as error:
            await self.refuse(400, str(error))
            return
        await self._answer(path, self._read(path.strip("/"), wanted))

    @tornado.web.authenticated
    @authorized
    async def put(self, path: str = "") -> None:
        await self._answer(path, self._save(path.strip("/")))

    @tornado.web.authenticated
    @authorized
    async def patch(self, path: str = "") -> None:
        await self._answer(path, self._rename(path.strip("/")))

    @tornado.web.authenticated
    @authorized
    async def delete(self, path: str = "") -> None:
        await self._answer(path, self._delete(path.strip("/")))

    @tornado.web.authenticated
    @authorized
    async def post(self, path: str = "") -> None:
        self.set_header("Allow", "GET, PUT, PATCH, DELETE")
        await self.refuse(405, "Files of mounts are not copied here and get no names by themselves; save a file under its name.")

    async def _answer(self, path: str, work: Coroutine[Any, Any, dict[str, Any] | None]) -> None:
        try:
            await self._process.ready(START_SECONDS)
            model = await work
        except Refused as error:
            await self.refuse_as(error.response)
        except HTTPError as error:
            await self.refuse(error.status_code, (error.log_message or "").replace("%%", "%"))
        except httpx.TransportError as error:
            await self.refuse_unreachable(error, self._connection, self._process)
        except OSError as error:
            await self.refuse(*_told(error, f"{self._view.mount_dir}/{path.strip('/')}"))
        else:
            if model is None:
                self.set_status(204)
                await self.finish()
                return
            self.set_header("Content-Type", "application/json")
            await self.finish(json.dumps(model, default=json_default))

    async def _read(self, path: str, wanted: ContentsQuery) -> dict[str, Any]:
        model = await self._described(path, wanted)
        if model["type"] == "notebook" and wanted.content:
            self.contents_manager.mark_trusted_cells(model["content"], path)
        return model

    async def _described(self, path: str, wanted: ContentsQuery) -> dict[str, Any]:
        if self._view.showing.way == "none":
            return await self._remote.read(path, wanted)
        mount_dir = self._view.mount_dir
        # The mount is as slow as the network behind it; Jupyter's loop must not wait for it.
        # The panel shows the names that begin with a dot, too.
        model = await asyncio.to_thread(lambda: MountContents(root_dir=mount_dir, allow_hidden=True).read(path, wanted))
        if await self._is_writable(path):
            for one in (model, *(model["content"] if model["type"] == "directory" and model["content"] else ())):
                one["writable"] = True
        return model

    async def _is_writable(self, path: str) -> bool:
        """As mount-server says: the bits of a mode say nothing to root, and nothing of the mount."""
        try:
            return await self._remote.is_writable(path)
        except httpx.TransportError:
            return False

    async def _save(self, path: str) -> dict[str, Any]:
        model = self._body()
        await self._writing.save(path, model)
        if model["type"] == "notebook":
            # What its own user has run may run again when it is opened.
            self.contents_manager.check_and_sign(nbformat.from_dict(model["content"]), path)
        return await self._read(path, ContentsQuery())

    async def _rename(self, path: str) -> dict[str, Any]:
        new_path = self._body().get("path")
        if not isinstance(new_path, str):
            raise HTTPError(400, "the new path is missing")
        await self._writing.rename(path, new_path.strip("/"))
        return await self._read(new_path.strip("/"), ContentsQuery())

    async def _delete(self, path: str) -> None:
        await self._writing.delete(path)

    def _body(self) -> dict[str, Any]:
        body: Any = self.get_json_body()
        if not isinstance(body, dict):
            raise HTTPError(400, "the body is not a JSON object")
        return body


def _told(error: OSError, path: str) -> tuple[int, str]:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return 404, f"{path}: no such file or directory"
    if error.errno in (errno.EACCES, errno.EPERM):
        return 403, f"{path} may not be read by the user that runs Jupyter"
    if error.errno in (errno.ENOTCONN, errno.ESTALE):
        return 503, f"{path} is not served any more; mount-server is starting again. Try again in a moment."
    return 500, f"{path} cannot be read: {error.strerror}"
