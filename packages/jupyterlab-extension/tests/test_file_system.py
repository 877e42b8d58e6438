"""`pfs://` is read and written by the libraries that notebooks use, with a mount-server that mounts nothing."""

from __future__ import annotations

import errno
import json
import pickle
import signal
import subprocess
import threading
import time

import fsspec
import httpx
import pandas
import polars
import pyarrow
import pyarrow.dataset
import pyarrow.parquet
import pytest
from conftest import MOUNT_SERVER, SALES
from PIL import Image

from jupyterlab_pachyderm.discovery import ADDRESS_VARIABLE
from jupyterlab_pachyderm.file_system import PfsFileSystem

OUT = {"name": "out", "repo": "sales", "project": "default", "branch": "frames", "mode": "rw"}
OTHER = {"name": "other", "repo": "sales", "project": "default", "branch": "moved", "mode": "rw"}
TABLE = pandas.DataFrame({"city": ["Paris", "Oslo"], "amount": [10, 20]})
CSV = "pfs://default_sales/2026/january.csv"


@pytest.fixture(scope="module")
def sock_path(pachd, tmp_path_factory):
    """The socket of a mount-server without FUSE, with a mount to read and one to write."""
    folder = tmp_path_factory.mktemp("no-fuse")
    config = folder / "config.json"
    config.write_text(json.dumps({"v2": {"active_context": "a", "contexts": {"a": {"pachd_address": pachd}}}}))
    path = folder / "s.sock"
    command = ["node", str(MOUNT_SERVER), "--no-fuse", "--mount-dir", str(folder / "pfs"), "--sock-path", str(path), "--pach-config", str(config)]
    places = ["--stage-dir", str(folder / "stage"), "--cache-dir", str(folder / "cache"), "--log-level", "warn"]
    process = subprocess.Popen([*command, *places])
    client = httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://localhost", timeout=30)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if client.get("/ready").is_success:
                break
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    client.put("/_mount", json={"mounts": [SALES, OUT, OTHER]}).raise_for_status()
    yield str(path)
    process.send_signal(signal.SIGTERM)
    process.wait(30)


@pytest.fixture
def rest(sock_path):
    """Calls mount-server."""

    def call(method, path, body):
        client = httpx.Client(transport=httpx.HTTPTransport(uds=sock_path), base_url="http://localhost", timeout=30)
        return client.request(method, path, json=body).raise_for_status().json()

    return call


@pytest.fixture
def moving(pfs, rest):
    """A read-only mount with one file, and a function that moves it on to a commit with as many other bytes."""
    pfs.pipe_file("pfs://other/moving.csv", b"old,1\n" * 1_000_000)
    rest("PUT", "/_commit", {"mount": "other"})
    rest("PUT", "/_mount", {"mounts": [{**OTHER, "name": "moving", "mode": "ro"}]})

    def move_on():
        pfs.pipe_file("pfs://other/moving.csv", b"new,2\n" * 1_000_000)
        rest("PUT", "/_commit", {"mount": "other"})
        rest("PUT", "/mounts/moving/_update", {})
        assert pfs.cat_file("pfs://moving/moving.csv", 0, 3) == b"new"

    yield move_on
    rest("PUT", "/_unmount", {"mounts": ["moving"]})


@pytest.fixture
def pfs(sock_path, monkeypatch):
    """The file system, found as a kernel finds it."""
    monkeypatch.setenv(ADDRESS_VARIABLE, sock_path)
    fsspec.register_implementation("pfs", PfsFileSystem, clobber=True)
    PfsFileSystem.clear_instance_cache()
    return fsspec.filesystem("pfs")


def test_the_root_lists_the_mounts(pfs):
    assert pfs.ls("pfs://", detail=False) == ["default_sales", "other", "out"]
    assert pfs.isdir("pfs://default_sales")


