"""Mounted files are copied into the folders of Jupyter: as a whole or not at all, and over nothing that is there already."""

import io
import json
import os
import tarfile

import pytest

from jupyterlab_pachyderm.remote_files import RemoteFiles

TABLE = "city,amount\nParis,10\n"


@pytest.fixture
def extension_config(config_without_mount):
    return config_without_mount


async def test_a_file_is_copied_into_a_folder_of_jupyter(api, mounted, jp_root_dir):
    (jp_root_dir / "data").mkdir()

    status, body = await api("PUT", "download/explore/default_sales/2026/january.csv", {"folder": "data"})

    assert (status, body) == (200, {"path": "data/january.csv"})
    assert (jp_root_dir / "data/january.csv").read_text() == TABLE
    assert os.listdir(jp_root_dir / "data") == ["january.csv"]


async def test_a_directory_is_copied_with_all_that_is_in_it(api, mounted, jp_root_dir):
    status, body = await api("PUT", "download/test/default_sales")

    assert (status, body) == (200, {"path": "default_sales"})
    assert (jp_root_dir / "default_sales/2026/january.csv").read_text() == TABLE


async def test_what_is_there_already_stays_unless_it_may_be_replaced(api, mounted, jp_root_dir):
    (jp_root_dir / "january.csv").write_text("mine")

    status, body = await api("PUT", "download/explore/default_sales/2026/january.csv")
    assert (status, body["code"]) == (400, "ALREADY_EXISTS")
    assert body["message"] == "Downloading january.csv which already exists in the current working directory"
    assert (jp_root_dir / "january.csv").read_text() == "mine"

    status, _ = await api("PUT", "download/explore/default_sales/2026/january.csv", {"replace": True})
    assert status == 200
    assert (jp_root_dir / "january.csv").read_text() == TABLE
    assert os.listdir(jp_root_dir) == ["january.csv"]


async def test_who_wants_lines_hears_how_far_the_copy_is(mounted, jp_fetch, jp_root_dir):
    answer = await jp_fetch(
        "pachyderm", "v2", "download", "explore", "default_sales", method="PUT", body="{}", headers={"Accept": "application/x-ndjson"}
    )

    lines = [json.loads(line) for line in answer.body.splitlines()]
    assert lines[-1] == {"path": "default_sales"}
    assert lines[-2] == {"files_done": 1, "files_total": 1, "bytes_done": len(TABLE), "bytes_total": len(TABLE)}


async def test_names_with_spaces_and_percent_signs_are_copied(api, jp_fetch, mounted, jp_root_dir):
    written = await jp_fetch("pachyderm", "v2", "files", "out", "50% é.txt", method="PUT", body="x")
    assert written.code == 200

    status, body = await api("PUT", "download/explore/out/50% é.txt")

    assert (status, body) == (200, {"path": "50% é.txt"})


@pytest.mark.parametrize("folder", ["../elsewhere", "nowhere"])
async def test_nothing_is_copied_to_where_no_folder_of_jupyter_is(api, mounted, jp_root_dir, folder):
    (jp_root_dir.parent / "elsewhere").mkdir(exist_ok=True)

    status, _ = await api("PUT", "download/explore/default_sales/2026/january.csv", {"folder": folder})

    assert status == 404
    assert list((jp_root_dir.parent / "elsewhere").iterdir()) == []


async def test_a_file_that_is_not_there_is_404_and_leaves_nothing(api, mounted, jp_root_dir):
    status, _ = await api("PUT", "download/explore/default_sales/none.csv")

    assert status == 404
    assert os.listdir(jp_root_dir) == []


async def test_a_directory_is_one_archive_for_the_browser(mounted, jp_fetch):
    answer = await jp_fetch("pachyderm", "v2", "archive", "default_sales", "2026")

    assert answer.headers["Content-Disposition"] == "attachment"
    with tarfile.open(fileobj=io.BytesIO(answer.body)) as archive:
        assert [(entry.name, entry.isdir()) for entry in archive] == [("2026", True), ("2026/january.csv", False)]
        assert archive.extractfile("2026/january.csv").read().decode() == TABLE


async def test_an_archive_of_nothing_is_404(mounted, jp_fetch):
    answer = await jp_fetch("pachyderm", "v2", "archive", "default_sales", "none", raise_error=False)

    assert answer.code == 404


async def test_a_folder_is_read_from_one_commit_though_its_mount_moves_on(api, mounted, extension):
    async def commit(text):
        for name in ("a.txt", "b.txt"):
            async with extension.connection.request("PUT", f"/files/folder/{name}", body=text.encode()) as answer:
                assert answer.is_success, await answer.aread()
        assert (await api("PUT", "_commit", {"mount": "folder"}))[0] == 200

    shown = {"repo": "sales", "project": "default", "branch": "folder"}
    assert (await api("PUT", "_mount", {"mounts": [{**shown, "name": "folder", "mode": "rw"}]}))[0] == 200
    await commit("old")
    assert (await api("PUT", "_mount", {"mounts": [{**shown, "name": "moving"}]}))[0] == 200
    files = await RemoteFiles(extension.connection).at_present_commit("moving")

    read = {}
    async for name, size in files.walk("moving"):
        if size is None:
            await commit("new, and longer")
            assert (await api("PUT", "mounts/moving/_update"))[0] == 200
            continue
        async with files.opened(name) as (announced, chunks):
            read[name] = b"".join([chunk async for chunk in chunks])
            assert announced == len(read[name])

    assert read == {"moving/a.txt": b"old", "moving/b.txt": b"old"}
    async with RemoteFiles(extension.connection).opened("moving/a.txt") as (announced, _):
        assert announced == len("new, and longer")
    assert (await api("PUT", "_unmount", {"mounts": ["moving", "folder"]}))[0] == 200
