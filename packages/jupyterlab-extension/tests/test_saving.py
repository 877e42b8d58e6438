"""A document of a writable mount is saved, renamed and deleted as JupyterLab asks for it, with a mount and without."""

import base64
import hashlib
import json

import pytest
from conftest import MOUNT_SERVER, SALES

OUT = {"name": "out", "repo": "sales", "project": "default", "branch": "edited", "mode": "rw"}
OTHER = {"name": "other", "repo": "sales", "project": "default", "branch": "beside", "mode": "rw"}
CELL = {"cell_type": "code", "id": "a", "execution_count": 1, "metadata": {"trusted": True}, "source": "1\n+ 1", "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b>2</b>"}}]}
NOTEBOOK = {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture(params=["none", "fuse"])
def extension_config(request, mount_dir, config_file):
    return {"mount_server_path": str(MOUNT_SERVER), "mount_dir": str(mount_dir), "pach_config": str(config_file), "mount_with": request.param}


@pytest.fixture
def contents(api, connected, jp_asyncio_loop):
    status, body = jp_asyncio_loop.run_until_complete(api("PUT", "_mount", {"mounts": [SALES, OUT, OTHER]}))
    assert status == 200, body

    async def ask(method, path, body=None, **query):
        return await api(method, f"pfs/{path}", body, **({"params": query} if query else {}))

    yield ask
    jp_asyncio_loop.run_until_complete(api("PUT", "mounts/out/_discard", {}))


@pytest.fixture
def stored(jp_fetch):
    """The bytes of a file, as mount-server has them."""

    async def read(path):
        return (await jp_fetch("pachyderm", "v2", "files", *path.split("/"))).body

    return read


def text(content):
    return {"type": "file", "format": "text", "content": content}


# Method, path and body; status, and a part of the reason.
REFUSED = [
    ("PUT", "default_sales/2026/january.csv", text("x"), 403, "read-only"),
    ("PUT", "none/a.txt", text("x"), 404, "nothing is mounted at 'none'"),
    ("PUT", "out/d", text("x"), 400, "is a directory"),
    ("PUT", "out/../default_sales/a.txt", text("x"), 404, "no such file"),
    ("PUT", "out/a.txt", {"type": "file", "format": "hex", "content": "00"}, 400, "text or base64"),
    ("PUT", "out/a.txt", {"type": "file", "format": "base64", "content": "grün"}, 400, "not base64"),
    ("PUT", "out/a.txt", {"type": "file", "format": "text"}, 400, "with its content"),
    ("PUT", "out/a.txt", {**text("x"), "chunk": 1}, 400, "one piece"),
    ("PUT", "out/a.ipynb", {"type": "notebook", "content": [1]}, 400, "not a notebook"),
    ("PUT", "out/a.txt", [], 400, "not a JSON object"),
    ("PATCH", "default_sales/2026", {"path": "default_sales/2027"}, 403, "mode"),
    ("PATCH", "out/d", {"path": "other/d"}, 400, "different mounts"),
    ("PATCH", "out/none", {"path": "out/some"}, 404, "none"),
    ("PATCH", "out/d", {"path": "out/d/e"}, 400, "into itself"),
    ("PATCH", "out/d", {}, 400, "new path"),
    ("PATCH", "out/a.txt", {"path": "out/M\udcfcller.txt"}, 400, "cannot be a part of a path"),
    ("DELETE", "default_sales/2026", None, 403, "read-only"),
    ("DELETE", "out/none", None, 404, "none"),
]


async def test_only_what_is_in_a_writable_mount_is_writable(contents):
    await contents("PUT", "out/a.txt", text("a"))

    async def writable(path, **query):
        return (await contents("GET", path, **query))[1]["writable"]

    assert [await writable(path) for path in ("default_sales/2026/january.csv", "default_sales", "")] == [False, False, False]
    assert [await writable(path) for path in ("out/a.txt", "out")] == [True, True]
    assert [await writable(path, content="0") for path in ("out/a.txt", "out", "default_sales")] == [True, True, False]
    _, listed = await contents("GET", "out", number="5")
    assert [(entry["name"], entry["writable"]) for entry in listed["content"]] == [("a.txt", True)]


async def test_text_is_saved_in_place_of_what_was_there(contents, stored):
    await contents("PUT", "out/a.txt", text("first"))

    status, saved = await contents("PUT", "out/a.txt", text("grün\n"))

    assert (status, saved["path"], saved["type"], saved["content"], saved["writable"]) == (200, "out/a.txt", "file", None, True)
    assert saved["size"] == len("grün\n".encode())
    assert await stored("out/a.txt") == "grün\n".encode()
    assert (await contents("GET", "out/a.txt"))[1]["content"] == "grün\n"


async def test_a_saved_file_is_the_same_on_disk_until_somebody_else_writes(contents, jp_fetch):
    _, saved = await contents("PUT", "out/a.txt", text("mine"))
    _, found = await contents("GET", "out/a.txt", content="0", hash="1")
    await jp_fetch("pachyderm", "v2", "files", "out", "a.txt", method="PUT", body=b"of somebody else")
    _, other = await contents("GET", "out/a.txt", content="1", hash="1")

    assert found["last_modified"] == saved["last_modified"]
    assert (found["hash"], found["hash_algorithm"], found["content"]) == (hashlib.sha256(b"mine").hexdigest(), "sha256", None)
    assert (other["hash"], other["content"]) == (hashlib.sha256(b"of somebody else").hexdigest(), "of somebody else")


async def test_a_commit_leaves_the_document_as_it_was_saved(contents, api):
    await contents("PUT", "out/committed.txt", text("x"))
    _, before = await contents("GET", "out/committed.txt", content="0", hash="1")

    status, body = await api("PUT", "_commit", {"mount": "out"})

    assert status == 200, body
    _, after = await contents("GET", "out/committed.txt", content="0", hash="1")
    assert (after["hash"], after["last_modified"]) == (before["hash"], before["last_modified"])


async def test_bytes_come_as_base64(contents, stored):
    status, _ = await contents("PUT", "out/b.bin", {"type": "file", "format": "base64", "content": base64.encodebytes(b"\x00\xff" * 100).decode()})

    assert status == 200
    assert await stored("out/b.bin") == b"\x00\xff" * 100


async def test_a_notebook_is_written_as_jupyter_writes_it_and_stays_trusted(contents, stored):
    status, saved = await contents("PUT", "out/n.ipynb", {"type": "notebook", "format": "json", "content": NOTEBOOK})

    assert (status, saved["type"]) == (200, "notebook")
    written = (await stored("out/n.ipynb")).decode()
    assert written.endswith("}\n")
    [cell] = json.loads(written)["cells"]
    assert (cell["source"], cell["metadata"]) == (["1\n", "+ 1"], {})
    _, opened = await contents("GET", "out/n.ipynb")
    assert opened["content"]["cells"][0]["metadata"] == {"trusted": True}


async def test_a_directory_is_made(contents):
    status, made = await contents("PUT", "out/plots", {"type": "directory"})

    assert (status, made["type"], made["path"]) == (200, "directory", "out/plots")


async def test_a_file_gets_another_name_or_directory_and_nothing_is_replaced(contents):
    await contents("PUT", "out/d/x.txt", text("x"))
    await contents("PUT", "out/a.txt", text("a"))

    refused, _ = await contents("PATCH", "out/a.txt", {"path": "out/d/x.txt"})
    status, renamed = await contents("PATCH", "out/a.txt", {"path": "out/d/a.txt"})

    assert refused == 409
    assert (status, renamed["path"], renamed["name"], renamed["writable"]) == (200, "out/d/a.txt", "a.txt", True)
    assert (await contents("GET", "out/d/x.txt"))[1]["content"] == "x"
    assert (await contents("GET", "out/a.txt"))[0] == 404


async def test_a_directory_is_deleted_with_what_is_in_it(contents):
    await contents("PUT", "out/d/x.txt", text("x"))

    status, body = await contents("DELETE", "out/d")

    assert (status, body) == (204, None)
    assert (await contents("GET", "out/d"))[0] == 404


async def test_what_is_refused_says_why_and_leaves_everything(contents, stored):
    await contents("PUT", "out/d/x.txt", text("x"))
    await contents("PUT", "out/a.txt", text("a"))

    for method, path, body, status, said in REFUSED:
        answer, refusal = await contents(method, path, body)

        assert (answer, said in refusal["message"]) == (status, True), f"{method} {path}: {refusal}"
        assert [await stored(path) for path in ("out/a.txt", "out/d/x.txt")] == [b"a", b"x"]
