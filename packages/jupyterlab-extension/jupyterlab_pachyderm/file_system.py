"""`pfs://mount/path` for fsspec: what is mounted, through mount-server's `/files`, so that no mount is needed to read it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any
from urllib.parse import quote

import httpx
from fsspec.spec import AbstractBufferedFile, AbstractFileSystem

from .connection import TokenFile
from .discovery import find_address
from .refusal import told

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 120
_PAGE = 10_000
_BLOCK_BYTES = 1 << 20
_SPOOLED_BYTES = 8 << 20
_TOKEN_VARIABLE = "MOUNT_SERVER_TOKEN_FILE"


class PfsFileSystem(AbstractFileSystem):
    """
    The mounts of one mount-server: directories at the root. Reading works in every mount, writing in those with mode "rw";
    what was written is in the branch after the next commit of the mount.

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
        try:
            response = self._connected().request(method, _url(path), **options)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        return _checked(response, path)

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
        more = {"etag": answer.headers["ETag"]} if "ETag" in answer.headers else {}
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
        if start is None and end is None:
            answer = self.request("GET", path)
            if not _is_file(answer):
                raise IsADirectoryError(path)
            return answer.content
        size = int(self.info(path)["size"])
        first, behind, _ = slice(start, end).indices(size)
        if first >= behind:
            return b""
        return self.request("GET", path, headers={"Range": f"bytes={first}-{behind - 1}"}).content

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_options: Any) -> None:
        """Writes a whole file."""
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
        self.request("DELETE", self._strip_protocol(path))

    def rmdir(self, path: str) -> None:
        """Deletes an empty directory."""
        self.request("DELETE", self._strip_protocol(path))

    def rm(self, path: str | list[str], recursive: bool = False, maxdepth: int | None = None) -> None:
        """Deletes files, and directories with all that is in them where `recursive` is set."""
        for one in [path] if isinstance(path, str) else path:
            self.request("DELETE", self._strip_protocol(one), params={"recursive": "true"} if recursive else {})

    def cp_file(self, path1: str, path2: str, **_options: Any) -> None:
        """Writes the bytes of one file to another path; a directory is made."""
        if self.isdir(path1):
            self.mkdir(path2)
            return
        with self.open(path1, "rb") as source:
            self.request("PUT", self._strip_protocol(path2), content=source, timeout=None)

    def mv(self, path1: str, path2: str, recursive: bool = False, maxdepth: int | None = None, **_options: Any) -> None:
        """
        Gives a file or directory another path, in place of a file that is there; an existing directory takes it in. Nothing
        is copied within a mount; into another mount it is copied, then deleted, directories only where `recursive` is set.
        """
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        if source == target:
            return
        if self.isdir(target):
            target = f"{target}/{source.rpartition('/')[2]}"
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
            raise self._unreachable(error) from error
        _checked(answer, source)

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None, **options: Any) -> PfsFile:
        if mode not in ("rb", "wb", "xb"):
            raise ValueError(f"{path}: mode {mode!r} is not possible; files are read (rb) or written as a whole (wb, xb)")
        options.pop("autocommit", None)
        size = {"size": None} if mode == "rb" else {}
        return PfsFile(self, self._strip_protocol(path), mode, block_size or _BLOCK_BYTES, **{**size, **options})

    def _mounts(self) -> Iterator[dict[str, Any]]:
        try:
            answer = _checked(self._connected().get("/mounts"), "")
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        mounted = answer.json()["mounted"]
        for name in sorted({mount["name"] for mount in mounted}):
            yield {"name": name, "type": "directory", "size": 0}

    def _entries(self, path: str) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            page = {"limit": str(_PAGE), **({"after": after} if after is not None else {})}
            answer = self.request("GET", path, params=page) if after is not None else self._first_page(path, page)
            if answer is None:
                yield self.info(path)
                return
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
        try:
            with self._connected().stream("GET", _url(path), params=page) as answer:
                if answer.is_success and _is_file(answer):
                    return None
                answer.read()
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        return _checked(answer, path)

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

    def _unreachable(self, error: httpx.TransportError) -> OSError:
        return ConnectionError(
            f"No mount-server answers at {self._address} ({error}). Start JupyterLab with jupyterlab-pachyderm, or give its address: "
            'storage_options={"address": "http://127.0.0.1:9002"}.'
        )

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_client": None}


class PfsFile(AbstractBufferedFile):  # type: ignore[misc]
    """One open file. What is written goes out when it is closed, as a whole."""

    def __init__(self, fs: PfsFileSystem, path: str, mode: str, block_size: int, **options: Any) -> None:
        self._spool: IO[bytes] | None = None
        self._conditions = {"If-None-Match": "*"} if mode == "xb" else {}
        # Older versions of fsspec know no exclusive files.
        super().__init__(fs, path, mode="rb" if mode == "rb" else "wb", block_size=block_size, cache_type=options.pop("cache_type", "readahead"), **options)

    def _fetch_range(self, start: int, end: int) -> bytes:
        if start >= end:
            return b""
        content: bytes = self.fs.request("GET", self.path, headers={"Range": f"bytes={start}-{end - 1}"}).content
        return content

    def _initiate_upload(self) -> None:
        self._spool = tempfile.SpooledTemporaryFile(_SPOOLED_BYTES)  # noqa: SIM115

    def _upload_chunk(self, final: bool = False) -> bool:
        assert self._spool is not None
        self._spool.write(self.buffer.getvalue())
        if final:
            self._spool.seek(0)
            self.fs.request("PUT", self.path, content=self._spool, headers=self._conditions, timeout=None)
            self._spool.close()
        return True


def _url(path: str) -> str:
    names = path.split("/")
    if "." in names or ".." in names:
        raise FileNotFoundError(f"{path}: no file is called . or ..")
    return "/files/" + "/".join(quote(name, safe="") for name in names)


def _is_file(answer: httpx.Response) -> bool:
    return "Accept-Ranges" in answer.headers


def _checked(response: httpx.Response, path: str) -> httpx.Response:
    """The answer, or the error that Python's own files raise."""
    if response.is_success:
        return response
    message, code, more = told(response.text or path)
    hint = more.get("hint")
    sentence = f"{message}; {hint}" if isinstance(hint, str) else message
    if response.status_code == 404:
        raise FileNotFoundError(sentence)
    if response.status_code in (401, 403):
        raise PermissionError(sentence)
    if code == "ALREADY_EXISTS":
        raise FileExistsError(sentence)
    raise OSError(sentence)
