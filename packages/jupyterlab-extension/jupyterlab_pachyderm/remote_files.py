"""Walking and reading the mounts through mount-server's `/files`, never with a whole file in memory."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from urllib.parse import quote

from .connection import MountServerConnection
from .remote_contents import Refused

_PAGE = 10_000


class RemoteFiles:
    """Reads only. Paths begin with the name of a mount; methods throw Refused and httpx.TransportError."""

    def __init__(self, connection: MountServerConnection) -> None:
        self._connection = connection

    async def size(self, path: str) -> int | None:
        """The size of a file in bytes; None for a directory."""
        async with self._connection.request("HEAD", _url(path)) as answer:
            if answer.is_error:
                await answer.aread()
                raise Refused(answer)
            return int(answer.headers["Content-Length"]) if "Accept-Ranges" in answer.headers else None

    async def entries(self, path: str) -> AsyncIterator[tuple[str, str, int]]:
        """Name, kind (file, directory or link) and size in bytes of what is in a directory."""
        after: str | None = ""
        while after is not None:
            query = f"limit={_PAGE}" + (f"&after={quote(after, safe='')}" if after else "")
            async with self._connection.request("GET", _url(path), query=query) as answer:
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

    async def chunks(self, path: str) -> AsyncIterator[bytes]:
        """The bytes of a file."""
        async with self._connection.request("GET", _url(path)) as answer:
            if answer.is_error:
                await answer.aread()
                raise Refused(answer)
            async for chunk in answer.aiter_raw():
                yield chunk


def _url(path: str) -> str:
    return "/files/" + "/".join(quote(name, safe="") for name in path.split("/"))
