"""The files of the mounts as Jupyter's contents API describes files, for where there is no mount: through mount-server's `/files`."""

from __future__ import annotations

import base64
import json
import mimetypes
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx
import nbformat
from tornado.web import HTTPError

from .connection import MountServerConnection

_PAGE = 10_000


class Refused(Exception):
    """mount-server said no; its answer is read."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class RemoteContents:
    """Reads only. Methods throw Refused, HTTPError and httpx.TransportError."""

    def __init__(self, connection: MountServerConnection) -> None:
        self._connection = connection

    async def read(
        self, path: str, type: str | None, format: str | None, content: str | None, offset: str | None, number: str | None
    ) -> dict[str, Any]:
        """The model of one directory or file; with `number`, that many entries of a directory from `offset` on."""
        if any(name in (".", "..") for name in path.split("/")):
            raise HTTPError(404, f"{path}: no such file or directory")
        page = (int(offset or 0), int(number)) if number is not None else None
        if path == "":
            return await self._root(page)
        url = "/files/" + "/".join(quote(name, safe="") for name in path.split("/"))
        if content == "0" and number is None:
            async with self._connection.request("HEAD", url) as answer:
                await _check(answer, path)
                return {**_model(path, answer), "content": None, "format": None} if _is_file(answer) else _directory(path)
        async with self._connection.request("GET", url, query=f"limit={_PAGE}") as answer:
            await _check(answer, path)
            if not _is_file(answer):
                if type not in (None, "directory"):
                    raise HTTPError(400, f"{path} is a directory, not a {type}")
                return await self._listed(path, url, json.loads(await answer.aread()), page)
            if type == "directory" or number is not None:
                raise HTTPError(400, f"{path} is not a directory")
            return _with_content(_model(path, answer), await answer.aread(), type, format)

    async def _root(self, page: tuple[int, int] | None) -> dict[str, Any]:
        async with self._connection.request("GET", "/mounts") as answer:
            await _check(answer, "/")
            mounted = json.loads(await answer.aread())["mounted"]
        return _paged("", [_directory(name) for name in sorted({mount["name"] for mount in mounted})], page)

    async def _listed(self, path: str, url: str, first: dict[str, Any], page: tuple[int, int] | None) -> dict[str, Any]:
        entries = list(first["entries"])
        after = first["next"]
        while after is not None and (page is None or len(entries) < sum(page)):
            async with self._connection.request("GET", url, query=f"limit={_PAGE}&after={quote(after, safe='')}") as answer:
                await _check(answer, path)
                more = json.loads(await answer.aread())
            entries += more["entries"]
            after = more["next"]
        shown = [_entry(f"{path}/{entry['name']}", entry) for entry in entries]
        return _paged(path, shown, page, first["total"])


def _paged(path: str, entries: list[dict[str, Any]], page: tuple[int, int] | None, total: int | None = None) -> dict[str, Any]:
    directory = {**_directory(path), "format": "json"}
    if page is None:
        return {**directory, "content": entries}
    offset, number = page
    return {**directory, "content": entries[offset : offset + number], "total": len(entries) if total is None else total}


def _base(path: str, kind: str) -> dict[str, Any]:
    name = path.rpartition("/")[2]
    return {
        "name": name, "path": path, "type": kind, "writable": False, "created": None, "last_modified": None,
        "content": None, "format": None, "mimetype": None, "size": None,
    }  # fmt: skip


def _directory(path: str) -> dict[str, Any]:
    return _base(path, "directory")


def _entry(path: str, entry: dict[str, Any]) -> dict[str, Any]:
    if entry["kind"] == "directory":
        return {**_directory(path), "last_modified": entry["modified"], "created": entry["modified"]}
    model = _base(path, _kind(path))
    return {**model, "size": entry["size_bytes"], "last_modified": entry["modified"], "created": entry["modified"]}


def _model(path: str, answer: httpx.Response) -> dict[str, Any]:
    told = answer.headers.get("Last-Modified")
    modified = parsedate_to_datetime(told).isoformat() if told else None
    size = int(answer.headers["Content-Length"])
    return {**_base(path, _kind(path)), "size": size, "last_modified": modified, "created": modified, "mimetype": _mimetype(path)}


def _kind(path: str) -> str:
    return "notebook" if path.endswith(".ipynb") else "file"


def _mimetype(path: str) -> str | None:
    return mimetypes.guess_type(path)[0]


def _with_content(model: dict[str, Any], content: bytes, kind: str | None, file_format: str | None) -> dict[str, Any]:
    path = model["path"]
    if kind == "notebook" or (kind is None and model["type"] == "notebook" and file_format is None):
        try:
            notebook = nbformat.reads(content.decode(), as_version=4)
        except (ValueError, nbformat.reader.NotJSONError) as error:
            raise HTTPError(400, f"{path} is not a notebook that can be read: {error}") from error
        return {**model, "type": "notebook", "mimetype": None, "format": "json", "content": notebook}
    try:
        text = None if file_format == "base64" else content.decode()
    except UnicodeDecodeError as error:
        if file_format == "text":
            raise HTTPError(400, f"{path} is not UTF-8 encoded") from error
        text = None
    if text is None:
        encoded = base64.encodebytes(content).decode("ascii")
        return {**model, "type": "file", "format": "base64", "content": encoded, "mimetype": model["mimetype"] or "application/octet-stream"}
    return {**model, "type": "file", "format": "text", "content": text, "mimetype": model["mimetype"] or "text/plain"}


def _is_file(answer: httpx.Response) -> bool:
    return "Accept-Ranges" in answer.headers


async def _check(answer: httpx.Response, path: str) -> None:
    if answer.is_success:
        return
    await answer.aread()
    if answer.status_code == 404:
        raise HTTPError(404, f"{path}: no such file or directory".replace("%", "%%"))
    raise Refused(answer)