def test_a_directory_lists_its_files_with_sizes_and_times(pfs):
    [entry] = pfs.ls("pfs://default_sales/2026")

    assert (entry["name"], entry["type"], entry["size"]) == ("default_sales/2026/january.csv", "file", 21)
    assert entry["modified"].tzinfo is not None


def test_a_file_that_is_listed_is_itself(pfs):
    assert pfs.ls(CSV, detail=False) == ["default_sales/2026/january.csv"]
    assert pfs.info(CSV)["size"] == 21
    assert pfs.isfile(CSV)


def test_globs_and_walks_go_through_all_directories(pfs):
    assert pfs.glob("pfs://default_sales/**/*.csv") == ["default_sales/2026/january.csv"]
    assert pfs.find("pfs://default_sales") == ["default_sales/2026/january.csv"]


def test_what_is_not_there_is_file_not_found(pfs):
    assert not pfs.exists("pfs://default_sales/nope.csv")
    with pytest.raises(FileNotFoundError, match="nope.csv"):
        pfs.open("pfs://default_sales/nope.csv")
    with pytest.raises(FileNotFoundError, match="nothing is mounted at 'nope'"):
        pfs.ls("pfs://nope")


def test_no_path_leads_out_of_the_files(pfs):
    with pytest.raises(FileNotFoundError):
        pfs.cat_file("pfs://default_sales/../../mounts")


def test_a_directory_has_no_bytes(pfs):
    with pytest.raises(IsADirectoryError):
        pfs.cat_file("pfs://default_sales/2026")


def test_parts_of_a_file_are_read(pfs):
    assert pfs.cat_file(CSV, 5, 11) == b"amount"
    assert pfs.cat_file(CSV, -3) == b"10\n"
    assert pfs.cat_file(CSV, 100, 200) == b""
    with pfs.open(CSV) as file:
        file.seek(12)
        assert file.read(5) == b"Paris"


def test_small_reads_in_a_row_are_few_requests(pfs):
    content = bytes(range(256)) * 4096
    pfs.pipe_file("pfs://out/row.bin", content)
    asked = []
    request = pfs.request
    pfs.request = lambda method, path, **options: asked.append(method) or request(method, path, **options)

    with pfs.open("pfs://out/row.bin") as file:
        parts = [file.read(1000) for _ in range(500)]

    assert b"".join(parts) == content[:500_000]
    assert asked.count("GET") <= 2


def test_pandas_reads_csv(pfs):
    assert pandas.read_csv(CSV).to_dict("list") == {"city": ["Paris"], "amount": [10]}


def test_pandas_writes_and_reads_csv_and_parquet(pfs):
    TABLE.to_csv("pfs://out/table.csv", index=False)
    TABLE.to_parquet("pfs://out/table.parquet")

    assert pandas.read_csv("pfs://out/table.csv").equals(TABLE)
    assert pandas.read_parquet("pfs://out/table.parquet").equals(TABLE)


def test_pyarrow_reads_a_table_and_a_dataset(pfs):
    for year in (2025, 2026):
        TABLE.to_parquet(f"pfs://out/by-year/{year}.parquet")

    table = pyarrow.parquet.read_table("out/by-year/2025.parquet", filesystem=pfs)
    dataset = pyarrow.dataset.dataset("out/by-year", filesystem=pfs, format="parquet")

    assert table.column("amount").to_pylist() == [10, 20]
    assert dataset.count_rows() == 4


def test_polars_reads_csv_and_parquet(pfs):
    TABLE.to_parquet("pfs://out/polars.parquet")

    with pfs.open("pfs://out/polars.parquet") as file:
        assert polars.read_parquet(file)["amount"].to_list() == [10, 20]
    with pfs.open(CSV) as file:
        assert polars.read_csv(file)["city"].to_list() == ["Paris"]


