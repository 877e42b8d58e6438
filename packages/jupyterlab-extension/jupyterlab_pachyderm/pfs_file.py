"""One open file of `pfs://`: what it reads is one version of the file, and what it writes appears as a whole."""

from __future__ import annotations

import errno
import tempfile
from typing import IO, TYPE_CHECKING, Any

from fsspec.spec import AbstractBufferedFile

from .posix_errors import os_error

if TYPE_CHECKING:
    from .file_system import PfsFileSystem

_SPOOLED_BYTES = 8 << 20


class PfsFile(AbstractBufferedFile):  # type: ignore[misc]
    """
    Reads of the version that `version` describes, which PfsFileSystem.version makes; also after it was pickled. Writes go out when
    it is closed or, in a transaction, when that ends well.
    """

    fs: PfsFileSystem

    def __init__(self, fs: PfsFileSystem, path: str, mode: str, block_size: int, version: dict[str, Any] | None = None, **options: Any) -> None:
        self._spool: IO[bytes] | None = None
        self._conditions = {"If-None-Match": "*"} if mode == "xb" else {}
        self._version = version or {}
        if version is not None:
            options = {**options, "size": version["size"], "version": version}
        cache_type = options.pop("cache_type", "readahead")
        # Older versions of fsspec know no exclusive files.
        super().__init__(fs, path, mode="rb" if mode == "rb" else "wb", block_size=block_size, cache_type=cache_type, **options)

    def commit(self) -> None:
        """Writes what a transaction held back."""
        self.close()
        self._send()

    def discard(self) -> None:
        """Forgets what a transaction held back."""
        self.close()
        if self._spool is not None:
            self._spool.close()

    def _fetch_range(self, start: int, end: int) -> bytes:
        return self.fs.read_range(self.path, self._version, start, end)

    def _initiate_upload(self) -> None:
        self._spool = tempfile.SpooledTemporaryFile(_SPOOLED_BYTES)  # noqa: SIM115

    def _upload_chunk(self, final: bool = False) -> bool:
        assert self._spool is not None
        self._spool.write(self.buffer.getvalue())
        if final and self.autocommit:
            self._send()
        return True

    def _send(self) -> None:
        assert self._spool is not None
        self._spool.seek(0)
        try:
            self.fs.request("PUT", self.path, content=self._spool, headers=self._conditions, timeout=None)
        finally:
            self._spool.close()


def whole_range(content: bytes, path: str, start: int, end: int) -> bytes:
    """The bytes, which must be all of those that were asked for. Throws OSError."""
    if len(content) != end - start:
        raise os_error(errno.EIO, f"{len(content)} bytes came of {end - start} from byte {start} on; read it again", path)
    return content
