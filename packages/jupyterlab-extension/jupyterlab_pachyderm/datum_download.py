"""`datums/_download`: a copy of the shown datum, and of what was written for it, on Jupyter's disk."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import httpx
import tornado
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.services.contents.fileio import FileManagerMixin
from tornado.web import HTTPError

from .connection import MountServerConnection
from .downloads import copy
from .process import MountServerProcess
from .proxy import START_SECONDS, PachydermHandler
from .remote_contents import Refused
from .remote_files import RemoteFiles

_OUTPUT = "out"


class DatumDownloadHandler(PachydermHandler):
    """PUT answers `{"path": …}` below Jupyter's root: a new directory with one for each input, and one for the output."""

    def initialize(self, connection: MountServerConnection, process: MountServerProcess) -> None:
        self._connection = connection
        self._process = process

    @tornado.web.authenticated
    @authorized
    async def put(self) -> None:
        if not await ensure_async(self.authorizer.is_authorized(self, self.current_user, "write", "contents")):
            raise HTTPError(403)
        if not isinstance(self.contents_manager, FileManagerMixin):
            await self.refuse(501, "Jupyter keeps its files elsewhere than on a disk, so there is no place for the datum.")
            return
        await self._process.ready(START_SECONDS)
        root = Path(self.contents_manager._get_os_path(""))
        try:
            path = await self._download(root)
        except Refused as error:
            await self.refuse_as(error.response)
        except httpx.TransportError as error:
            await self.refuse_unreachable(error, self._connection, self._process)
        except OSError as error:
            await self.refuse(507, f"The datum cannot be written to {root}: {error.strerror or error}.")
        else:
            if path is None:
                await self.refuse(400, "No datum is shown; load the datums of an input first.", "NO_DATUM")
            else:
                await self.finish({"path": path.relative_to(root).as_posix()})

    async def _download(self, root: Path) -> Path | None:
        shown = await self._asked("/datums")
        if shown["num_datums"] == 0:
            return None
        mounts = [mount["name"] for mount in (await self._asked("/mounts"))["mounted"]]
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=root, prefix=".datum-"))
        try:
            for name in [*mounts, _OUTPUT]:
                await copy(name, folder / name, RemoteFiles(self._connection), replace=False, tell=lambda _: None)
            return await asyncio.to_thread(_put_in_place, folder, root / f"datum-{shown['idx'] + 1}")
        except BaseException:
            # Half a datum is none.
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            raise

    async def _asked(self, path: str) -> Any:
        async with self._connection.request("GET", path) as answer:
            text = await answer.aread()
            if answer.is_error:
                raise Refused(answer)
        return json.loads(text)


def _put_in_place(folder: Path, wanted: Path) -> Path:
    """Renames to the first name that is free; nothing that is there is touched."""
    folder.chmod(0o755)
    place, number = wanted, 1
    while place.exists():
        number += 1
        place = wanted.with_name(f"{wanted.name}-{number}")
    return folder.rename(place)