def test_pillow_reads_and_writes_images(pfs):
    with pfs.open("pfs://out/red.png", "wb") as file:
        Image.new("RGB", (4, 3), "red").save(file, "PNG")

    with pfs.open("pfs://out/red.png") as file:
        image = Image.open(file)
        assert (image.size, image.getpixel((0, 0))) == ((4, 3), (255, 0, 0))


def test_a_file_larger_than_a_block_is_written_whole(pfs):
    content = bytes(range(256)) * 50_000

    with pfs.open("pfs://out/large.bin", "wb") as file:
        for start in range(0, len(content), 70_000):
            file.write(content[start : start + 70_000])

    assert pfs.cat_file("pfs://out/large.bin") == content


def test_text_and_empty_files_are_written(pfs):
    with fsspec.open("pfs://out/notes.txt", "w", encoding="utf-8") as file:
        file.write("grün\n")
    with pfs.open("pfs://out/empty", "wb"):
        pass

    assert pfs.cat_file("pfs://out/notes.txt").decode() == "grün\n"
    assert pfs.info("pfs://out/empty")["size"] == 0


def test_files_and_directories_are_made_and_deleted(pfs):
    pfs.makedirs("pfs://out/a/b")
    pfs.pipe_file("pfs://out/a/b/c.txt", b"c")
    with pytest.raises(OSError, match="not empty"):
        pfs.rm("pfs://out/a")

    pfs.rm_file("pfs://out/a/b/c.txt")
    assert pfs.ls("pfs://out/a/b") == []
    pfs.rm("pfs://out/a", recursive=True)

    assert not pfs.exists("pfs://out/a")


def test_files_and_directories_move_within_a_mount_without_being_copied(pfs):
    pfs.pipe({"pfs://out/draft/a.txt": b"a", "pfs://out/old.txt": b"old", "pfs://out/new.txt": b"new"})

    pfs.mv("pfs://out/new.txt", "pfs://out/old.txt")
    pfs.rename("pfs://out/draft", "pfs://out/final")
    pfs.mv("pfs://out/old.txt", "pfs://out/final")

    assert pfs.find("pfs://out/final") == ["out/final/a.txt", "out/final/old.txt"]
    assert pfs.cat("pfs://out/final/old.txt") == b"new"
    assert not any(pfs.exists(f"pfs://out/{gone}") for gone in ("draft", "old.txt", "new.txt"))
    pfs.rm("pfs://out/final", recursive=True)


def test_files_and_directories_move_to_another_mount(pfs):
    pfs.pipe({"pfs://out/d/a.txt": b"a" * 3_000_000, "pfs://out/d/e/b.txt": b""})

    pfs.mv("pfs://out/d", "pfs://other/d", recursive=True)

    assert pfs.cat(pfs.find("pfs://other/d")) == {"other/d/a.txt": b"a" * 3_000_000, "other/d/e/b.txt": b""}
    assert not pfs.exists("pfs://out/d")


def test_a_move_that_is_refused_leaves_everything(pfs):
    with pytest.raises(PermissionError, match="rw"):
        pfs.mv(CSV, "pfs://default_sales/2026/february.csv")
    with pytest.raises(PermissionError):
        pfs.mv(CSV, "pfs://other/january.csv")
    with pytest.raises(FileNotFoundError):
        pfs.mv("pfs://out/none", "pfs://out/some")

    assert pfs.exists(CSV)


def test_an_exclusive_file_never_replaces_one(pfs):
    pfs.pipe_file("pfs://out/once.txt", b"first")

    with pytest.raises(FileExistsError), pfs.open("pfs://out/once.txt", "xb") as file:
        file.write(b"second")

    assert pfs.cat_file("pfs://out/once.txt") == b"first"


def test_a_read_only_mount_says_how_to_write(pfs):
    with pytest.raises(PermissionError, match='mode "rw"'):
        pfs.pipe_file("pfs://default_sales/new.txt", b"new")


