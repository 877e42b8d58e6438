"""What each library writes, and how it reads that back; `docs/libraries.md` shows the same ways to people."""

from __future__ import annotations

import io
import multiprocessing
import os
import sqlite3
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import ClassVar

import duckdb
import h5py
import joblib
import numpy
import pandas
import polars
import pyarrow
import pyarrow.dataset
import pytest
import zarr
from PIL import Image
from places import DiskPlace, PfsPlace, Place

ROWS = 5_000
TABLE = pandas.DataFrame({"i": range(ROWS), "f": [k / 7 for k in range(ROWS)], "s": [f"row {k}" for k in range(ROWS)], "g": [k % 4 for k in range(ROWS)]})
ARRAY = numpy.arange(60_000, dtype="f8").reshape(200, 300)


def same(found: pandas.DataFrame) -> bool:
    return found.sort_values("i").reset_index(drop=True).astype({"s": object}).equals(TABLE.astype({"s": object}))


class Pandas:
    def write(self, place: Place) -> None:
        options = {"storage_options": place.storage_options}
        TABLE.to_csv(place.at("a.csv"), index=False, **options)
        TABLE.to_csv(place.at("a.csv.gz"), index=False, **options)
        TABLE.to_parquet(place.at("a.parquet"), **options)
        TABLE.to_parquet(place.at("parts"), partition_cols=["g"], **options)

    def read(self, place: Place) -> None:
        options = {"storage_options": place.storage_options}
        assert same(pandas.read_csv(place.at("a.csv"), **options))
        assert same(pandas.read_csv(place.at("a.csv.gz"), **options))
        assert sum(len(part) for part in pandas.read_csv(place.at("a.csv"), chunksize=700, **options)) == ROWS
        assert same(pandas.read_parquet(place.at("a.parquet"), **options))
        assert len(pandas.read_parquet(place.at("parts"), filters=[("g", "==", 1)], **options)) == ROWS / 4


class PyarrowDatasets:
    partitioning = pyarrow.dataset.partitioning(pyarrow.schema([("g", pyarrow.int64())]), flavor="hive")

    def write(self, place: Place) -> None:
        for _ in range(2):
            pyarrow.dataset.write_dataset(
                pyarrow.Table.from_pandas(TABLE), place.arrow_path("hive"), filesystem=place.arrow, format="parquet",
                partitioning=self.partitioning, existing_data_behavior="delete_matching",
            )  # fmt: skip

    def read(self, place: Place) -> None:
        dataset = pyarrow.dataset.dataset(place.arrow_path("hive"), filesystem=place.arrow, partitioning="hive")
        assert dataset.count_rows() == ROWS
        assert dataset.to_table(filter=pyarrow.dataset.field("g") == 2).num_rows == ROWS / 4


class Polars:
    def write(self, place: Place) -> None:
        with place.open("a.parquet", "wb") as file:
            polars.from_pandas(TABLE).write_parquet(file)
        with place.open("a.csv", "wb") as file:
            polars.from_pandas(TABLE).write_csv(file)

    def read(self, place: Place) -> None:
        if isinstance(place, DiskPlace):
            assert same(polars.scan_parquet(place.at("a.parquet")).collect().to_pandas())
            assert polars.scan_csv(place.at("a.csv")).filter(polars.col("i") > 10).collect().height == ROWS - 11
            return
        # Polars opens only the URLs that it knows itself.
        with pytest.raises(Exception, match="pfs"):
            polars.scan_parquet(place.at("a.parquet")).collect()
        with place.open("a.parquet") as file:
            assert same(polars.read_parquet(file).to_pandas())
        with place.open("a.parquet") as file:
            assert polars.scan_parquet(file).filter(polars.col("i") > 10).collect().height == ROWS - 11
        with place.open("a.csv") as file:
            assert same(polars.read_csv(file).to_pandas())
        dataset = pyarrow.dataset.dataset(place.arrow_path("a.parquet"), filesystem=place.arrow)
        assert polars.scan_pyarrow_dataset(dataset).filter(polars.col("g") == 1).collect().height == ROWS / 4


class DuckDB:
    def write(self, place: Place) -> None:
        self._connected(place).execute(f"COPY (SELECT range AS i, range % 3 AS b FROM range({ROWS})) TO '{place.at('a.parquet')}' (FORMAT parquet)")
        self._connected(place).execute(f"COPY (SELECT range AS i FROM range({ROWS})) TO '{place.at('a.csv')}' (HEADER)")

    def read(self, place: Place) -> None:
        connection = self._connected(place)
        assert connection.execute(f"SELECT count(*), sum(i) FROM read_parquet('{place.at('a.parquet')}') WHERE b = 0").fetchone() == (1667, 4165833)
        assert connection.execute(f"SELECT count(*) FROM read_parquet('{place.at('*.parquet')}')").fetchone() == (ROWS,)
        assert connection.execute(f"SELECT max(i) FROM read_csv('{place.at('a.csv')}')").fetchone() == (ROWS - 1,)

    def _connected(self, place: Place) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        if isinstance(place, PfsPlace):
            connection.register_filesystem(place.fs)
        return connection


