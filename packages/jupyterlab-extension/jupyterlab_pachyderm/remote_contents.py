"""The files of the mounts as Jupyter's contents API describes files, for where there is no mount: through mount-server's `/files`."""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import mimetypes
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx
import nbformat
from tornado.web import HTTPError

from .components import BadComponent, files_url
from .connection import MountServerConnection
from .contents_query import ContentsQuery

_PAGE = 10_000
# Of which commit an answer is; a request with its value as `commit` is answered from that one.
COMMIT_HEADER = "Pachyderm-Commit"


class Refused(Exception):
    """mount-server said no; its answer is read."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class RemoteContents:
    """Reads only. Methods throw Refused, HTTPError and httpx.TransportError."""

    def __init__(self, connection: MountServerConnection) -> None:
        self._connection = connection

    async def read(self, path: str, wanted: ContentsQuery) -> dict[str, Any]:
        """The model of one directory or file."""
        if path == "":
            return await self._root(wanted.page)
        url = file_url(path)
        if not wanted.content and wanted.page is None:
            return await self._described(path, url, wanted)
        async with self._connection.request("GET", url, query=f"limit={_PAGE}") as answer:
            await _check(answer, path)
            if not _is_file(answer):
                if wanted.kind not in (None, "directory"):
                    raise HTTPError(400, f"{path} is a directory, not a {wanted.kind}")
                pinned = f"&commit={answer.headers[COMMIT_HEADER]}" if COMMIT_HEADER in answer.headers else ""
                return await self._listed(path, url, json.loads(await answer.aread()), wanted.page, pinned)
            if wanted.kind == "directory" or wanted.page is not None:
                raise HTTPError(400, f"{path} is not a directory")
            content = await answer.aread()
            model = _with_content(_model(path, answer), content, wanted.kind, wanted.format)
            return {**model, **_hash_of(content)} if wanted.hash else model

    async def is_writable(self, path: str) -> bool:
        """Whether the mount that holds `path` takes changes."""
        if path == "":
            return False
        async with self._connection.request("HEAD", file_url(path.partition("/")[0])) as answer:
            return answer.is_success and _takes_changes(answer)

    async def _described(self, path: str, url: str, wanted: ContentsQuery) -> dict[str, Any]:
        async with self._connection.request("HEAD", url) as answer:
            await _check(answer, path)
            if not _is_file(answer):
                return _directory(path, _takes_changes(answer))
            if not wanted.hash:
                return _model(path, answer)
        async with self._connection.request("GET", url) as answer:
            await _check(answer, path)
            return {**_model(path, answer), **_hash_of(await answer.aread())}

    async def _root(self, page: tuple[int, int] | None) -> dict[str, Any]:
        async with self._connection.request("GET", "/mounts") as answer:
            await _check(answer, "/")
            mounted = json.loads(await answer.aread())["mounted"]
        return _paged(_directory("", False), [_directory(name, False) for name in sorted({mount["name"] for mount in mounted})], page)

    async def _listed(self, path: str, url: str, first: dict[str, Any], page: tuple[int, int] | None, pinned: str) -> dict[str, Any]:
        entries = list(first["entries"])
        after = first["next"]
        while after is not None and (page is None or len(entries) < sum(page)):
            async with self._connection.request("GET", url, query=f"limit={_PAGE}&after={quote(after, safe='')}{pinned}") as answer:
                await _check(answer, path)
                more = json.loads(await answer.aread())
            entries += more["entries"]
            after = more["next"]
        writable = first["writable"]
        shown = [_entry(f"{path}/{entry['name']}", entry, writable) for entry in entries]
        return _paged(_directory(path, writable), shown, page, first["total"])


def file_url(path: str) -> str:
    """The path of a file at mount-server, quoted. Throws HTTPError for what no file is called."""
    try:
        if "" not in path.split("/"):
            return files_url(path)
    except BadComponent as error:
        if error.errno != errno.ENOENT:
            raise HTTPError(400, str(error).replace("%", "%%")) from error
    raise HTTPError(404, f"{path}: no such file or directory".replace("%", "%%"))


def _paged(directory: dict[str, Any], entries: list[dict[str, Any]], page: tuple[int, int] | None, total: int | None = None) -> dict[str, Any]:
    if page is None:
        return {**directory, "format": "json", "content": entries}
    offset, number = page
    return {**directory, "format": "json", "content": entries[offset : offset + number], "total": len(entries) if total is None else total}


def _base(path: str, kind: str, writable: bool) -> dict[str, Any]:
    name = path.rpartition("/")[2]
    return {
        "name": name, "path": path, "type": kind, "writable": writable, "created": None, "last_modified": None,
        "content": None, "format": None, "mimetype": None, "size": None,
        "hash": None, "hash_algorithm": None,
    }  # fmt: skip


def _directory(path: str, writable: bool) -> dict[str, Any]:
    return _base(path, "directory", writable)


def _entry(path: str, entry: dict[str, Any], writable: bool) -> dict[str, Any]:
    if entry["kind"] == "directory":
        return {**_directory(path, writable), "last_modified": entry["modified"], "created": entry["modified"]}
    model = _base(path, _kind(path), writable)
    return {**model, "size": entry["size_bytes"], "last_modified": entry["modified"], "created": entry["modified"]}


def _model(path: str, answer: httpx.Response) -> dict[str, Any]:
    told = answer.headers.get("Last-Modified")
    modified = parsedate_to_datetime(told).isoformat() if told else None
    size = int(answer.headers["Content-Length"])
    return {**_base(path, _kind(path), _takes_changes(answer)), "size": size, "last_modified": modified, "created": modified, "mimetype": _mimetype(path)}


def _takes_changes(answer: httpx.Response) -> bool:
    return "PUT" in answer.headers.get("Allow", "")


def _hash_of(content: bytes) -> dict[str, str]:
    return {"hash": hashlib.sha256(content).hexdigest(), "hash_algorithm": "sha256"}


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