def test_names_with_signs_of_urls_are_names(pfs):
    for name in ("a?b", "a#b", "50%", "x y", "ü"):
        pfs.pipe_file(f"pfs://out/signs/{name}", name.encode())

    assert {path.rpartition("/")[2] for path in pfs.ls("pfs://out/signs", detail=False)} == {"a?b", "a#b", "50%", "x y", "ü"}
    assert pfs.cat_file("pfs://out/signs/50%") == b"50%"


def test_appending_is_refused_with_what_is_possible(pfs):
    with pytest.raises(ValueError, match="as a whole"):
        pfs.open("pfs://out/log.txt", "ab")


def test_a_file_system_goes_to_another_process(pfs):
    there = pickle.loads(pickle.dumps(pfs))

    assert there.cat_file(CSV) == pfs.cat_file(CSV)


def test_many_threads_read_at_once(pfs):
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(pfs.cat_file(CSV))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [b"city,amount\nParis,10\n"] * 16


def test_without_mount_server_the_error_says_what_to_do(tmp_path):
    away = PfsFileSystem(address=str(tmp_path / "none.sock"))

    with pytest.raises(ConnectionError, match="Start JupyterLab with jupyterlab-pachyderm"):
        away.ls("pfs://")


def test_a_copy_to_the_local_disk_is_exact(pfs, tmp_path):
    pfs.get(CSV, str(tmp_path / "january.csv"))

    assert (tmp_path / "january.csv").read_bytes() == pfs.cat_file(CSV)


def test_an_open_file_stays_at_its_commit_when_the_mount_moves_on(pfs, moving):
    with pfs.open("pfs://moving/moving.csv") as file:
        first = file.read(6)
        moving()
        rest_of_file = file.read()

    assert first + rest_of_file == b"old,1\n" * 1_000_000
    assert pfs.cat_file("pfs://moving/moving.csv") == b"new,2\n" * 1_000_000


def test_an_open_file_stays_at_its_commit_in_another_process(pfs, moving):
    with pfs.open("pfs://moving/moving.csv") as file:
        packed = pickle.dumps(file)
    moving()

    assert pickle.loads(packed).read() == b"old,1\n" * 1_000_000


def test_a_file_that_is_written_while_it_is_read_is_an_error(pfs):
    pfs.pipe_file("pfs://out/changing.csv", b"old,1\n" * 1_000_000)

    with pfs.open("pfs://out/changing.csv") as file:
        file.read(6)
        pfs.pipe_file("pfs://out/changing.csv", b"new,2\n" * 1_000_000)
        with pytest.raises(OSError, match="open the file again") as raised:
            file.read()

    assert raised.value.errno == errno.ESTALE


def test_an_open_file_goes_on_after_its_changes_were_committed(pfs, rest):
    pfs.pipe_file("pfs://other/committed.csv", b"row,1\n" * 1_000_000)

    with pfs.open("pfs://other/committed.csv") as file:
        first = file.read(6)
        rest("PUT", "/_commit", {"mount": "other"})
        assert first + file.read() == b"row,1\n" * 1_000_000


def test_parts_that_are_asked_for_together_are_of_one_version(pfs, moving):
    request = pfs.request
    reads = []

    def moving_after_the_first(method, path, **options):
        answer = request(method, path, **options)
        if method == "GET" and path == "moving/moving.csv":
            reads.append(path)
            if len(reads) == 1:
                moving()
        return answer

    pfs.request = moving_after_the_first

    assert pfs.cat_ranges(["pfs://moving/moving.csv"] * 2, [0, 600], [6, 606]) == [b"old,1\n"] * 2


def test_a_listing_of_several_pages_is_of_one_commit(pfs, rest, moving, monkeypatch):
    monkeypatch.setattr("jupyterlab_pachyderm.file_system._PAGE", 1)
    pfs.pipe({"pfs://other/pages/a": b"", "pfs://other/pages/b": b""})
    rest("PUT", "/_commit", {"mount": "other"})
    rest("PUT", "/mounts/moving/_update", {})
    entries = pfs._entries("moving/pages")

    first = next(entries)["name"]
    pfs.pipe_file("pfs://other/pages/c", b"")
    moving()

    assert [first, *(entry["name"] for entry in entries)] == ["moving/pages/a", "moving/pages/b"]


