"""Where a library reads and writes: a folder on a mount, or the same by `pfs://`."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any, Protocol

import fsspec
import pyarrow.fs


class Place(Protocol):
    """A folder. `storage_options` belong to what `at` answers, and `arrow` and `arrow_path` to each other."""

    way: str
    storage_options: dict[str, Any] | None
    arrow: pyarrow.fs.FileSystem

    def make(self) -> None: ...
    def at(self, name: str) -> str: ...
    def arrow_path(self, name: str) -> str: ...
    def open(self, name: str, mode: str = "rb") -> IO[bytes]: ...
    def names(self) -> list[str]: ...


class DiskPlace:
    """A folder below the mount directory."""

    way = "mount"
    storage_options = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.arrow: pyarrow.fs.FileSystem = pyarrow.fs.LocalFileSystem()

    def make(self) -> None:
        self.folder.mkdir(parents=True)

    def at(self, name: str) -> str:
        return str(self.folder / name)

    arrow_path = at

    def open(self, name: str, mode: str = "rb") -> IO[bytes]:
        return open(self.at(name), mode)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


class PfsPlace:
    """The same by fsspec; `fs` is what libraries take that know fsspec by an object."""

    way = "pfs"

    def __init__(self, fs: fsspec.AbstractFileSystem, folder: str) -> None:
        self.fs = fs
        self.folder = folder
        self.storage_options: dict[str, Any] | None = {"address": fs.storage_options["address"]}
        self.arrow: pyarrow.fs.FileSystem = pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(fs))

    def make(self) -> None:
        self.fs.makedirs(self.folder)

    def at(self, name: str) -> str:
        return f"pfs://{self.folder}/{name}"

    def arrow_path(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def open(self, name: str, mode: str = "rb") -> IO[bytes]:
        return self.fs.open(self.at(name), mode)

    def names(self) -> list[str]:
        return sorted(path.rpartition("/")[2] for path in self.fs.ls(self.folder, detail=False))