class H5py:
    def write(self, place: Place) -> None:
        if isinstance(place, DiskPlace):
            self._fill(place.at("a.h5"))
            return
        # HDF5 goes back while it writes; pfs:// writes files from their beginning to their end.
        with pytest.raises(Exception, match=r"(?i)seek|read|write|flush"), place.open("refused.h5", "wb") as file, h5py.File(file, "w") as refused:
            refused["x"] = ARRAY
        with tempfile.TemporaryDirectory() as folder:
            self._fill(f"{folder}/a.h5")
            place.fs.put_file(f"{folder}/a.h5", place.at("a.h5"))

    def read(self, place: Place) -> None:
        with place.open("a.h5") as file, h5py.File(file, "r") as opened:
            assert (opened["x"][:] == ARRAY).all()
            assert (opened["c"][50:60] == ARRAY[50:60] * 2).all()
        if isinstance(place, DiskPlace):
            with h5py.File(place.at("a.h5"), "r") as opened:
                assert (opened["x"][:] == ARRAY).all()

    def _fill(self, path: str) -> None:
        with h5py.File(path, "w") as file:
            file["x"] = ARRAY
            file.create_dataset("c", data=ARRAY, chunks=(50, 50), compression="gzip")
        with h5py.File(path, "r+") as file:
            file["c"][:] = ARRAY * 2


class Zarr:
    def write(self, place: Place) -> None:
        group = zarr.open_group(place.at("a.zarr"), mode="w", storage_options=place.storage_options)
        array = group.create_array("x", shape=ARRAY.shape, chunks=(100, 100), dtype="f8")
        array[:] = ARRAY
        array[10:20, 10:20] = 5

    def read(self, place: Place) -> None:
        found = zarr.open_group(place.at("a.zarr"), mode="r", storage_options=place.storage_options)["x"]
        assert (found[20:] == ARRAY[20:]).all()
        assert (found[10:20, 10:20] == 5).all()


