"""`pfs://mount/path` for fsspec: what is mounted, through mount-server's `/files`, so that no mount is needed to read it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx
from fsspec.spec import AbstractFileSystem

from .components import BadComponent, files_url
from .connection import TokenFile
from .discovery import find_address
from .pfs_file import PfsFile, whole_range
from .posix_errors import broken_off, checked, os_error

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 120
_PAGE = 10_000
_BLOCK_BYTES = 1 << 20
_COMMIT_HEADER = "Pachyderm-Commit"
_TOKEN_VARIABLE = "MOUNT_SERVER_TOKEN_FILE"


class PfsFileSystem(AbstractFileSystem):
    """
    The mounts of one mount-server: directories at the root. Reading works in every mount, writing in those with mode "rw";
    what was written is in the branch after the next commit of the mount. What is read of one file, in one or several parts, is one
    version of it; when that is gone, reading fails with ESTALE. In a transaction files can be written, and appear when it ends.

    `address` is a URL or the path of a UNIX socket; without it, that of the Jupyter which started this program.
    """

    protocol = "pfs"
    root_marker = ""
    cachable = True

    def __init__(self, address: str | None = None, token_file: str | None = None, **options: Any) -> None:
        super().__init__(address=address, token_file=token_file, **options)
        self._address = address or find_address()
        self._token_file = token_file or os.environ.get(_TOKEN_VARIABLE, "")
        self._client: httpx.Client | None = None
        self._client_pid = 0

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        stripped = super()._strip_protocol(path)
        return stripped.strip("/") if isinstance(stripped, str) else stripped

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request below `/files`, with the body of the answer. Throws OSError in the words of mount-server."""
        url = _url(path)
        try:
            response = self._connected().request(method, url, **options)
        except httpx.TransportError as error:
            raise broken_off(error, path, self._address) from error
        return checked(response, path)

    def version(self, path: str) -> dict[str, Any]:
        """Which version of a file its parts are read from: its `size`, and how requests name it. Throws IsADirectoryError."""
        found = self.info(path)
        if found["type"] == "directory":
            raise os_error(errno.EISDIR, os.strerror(errno.EISDIR), path)
        return {key: found[key] for key in ("size", "etag", "commit") if key in found}

    def read_range(self, path: str, version: dict[str, Any], start: int, end: int) -> bytes:
        """The bytes from `start` up to, and without, `end` of that version. Throws OSError ESTALE when it is gone."""
        if start >= end:
            return b""
        headers = {"Range": f"bytes={start}-{end - 1}", **({"If-Match": version["etag"]} if "etag" in version else {})}
        params = {"commit": version["commit"]} if "commit" in version else {}
        return whole_range(self.request("GET", path, headers=headers, params=params).content, path, start, end)

    def ls(self, path: str, detail: bool = True, **_options: Any) -> list[Any]:
        """A directory; `size` is in bytes, `modified` a datetime. Throws FileNotFoundError."""
        path = self._strip_protocol(path)
        found = list(self._mounts() if path == "" else self._entries(path))
        return found if detail else [entry["name"] for entry in found]

    def info(self, path: str, **_options: Any) -> dict[str, Any]:
        """One file or directory. Throws FileNotFoundError."""
        path = self._strip_protocol(path)
        if path == "":
            return {"name": "", "type": "directory", "size": 0}
        answer = self.request("HEAD", path)
        if not _is_file(answer):
            return {"name": path, "type": "directory", "size": 0}
        modified = answer.headers.get("Last-Modified")
        more = {key: answer.headers[name] for key, name in (("etag", "ETag"), ("commit", _COMMIT_HEADER)) if name in answer.headers}
        return {
            "name": path,
            "type": "file",
            "size": int(answer.headers["Content-Length"]),
            **({"modified": parsedate_to_datetime(modified)} if modified else {}),
            **more,
        }

    def modified(self, path: str) -> datetime:
        """When the file was last changed."""
        changed: datetime = self.info(path)["modified"]
        return changed

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **_options: Any) -> bytes:
        """The bytes from `start` up to, and without, `end`; negative ones count from the end of the file."""
        path = self._strip_protocol(path)
        if path == "" or start is not None or end is not None:
            return self._part(path, self.version(path), start, end)
        answer = self.request("GET", path)
        if not _is_file(answer):
            raise os_error(errno.EISDIR, os.strerror(errno.EISDIR), path)
        return answer.content

    def cat_ranges(
        self, paths: list[str], starts: Any, ends: Any, max_gap: int | None = None, on_error: str = "return", **_options: Any
    ) -> list[bytes | Exception]:
        """Parts of files; all parts of one file are of one version."""
        if max_gap is not None:
            raise NotImplementedError("max_gap is not supported")
        first, behind = ([limit] * len(paths) if not isinstance(limit, list) else limit for limit in (starts, ends))
        versions: dict[str, dict[str, Any]] = {}
        parts: list[bytes | Exception] = []
        for path, start, end in zip(map(self._strip_protocol, paths), first, behind, strict=True):
            try:
                if path not in versions:
                    versions[path] = self.version(path)
                parts.append(self._part(path, versions[path], start, end))
            except OSError as error:
                if on_error != "return":
                    raise
                parts.append(error)
        return parts

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_options: Any) -> None:
        """Writes a whole file."""
        if self._intrans:
            with self.open(path, "xb" if mode == "create" else "wb") as file:
                file.write(value)
            return
        headers = {"If-None-Match": "*"} if mode == "create" else {}
        self.request("PUT", self._strip_protocol(path), content=value, headers=headers, timeout=None)

    def mkdir(self, path: str, create_parents: bool = True, **_options: Any) -> None:
        """Makes a directory, and those above it."""
        self.request("PUT", self._strip_protocol(path) + "/", content=b"")

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Makes a directory, and those above it."""
        if not exist_ok and self.exists(path):
            raise FileExistsError(path)
        self.mkdir(path)

    def rm_file(self, path: str) -> None:
        """Deletes one file."""
        self._refuse_in_transaction("deleted", path)
        self.request("DELETE", self._strip_protocol(path))

    def rmdir(self, path: str) -> None:
        """Deletes an empty directory."""
        self._refuse_in_transaction("deleted", path)
        self.request("DELETE", self._strip_protocol(path))

    def rm(self, path: str | list[str], recursive: bool = False, maxdepth: int | None = None) -> None:
        """Deletes files, and directories with all that is in them where `recursive` is set."""
        for one in [path] if isinstance(path, str) else path:
            self._refuse_in_transaction("deleted", one)
            self.request("DELETE", self._strip_protocol(one), params={"recursive": "true"} if recursive else {})

    def cp_file(self, path1: str, path2: str, **_options: Any) -> None:
        """Writes the bytes of one file to another path; a directory is made."""
        if self.isdir(path1):
            self.mkdir(path2)
            return
        with self.open(path1, "rb") as source:
            if not self._intrans:
                self.request("PUT", self._strip_protocol(path2), content=source, timeout=None)
                return
            with self.open(path2, "wb") as target:
                shutil.copyfileobj(source, target)

    def mv(self, path1: str, path2: str, recursive: bool = False, maxdepth: int | None = None, **_options: Any) -> None:
        """
        Gives a file or directory another path, in place of a file that is there; an existing directory takes it in. Nothing
        is copied within a mount; into another mount it is copied, then deleted, directories only where `recursive` is set.
        """
        self._refuse_in_transaction("moved", path1)
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        if source == target:
            return
        if self.isdir(target):
            target = f"{target}/{source.rpartition('/')[2]}"
        for path in (source, target):
            _url(path)
        mount, _, rest = source.partition("/")
        other, _, new = target.partition("/")
        if mount != other:
            # Some versions of fsspec pass over what they could not copy, unless this is said.
            self.copy(source, target, recursive=recursive, maxdepth=maxdepth, on_error="raise")
            self.rm(source, recursive=recursive)
            return
        try:
            answer = self._connected().put(f"/mounts/{quote(mount, safe='')}/_rename", json={"from": rest, "to": new, "replace": True})
        except httpx.TransportError as error:
            raise broken_off(error, source, self._address) from error
        checked(answer, source)

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None, **options: Any) -> PfsFile:
        if mode not in ("rb", "wb", "xb"):
            raise ValueError(f"{path}: mode {mode!r} is not possible; files are read (rb) or written as a whole (wb, xb)")
        path = self._strip_protocol(path)
        if mode != "rb":
            self._check_place(path, exclusive=mode == "xb")
            return PfsFile(self, path, mode, block_size or _BLOCK_BYTES, **options)
        version = options.pop("version", None) or self.version(path)
        return PfsFile(self, path, mode, block_size or _BLOCK_BYTES, version, **options)

    def _part(self, path: str, version: dict[str, Any], start: int | None, end: int | None) -> bytes:
        first, behind, _ = slice(start, end).indices(version["size"])
        return self.read_range(path, version, first, behind)

    def _check_place(self, path: str, *, exclusive: bool) -> None:
        """Whether a file can be written there, as opening it on a disk says it."""
        if path == "":
            raise os_error(errno.EISDIR, os.strerror(errno.EISDIR), path)
        mount = path.partition("/")[0]
        try:
            answer = self.request("HEAD", path)
            if not _is_file(answer):
                raise os_error(errno.EISDIR, os.strerror(errno.EISDIR), path)
            if exclusive:
                raise os_error(errno.EEXIST, os.strerror(errno.EEXIST), path)
        except FileNotFoundError:
            answer = self.request("HEAD", mount)
        if "PUT" not in answer.headers.get("Allow", ""):
            raise os_error(errno.EROFS, f'{mount} is mounted read-only; mount the branch with mode "rw" to write', path)

    def _refuse_in_transaction(self, what: str, path: str) -> None:
        if self._intrans:
            raise os_error(errno.ENOTSUP, f"nothing can be {what} in a transaction, which could not bring it back; do it before or after", path)

    def _mounts(self) -> Iterator[dict[str, Any]]:
        try:
            answer = checked(self._connected().get("/mounts"), "")
        except httpx.TransportError as error:
            raise broken_off(error, "", self._address) from error
        mounted = answer.json()["mounted"]
        for name in sorted({mount["name"] for mount in mounted}):
            yield {"name": name, "type": "directory", "size": 0}

    def _entries(self, path: str) -> Iterator[dict[str, Any]]:
        after: str | None = None
        commit: dict[str, str] = {}
        while True:
            page = {"limit": str(_PAGE), **({"after": after} if after is not None else {}), **commit}
            answer = self.request("GET", path, params=page) if after is not None else self._first_page(path, page)
            if answer is None:
                yield self.info(path)
                return
            commit = {"commit": answer.headers[_COMMIT_HEADER]} if _COMMIT_HEADER in answer.headers else {}
            listed = answer.json()
            for entry in listed["entries"]:
                kind = {"link": "link", "directory": "directory"}.get(entry["kind"], "file")
                modified = datetime.fromisoformat(entry["modified"].replace("Z", "+00:00"))
                yield {"name": f"{path}/{entry['name']}", "type": kind, "size": entry["size_bytes"], "modified": modified}
            after = listed["next"]
            if after is None:
                return

    def _first_page(self, path: str, page: dict[str, str]) -> httpx.Response | None:
        """None where the path names a file, whose bytes are not taken."""
        url = _url(path)
        try:
            with self._connected().stream("GET", url, params=page) as answer:
                if answer.is_success and _is_file(answer):
                    return None
                answer.read()
        except httpx.TransportError as error:
            raise broken_off(error, path, self._address) from error
        return checked(answer, path)

    def _connected(self) -> httpx.Client:
        # A connection must not be shared with a process that was forked.
        if self._client is None or self._client_pid != os.getpid():
            is_socket = "://" not in self._address
            self._client = httpx.Client(
                transport=httpx.HTTPTransport(uds=self._address if is_socket else None),
                base_url="http://localhost" if is_socket else self._address,
                auth=TokenFile(self._token_file) if self._token_file else None,
                timeout=httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS),
                trust_env=False,
            )
            self._client_pid = os.getpid()
        return self._client

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_client": None}


def _url(path: str) -> str:
    try:
        return files_url(path)
    except BadComponent as error:
        raise os_error(error.errno, str(error), ascii(path)) from error


def _is_file(answer: httpx.Response) -> bool:
    return "Accept-Ranges" in answer.headers