def test_a_directory_is_not_opened(pfs):
    for path in ("pfs://default_sales/2026", "pfs://default_sales", "pfs://"):
        for read in (pfs.open, pfs.cat_file, pfs.head, lambda path: pfs.cat_file(path, 0, 10)):
            with pytest.raises(IsADirectoryError):
                read(path)
    for path in ("pfs://out", "pfs://"):
        with pytest.raises(IsADirectoryError):
            pfs.open(path, "wb")


def test_a_place_where_no_file_can_be_written_is_refused_at_opening(pfs):
    with pytest.raises(FileNotFoundError) as raised:
        pfs.open("pfs://nope/new.txt", "wb")
    assert raised.value.errno == errno.ENOENT
    with pytest.raises(PermissionError, match='mode "rw"') as raised:
        pfs.open("pfs://default_sales/new.txt", "wb")
    assert raised.value.errno == errno.EROFS
    with pytest.raises(NotADirectoryError):
        pfs.pipe_file("pfs://out/once.txt/below", b"")


def test_a_name_that_is_not_utf8_is_refused_and_means_no_other_file(pfs):
    pfs.pipe_file("pfs://out/M\ufffdller.csv", b"kept")
    name = b"pfs://out/M\xfcller.csv".decode(errors="surrogateescape")

    for use in (pfs.cat_file, pfs.info, pfs.open, pfs.ls, pfs.rm, pfs.mkdir, lambda path: pfs.open(path, "wb"), lambda path: pfs.pipe_file(path, b""), lambda path: pfs.mv(path, "pfs://out/b"), lambda path: pfs.mv("pfs://out/b", path)):
        with pytest.raises(OSError, match="not UTF-8") as raised:
            use(name)
        assert raised.value.errno == errno.EILSEQ

    assert not pfs.exists(name)
    assert pfs.cat_file("pfs://out/M\ufffdller.csv") == b"kept"


def test_a_name_with_a_null_byte_is_refused(pfs):
    with pytest.raises(OSError, match="null byte"):
        pfs.cat_file("pfs://out/a\0b")


def test_a_transaction_writes_at_its_end(pfs):
    with pfs.transaction:
        with pfs.open("pfs://out/together/a", "wb") as file:
            file.write(b"a" * 3_000_000)
        pfs.pipe_file("pfs://out/together/b", b"b")
        pfs.cp_file(CSV, "pfs://out/together/c")
        assert not pfs.exists("pfs://out/together")

    assert [entry["size"] for entry in pfs.ls("pfs://out/together")] == [3_000_000, 1, 21]


def test_a_transaction_that_fails_writes_nothing(pfs):
    with pytest.raises(RuntimeError, match="given up"), pfs.transaction:
        TABLE.to_csv(pfs.open("pfs://out/given-up/a.csv", "wb"))
        with pfs.open("pfs://out/given-up/b", "wb") as file:
            file.write(b"b")
        raise RuntimeError("given up")

    assert not pfs.exists("pfs://out/given-up")
    pfs.pipe_file("pfs://out/after", b"after")
    assert pfs.cat_file("pfs://out/after") == b"after"


def test_a_transaction_refuses_what_it_cannot_take_back(pfs):
    pfs.pipe_file("pfs://out/kept.txt", b"kept")

    for change in (pfs.rm_file, pfs.rm, pfs.rmdir, lambda path: pfs.mv(path, "pfs://out/moved.txt")):
        with pytest.raises(OSError, match="transaction") as raised, pfs.transaction:
            change("pfs://out/kept.txt")
        assert raised.value.errno == errno.ENOTSUP

    assert pfs.cat_file("pfs://out/kept.txt") == b"kept"
