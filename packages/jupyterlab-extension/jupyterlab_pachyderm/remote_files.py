"""Walking and reading the mounts through mount-server's `/files`, at one commit and never with a whole file in memory."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from .components import files_url
from .connection import MountServerConnection
from .remote_contents import COMMIT_HEADER, Refused

_PAGE = 10_000


class RemoteFiles:
    """
    Reads only, from the commit `commit` whatever the mounts show meanwhile; without it, from what they show. Paths begin with the name
    of a mount; methods throw Refused, BadComponent and httpx.TransportError.
    """

    def __init__(self, connection: MountServerConnection, commit: str | None = None) -> None:
        self._connection = connection
        self._pinned = f"commit={commit}" if commit else ""

    async def at_present_commit(self, path: str) -> RemoteFiles:
        """The same for the commit that the mount of `path` shows now; a mount with mode "rw" shows none that stays."""
        async with self._connection.request("HEAD", files_url(path.partition("/")[0])) as answer:
            return RemoteFiles(self._connection, answer.headers.get(COMMIT_HEADER))

    async def size(self, path: str) -> int | None:
        """The size of a file in bytes; None for a directory."""
        async with self._connection.request("HEAD", files_url(path), query=self._pinned) as answer:
            if answer.is_error:
                await answer.aread()
                raise Refused(answer)
            return int(answer.headers["Content-Length"]) if "Accept-Ranges" in answer.headers else None

    async def entries(self, path: str) -> AsyncIterator[tuple[str, str, int]]:
        """Name, kind (file, directory or link) and size in bytes of what is in a directory."""
        after: str | None = ""
        while after is not None:
            query = "&".join(part for part in (f"limit={_PAGE}", f"after={quote(after, safe='')}" if after else "", self._pinned) if part)
            async with self._connection.request("GET", files_url(path), query=query) as answer:
                text = await answer.aread()
                if answer.is_error:
                    raise Refused(answer)
            page = json.loads(text)
            for entry in page["entries"]:
                yield entry["name"], entry["kind"], entry["size_bytes"]
            after = page["next"]

    async def walk(self, path: str) -> AsyncIterator[tuple[str, int | None]]:
        """What is at `path`, and below it: paths, and sizes in bytes. The size is None for directories, which come before what is in them."""
        size = await self.size(path)
        yield path, size
        if size is not None:
            return
        async for name, kind, size_bytes in self.entries(path):
            if kind == "directory":
                async for found in self.walk(f"{path}/{name}"):
                    yield found
            elif kind == "file":
                yield f"{path}/{name}", size_bytes

    @asynccontextmanager
    async def opened(self, path: str) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
        """The size of a file in bytes, and its bytes. What a directory listed before may have changed in a mount with mode "rw"."""
        async with self._connection.request("GET", files_url(path), query=self._pinned) as answer:
            if answer.is_error:
                await answer.aread()
                raise Refused(answer)
            yield int(answer.headers["Content-Length"]), answer.aiter_raw()
