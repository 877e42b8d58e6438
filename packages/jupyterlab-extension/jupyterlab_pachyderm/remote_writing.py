"""Changes to the files of the mounts as Jupyter's contents API asks for them, through mount-server: the same with a mount and without."""

from __future__ import annotations

import binascii
import json
from base64 import decodebytes
from typing import Any
from urllib.parse import quote

import nbformat
from tornado.web import HTTPError

from .connection import MountServerConnection
from .remote_contents import Refused, file_url

_SAVED_AS = {"Content-Type": "application/octet-stream"}


class RemoteWriting:
    """Paths begin with the name of a mount. Methods throw Refused, HTTPError and httpx.TransportError."""

    def __init__(self, connection: MountServerConnection) -> None:
        self._connection = connection

    async def save(self, path: str, model: dict[str, Any]) -> None:
        """Writes the content of a model, all of it or nothing; makes a directory where it is one."""
        if model.get("type") == "directory":
            await self._send("PUT", f"{file_url(path)}/", b"", _SAVED_AS)
        else:
            await self._send("PUT", file_url(path), _content_of(model), _SAVED_AS)

    async def rename(self, path: str, new_path: str) -> None:
        """Gives a file or directory another path in its mount; what is there is not replaced."""
        mount, _, rest = path.partition("/")
        other, _, new = new_path.partition("/")
        if mount != other:
            raise HTTPError(400, f"{path} cannot become {new_path}: they are in different mounts; save a copy there")
        await self._send("PUT", f"/mounts/{quote(mount, safe='')}/_rename", json.dumps({"from": rest, "to": new}).encode())

    async def delete(self, path: str) -> None:
        """Deletes a file, or a directory with all that is in it."""
        await self._send("DELETE", file_url(path), query="recursive=true")

    async def _send(self, method: str, url: str, body: bytes | None = None, headers: dict[str, str] = {}, query: str = "") -> None:
        async with self._connection.request(method, url, query=query, body=body, headers=headers) as answer:
            await answer.aread()
            if answer.is_error:
                raise Refused(answer)


def _content_of(model: dict[str, Any]) -> bytes:
    """The bytes of a file with this content. Throws HTTPError."""
    content = model.get("content")
    kind = model.get("type")
    if "chunk" in model:
        raise HTTPError(400, "a file is saved in one piece; to send a large one, PUT its bytes below files/")
    if kind == "notebook":
        return _notebook_bytes(content)
    if kind != "file" or not isinstance(content, str):
        raise HTTPError(400, "a file, a notebook or a directory can be saved, each with its content")
    try:
        if model.get("format") == "text":
            return content.encode()
        if model.get("format") == "base64":
            return decodebytes(content.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise HTTPError(400, f"the content is not {model['format']}: {error}") from error
    raise HTTPError(400, "the format of a file's content is text or base64")


def _notebook_bytes(content: Any) -> bytes:
    try:
        text = nbformat.writes(nbformat.from_dict(content), version=nbformat.NO_CONVERT)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise HTTPError(400, f"the content is not a notebook: {error}") from error
    return f"{text}\n".encode()
