"""Copies what is mounted to Jupyter's own disk, through mount-server's `/files`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .connection import MountServerConnection
from .remote_contents import Refused

_PAGE = 10_000


async def copy_tree(connection: MountServerConnection, names: list[str], target: Path) -> None:
    """
    Copies the directory with these names, from the mount on, to `target`, which must not be there yet. Links are left
    out. Throws Refused, OSError and httpx.TransportError; what was copied until then stays.
    """
    await asyncio.to_thread(target.mkdir)
    async for entry in _entries(connection, _url(names)):
        name, kind = entry["name"], entry["kind"]
        if kind == "directory":
            await copy_tree(connection, [*names, name], target / name)
        elif kind != "link":
            await _copy_file(connection, _url([*names, name]), target / name)


async def _entries(connection: MountServerConnection, url: str) -> AsyncIterator[dict[str, Any]]:
    query = f"limit={_PAGE}"
    while True:
        async with connection.request("GET", url, query=query) as answer:
            text = await answer.aread()
            if answer.is_error:
                raise Refused(answer)
        page = json.loads(text)
        for entry in page["entries"]:
            yield entry
        if page["next"] is None:
            return
        query = f"limit={_PAGE}&after={quote(page['next'], safe='')}"


async def _copy_file(connection: MountServerConnection, url: str, target: Path) -> None:
    async with connection.request("GET", url) as answer:
        if answer.is_error:
            await answer.aread()
            raise Refused(answer)
        with target.open("xb") as file:
            async for chunk in answer.aiter_bytes():
                await asyncio.to_thread(file.write, chunk)


def _url(names: list[str]) -> str:
    return "/files/" + "/".join(quote(name, safe="") for name in names)