class Sqlite:
    def write(self, place: Place) -> None:
        if isinstance(place, DiskPlace):
            self._fill(place.at("a.db"))
            return
        with tempfile.TemporaryDirectory() as folder:
            self._fill(f"{folder}/a.db")
            place.fs.put_file(f"{folder}/a.db", place.at("a.db"))

    def read(self, place: Place) -> None:
        if isinstance(place, DiskPlace):
            self._check(place.at("a.db"))
            return
        # SQLite reads files of the system only: by pfs:// it gets a copy.
        with pytest.raises(sqlite3.OperationalError):
            sqlite3.connect(f"file:{place.at('a.db')}?mode=ro", uri=True).execute("SELECT * FROM t")
        with tempfile.TemporaryDirectory() as folder:
            place.fs.get_file(place.at("a.db"), f"{folder}/a.db")
            self._check(f"{folder}/a.db")

    def _fill(self, path: str) -> None:
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE t (i INTEGER PRIMARY KEY, s TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", ((k, f"row {k}") for k in range(ROWS)))
        connection.commit()
        other = sqlite3.connect(path, timeout=0)
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM t")
        connection.rollback()
        connection.execute("VACUUM")
        connection.close()
        other.close()

    def _check(self, path: str) -> None:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        assert connection.execute("SELECT count(*), max(s) FROM t").fetchone() == (ROWS, "row 999")
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


class Numpy:
    def write(self, place: Place) -> None:
        if isinstance(place, DiskPlace):
            mapped = numpy.lib.format.open_memmap(place.at("a.npy"), mode="w+", dtype="f8", shape=ARRAY.shape)
            mapped[:] = ARRAY
            mapped.flush()
            return
        with place.open("a.npy", "wb") as file:
            numpy.save(file, ARRAY)

    def read(self, place: Place) -> None:
        with place.open("a.npy") as file:
            assert (numpy.load(file) == ARRAY).all()
        if isinstance(place, DiskPlace):
            assert (numpy.load(place.at("a.npy"), mmap_mode="r")[150] == ARRAY[150]).all()
            return
        # A map of memory needs a file of the system.
        with place.open("a.npy") as file, pytest.raises(io.UnsupportedOperation):
            numpy.memmap(file, mode="r")


class Joblib:
    def write(self, place: Place) -> None:
        with place.open("model.joblib", "wb") as file:
            joblib.dump({"weights": ARRAY, "name": "linear"}, file)

    def read(self, place: Place) -> None:
        with place.open("model.joblib") as file:
            assert (joblib.load(file)["weights"] == ARRAY).all()
        if isinstance(place, DiskPlace):
            assert (joblib.load(place.at("model.joblib"), mmap_mode="r")["weights"] == ARRAY).all()


class Pillow:
    def write(self, place: Place) -> None:
        for k in range(12):
            with place.open(f"{k:02}.png", "wb") as file:
                Image.new("RGB", (64, 48), (k * 20, 0, 255 - k * 20)).save(file, "PNG")

    def read(self, place: Place) -> None:
        assert place.names() == [f"{k:02}.png" for k in range(12)]
        for k, name in enumerate(place.names()):
            with place.open(name) as file:
                assert Image.open(file).getpixel((5, 5)) == (k * 20, 0, 255 - k * 20)


class TarAndZip:
    def write(self, place: Place) -> None:
        with place.open("a.zip", "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("folder/x.txt", "x" * 100_000)
        with place.open("a.tar.gz", "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            entry = tarfile.TarInfo("folder/x.txt")
            entry.size = 100_000
            archive.addfile(entry, io.BytesIO(b"x" * 100_000))

    def read(self, place: Place) -> None:
        with place.open("a.zip") as file, zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None
            assert archive.read("folder/x.txt") == b"x" * 100_000
        with place.open("a.tar.gz") as file, tarfile.open(fileobj=file) as archive:
            assert archive.extractfile("folder/x.txt").read() == b"x" * 100_000


class Commands:
    """tar, zip, rsync and git take files of the system; what they made is brought to `pfs://` as a folder, and copied from there."""

    environment: ClassVar[dict[str, str]] = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}

    def write(self, place: Place) -> None:
        if isinstance(place, DiskPlace):
            self._make(place.folder)
            return
        with tempfile.TemporaryDirectory() as folder:
            self._make(Path(folder))
            place.fs.put(f"{folder}/", place.folder + "/", recursive=True)

    def read(self, place: Place) -> None:
        with tempfile.TemporaryDirectory() as folder:
            if isinstance(place, PfsPlace):
                place.fs.get(place.folder + "/", f"{folder}/copied/", recursive=True)
                self._check(Path(folder) / "copied", Path(folder))
            else:
                self._check(place.folder, Path(folder))

    def _make(self, folder: Path) -> None:
        tree = folder / "tree"
        tree.mkdir()
        (tree / "a.txt").write_text("a\n")
        self._run(folder, "tar", "-cf", "tree.tar", "tree")
        self._run(folder, "zip", "-qr", "tree.zip", "tree")
        self._run(folder, "rsync", "-a", "tree/", "synced/")
        # A pack and no loose objects, in a repository without empty directories, which no commit holds.
        self._run(folder, "git", "init", "-q", "-b", "main", "project")
        (folder / "project" / "a.txt").write_text("a\n")
        self._run(folder / "project", "git", "add", ".")
        self._run(folder / "project", "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first")

    def _check(self, folder: Path, scratch: Path) -> None:
        for archive in (["tar", "-xf", str(folder / "tree.tar"), "-C"], ["unzip", "-q", str(folder / "tree.zip"), "-d"]):
            target = scratch / archive[0]
            target.mkdir()
            self._run(scratch, *archive, str(target))
            assert (target / "tree" / "a.txt").read_text() == "a\n"
        self._run(scratch, "rsync", "-a", f"{folder}/synced/", "out/")
        assert (scratch / "out" / "a.txt").read_text() == "a\n"
        self._run(scratch, "rsync", "-a", f"{folder}/project/", "project/")
        assert self._run(scratch / "project", "git", "log", "--format=%s") == "first\n"
        assert self._run(scratch / "project", "git", "status", "--porcelain") == ""

    def _run(self, folder: Path, *command: str) -> str:
        ran = subprocess.run(command, cwd=folder, env=self.environment, capture_output=True, text=True)
        assert ran.returncode == 0, f"{' '.join(command)}: {ran.stderr}"
        return ran.stdout


class Samples:
    """A data set as torch.utils.data knows it: a length and items. Workers get it pickled, and open files themselves."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.names = place.names()

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> int:
        with self.place.open(self.names[index]) as file:
            return int(numpy.load(file).sum())


class DataLoaders:
    def write(self, place: Place) -> None:
        for k in range(24):
            with place.open(f"{k:03}.npy", "wb") as file:
                numpy.save(file, numpy.full(1000, k))

    def read(self, place: Place) -> None:
        samples = Samples(place)
        for method in ("fork", "spawn"):
            with multiprocessing.get_context(method).Pool(2) as workers:
                assert workers.map(samples.__getitem__, range(len(samples))) == [k * 1000 for k in range(24)]


LIBRARIES = [Pandas, PyarrowDatasets, Polars, DuckDB, H5py, Zarr, Sqlite, Numpy, Joblib, Pillow, TarAndZip, Commands, DataLoaders]
