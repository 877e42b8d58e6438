"""Where nobody may mount, the file browser shows the same as where a mount is."""

import base64
import json

import pytest
from conftest import MOUNT_SERVER, SALES

OUT = {"name": "out", "repo": "sales", "project": "default", "branch": "browsed", "mode": "rw"}
NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture(params=["none", "fuse"])
def extension_config(request, mount_dir, config_file):
    return {"mount_server_path": str(MOUNT_SERVER), "mount_dir": str(mount_dir), "pach_config": str(config_file), "mount_with": request.param}


@pytest.fixture
def browsed(api, jp_fetch, connected, jp_asyncio_loop):
    async def prepare():
        status, body = await api("PUT", "_mount", {"mounts": [SALES, OUT]})
        assert status == 200, body
        files = {"notes.txt": "grün\n".encode(), "b.bin": b"\x00\xff", "n.ipynb": json.dumps(NOTEBOOK).encode(), "cats/one.csv": b"x\n1\n", "data.json": b"{}"}
        for name, content in files.items():
            await jp_fetch("pachyderm", "v2", "files", "out", *name.split("/"), method="PUT", body=content)

    jp_asyncio_loop.run_until_complete(prepare())


@pytest.fixture
def read(api, browsed):
    async def model(path, **query):
        status, body = await api("GET", f"pfs/{path}" if path else "pfs", params=query)
        return status, body

    return model


async def test_the_root_lists_the_mounts(read):
    _, body = await read("")

    assert [(entry["name"], entry["type"]) for entry in sorted(body["content"], key=lambda entry: entry["name"])] == [("default_sales", "directory"), ("out", "directory")]


async def test_a_directory_lists_its_entries(read):
    status, body = await read("out")

    assert (status, body["type"], body["format"], body["writable"]) == (200, "directory", "json", True)
    found = {entry["path"]: (entry["type"], entry["content"]) for entry in body["content"]}
    assert found == {
        "out/notes.txt": ("file", None),
        "out/b.bin": ("file", None),
        "out/n.ipynb": ("notebook", None),
        "out/cats": ("directory", None),
        "out/data.json": ("file", None),
    }


async def test_a_page_of_a_directory_tells_how_many_there_are(read):
    _, body = await read("out", number="2", offset="1")

    assert [entry["name"] for entry in body["content"]] == ["cats", "data.json"]
    assert body["total"] == 5


async def test_text_and_bytes_and_notebooks_come_as_such(read):
    _, text = await read("out/notes.txt")
    _, binary = await read("out/b.bin")
    _, notebook = await read("out/n.ipynb")
    _, as_text = await read("out/n.ipynb", type="file", format="text")

    assert (text["type"], text["format"], text["content"], text["mimetype"]) == ("file", "text", "grün\n", "text/plain")
    assert (binary["format"], base64.b64decode(binary["content"])) == ("base64", b"\x00\xff")
    assert (notebook["type"], notebook["format"], notebook["content"]["nbformat"]) == ("notebook", "json", 4)
    assert json.loads(as_text["content"]) == NOTEBOOK


async def test_content_0_reads_nothing(read):
    _, file = await read("out/notes.txt", content="0")
    _, directory = await read("out/cats", content="0")

    assert (file["content"], file["size"], file["type"]) == (None, 6, "file")
    assert (directory["content"], directory["type"]) == (None, "directory")


async def test_a_json_file_is_not_taken_for_a_directory(read):
    _, body = await read("out/data.json")

    assert (body["type"], body["content"]) == ("file", "{}")


async def test_what_is_not_there_is_404_with_its_name(read):
    status, body = await read("out/nope.csv")

    assert status == 404
    assert "nope.csv" in body["message"]


async def test_bytes_are_not_text(read):
    status, body = await read("out/b.bin", format="text")

    assert status == 400
    assert "UTF-8" in body["message"]


@pytest.mark.parametrize("query", [{"type": "link"}, {"format": "hex"}, {"content": "2"}, {"number": "all"}])
async def test_a_query_that_makes_no_sense_is_400(read, query):
    assert (await read("out", **query))[0] == 400


async def test_no_path_leads_out(http_server_client, jp_base_url, jp_auth_header, browsed):
    for path in ("../config", "out/../../config", "out/%2e%2e/%2e%2e/config"):
        answer = await http_server_client.fetch(f"{jp_base_url.rstrip('/')}/pachyderm/v2/pfs/{path}", headers=jp_auth_header, raise_error=False)
        assert answer.code == 404
