"""`download/{view}/{path}`: copies what a mount shows into the folders of Jupyter, where notebooks keep it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import tornado
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.services.contents.fileio import FileManagerMixin
from tornado.web import HTTPError

from .components import BadComponent, components
from .connection import MountServerConnection
from .process import MountServerProcess
from .proxy import START_SECONDS, PachydermHandler
from .refusal import told
from .remote_contents import Refused
from .remote_files import RemoteFiles

LINES = "application/x-ndjson"
_TELL_SECONDS = 0.25


@dataclass
class Progress:
    """How far a copy is."""

    files_done: int = 0
    files_total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0


class DownloadHandler(PachydermHandler):
    """PUT copies. It answers the path of the copy, or to those who take lines of JSON also how far it is."""

    def initialize(self, connection: MountServerConnection, process: MountServerProcess) -> None:
        self._files = RemoteFiles(connection)
        self._connection = connection
        self._process = process
        self._copying: asyncio.Task[None] | None = None

    @tornado.web.authenticated
    @authorized
    async def put(self, path: str) -> None:
        if not await ensure_async(self.authorizer.is_authorized(self, self.current_user, "write", "contents")):
            raise HTTPError(403)
        self._copying = asyncio.ensure_future(self._answer(path))
        with contextlib.suppress(asyncio.CancelledError):
            await self._copying

    def on_connection_close(self) -> None:
        """Nobody waits for it any more: what was copied so far is removed."""
        super().on_connection_close()
        if self._copying:
            self._copying.cancel()

    async def _answer(self, path: str) -> None:
        try:
            # Tornado has unquoted what it hands over, with the slashes in names.
            names = [name for name in components(self.request.path.partition("/download/")[2].partition("/")[2]) if name]
            folder, replace = self._wanted()
            target = self._place(folder, names[-1])
            await self._process.ready(START_SECONDS)
            await copy("/".join(names), target, self._files, replace=replace, tell=self._tell)
        except BadComponent as error:
            await self._say_no(400, str(error))
        except FileExistsError:
            name = path.rpartition("/")[2]
            await self._say_no(400, f"Downloading {name} which already exists in the current working directory", "ALREADY_EXISTS")
        except HTTPError as error:
            await self._say_no(error.status_code, (error.log_message or "").replace("%%", "%"))
        except Refused as error:
            message, code, _ = told(error.response.text)
            await self._say_no(error.response.status_code, message or f"{path}: no such file or directory", code)
        except OSError as error:
            await self._say_no(500, f"{path} cannot be copied: {error.strerror or error}")
        except httpx.TransportError as error:
            await self.refuse_unreachable(error, self._connection, self._process)
        else:
            await self.finish(self._line({"path": "/".join(part for part in (folder, target.name) if part)}))

    def _wanted(self) -> tuple[str, bool]:
        body = self.get_json_body() or {}
        folder, replace = body.get("folder", ""), body.get("replace", False)
        if not isinstance(folder, str) or not isinstance(replace, bool):
            raise HTTPError(400, "folder should be a text, replace true or false")
        return folder.strip("/"), replace

    def _place(self, folder: str, name: str) -> Path:
        if not isinstance(self.contents_manager, FileManagerMixin):
            raise HTTPError(501, "Jupyter keeps its files elsewhere than on a disk; download to the browser instead.")
        place = Path(self.contents_manager._get_os_path(f"{folder}/{name}"))
        if not place.parent.is_dir():
            raise HTTPError(404, f"{folder}: no such folder in Jupyter")
        return place

    def _tell(self, progress: Progress) -> None:
        if self._takes_lines:
            self.write(self._line(asdict(progress)))
            self.flush()

    async def _say_no(self, status: int, message: str, code: str = "") -> None:
        if not self._headers_written:
            await self.refuse(status, message, code)
            return
        await self.finish(self._line({"message": message, "code": code}))

    @property
    def _takes_lines(self) -> bool:
        return LINES in self.request.headers.get("Accept", "")

    def _line(self, what: dict[str, Any]) -> str:
        self.set_header("Content-Type", LINES if self._takes_lines else "application/json")
        return json.dumps(what) + "\n"


async def copy(path: str, target: Path, files: RemoteFiles, *, replace: bool, tell: Callable[[Progress], None]) -> None:
    """
    Copies a file or directory of a mount. It appears as a whole or not at all. Throws FileExistsError unless `replace`, OSError,
    Refused, HTTPError and httpx.TransportError.
    """
    if not replace and os.path.lexists(target):
        raise FileExistsError(target)
    progress = Progress()
    files = await files.at_present_commit(path)
    # Beside the target, so that it can be renamed to it.
    with tempfile.TemporaryDirectory(prefix=f".{target.name[:50]}.", dir=target.parent) as folder:
        new = Path(folder) / "new"
        wanted = [found async for found in files.walk(path)]
        progress.files_total = sum(size is not None for _, size in wanted)
        progress.bytes_total = sum(size or 0 for _, size in wanted)
        told_at = 0.0
        for name, size in wanted:
            place = new / name.removeprefix(path).lstrip("/")
            if size is None:
                place.mkdir()
                continue
            async with files.opened(name) as (_, chunks):
                with place.open("wb") as file:
                    async for chunk in chunks:
                        await asyncio.to_thread(file.write, chunk)
                        progress.bytes_done += len(chunk)
                        if time.monotonic() - told_at > _TELL_SECONDS:
                            tell(progress)
                            told_at = time.monotonic()
            progress.files_done += 1
        tell(progress)
        if os.path.lexists(target):
            if not replace:
                raise FileExistsError(target)
            target.rename(Path(folder) / "old")
        new.rename(target)
        await asyncio.to_thread(shutil.rmtree, Path(folder) / "old", True)
