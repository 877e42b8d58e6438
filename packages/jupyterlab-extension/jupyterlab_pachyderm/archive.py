"""`archive/{path}`: a directory of a mount as one tar file for the browser, made while it is sent."""

from __future__ import annotations

import asyncio
import contextlib
import tarfile
import time

import httpx
import tornado
from jupyter_server.auth.decorator import authorized
from tornado.iostream import StreamClosedError

from .components import BadComponent, components
from .connection import MountServerConnection
from .process import MountServerProcess
from .proxy import START_SECONDS, PachydermHandler
from .refusal import told
from .remote_contents import Refused
from .remote_files import RemoteFiles

_END = bytes(2 * tarfile.BLOCKSIZE)


class ArchiveHandler(PachydermHandler):
    """GET sends it. Where it breaks off, the connection is closed before the promised end of the archive."""

    def initialize(self, connection: MountServerConnection, process: MountServerProcess) -> None:
        self._files = RemoteFiles(connection)
        self._connection = connection
        self._process = process
        self._sending: asyncio.Task[None] | None = None

    @tornado.web.authenticated
    @authorized
    async def get(self, _path: str) -> None:
        self._sending = asyncio.ensure_future(self._answer())
        with contextlib.suppress(asyncio.CancelledError):
            await self._sending

    def on_connection_close(self) -> None:
        """Nothing is read for nobody."""
        super().on_connection_close()
        if self._sending:
            self._sending.cancel()

    async def _answer(self) -> None:
        try:
            # Tornado has unquoted what it hands over, with the slashes in names.
            path = "/".join(name for name in components(self.request.path.partition("/archive/")[2]) if name)
            await self._process.ready(START_SECONDS)
            await self._send(path)
        except BadComponent as error:
            await self.refuse(400, str(error))
        except Refused as error:
            message, code, _ = told(error.response.text)
            await self._break_off(error.response.status_code, message, code)
        except httpx.TransportError as error:
            if self._headers_written:
                await self._break_off(503, "", "")
                return
            await self.refuse_unreachable(error, self._connection, self._process)

    async def _send(self, path: str) -> None:
        parent = path.rpartition("/")[0]
        files = await self._files.at_present_commit(path)
        async for name, listed_size in files.walk(path):
            if not self._headers_written:
                self.set_header("Content-Type", "application/x-tar")
                self.set_header("Content-Disposition", "attachment")
                self.set_header("Content-Encoding", "identity")
            shown = name.removeprefix(parent).lstrip("/")
            if listed_size is None:
                self.write(_header(shown, None))
                await self.flush()
                continue
            async with files.opened(name) as (size, chunks):
                self.write(_header(shown, size))
                async for chunk in chunks:
                    self.write(chunk)
                    await self.flush()
            self.write(bytes(-size % tarfile.BLOCKSIZE))
        self.write(_END)
        await self.finish()

    async def _break_off(self, status: int, message: str, code: str) -> None:
        if not self._headers_written:
            await self.refuse(status, message, code)
            return
        with contextlib.suppress(StreamClosedError):
            self.request.connection.stream.close()  # type: ignore[union-attr]


def _header(name: str, size: int | None) -> bytes:
    """The block in front of a file, or that of a directory."""
    entry = tarfile.TarInfo(name)
    entry.mtime = int(time.time())
    if size is None:
        entry.type = tarfile.DIRTYPE
        entry.mode = 0o755
    else:
        entry.size = size
    return entry.tobuf(tarfile.PAX_FORMAT)
