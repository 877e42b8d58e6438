"""The files of the mount, as Jupyter's contents API shows them."""

import base64
import json

import pytest


@pytest.fixture
def files(mount_dir):
    (mount_dir / "images" / "cats").mkdir(parents=True)
    (mount_dir / "images" / "a.csv").write_text("x,y\n1,2\n")
    (mount_dir / "images" / "b.bin").write_bytes(b"\x00\xff")
    (mount_dir / "images" / "n.ipynb").write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return mount_dir


async def test_a_directory_lists_its_entries_without_their_content(api, files):
    status, body = await api("GET", "pfs/images")

    assert status == 200
    assert body["type"] == "directory"
    assert {(entry["name"], entry["type"], entry["path"]) for entry in body["content"]} == {
        ("a.csv", "file", "images/a.csv"),
        ("b.bin", "file", "images/b.bin"),
        ("cats", "directory", "images/cats"),
        ("n.ipynb", "notebook", "images/n.ipynb"),
    }


async def test_a_page_of_a_directory_tells_how_many_there_are(api, files):
    status, body = await api("GET", "pfs/images", params={"number": "2", "offset": "1"})

    assert status == 200
    assert [(entry["name"], entry["type"]) for entry in body["content"]] == [("b.bin", "file"), ("cats", "directory")]
    assert body["total"] == 4


async def test_the_mount_directory_itself_is_the_root(api, files):
    _, body = await api("GET", "pfs", params={"number": "10"})

    assert [entry["path"] for entry in body["content"]] == ["images"]


async def test_text_comes_as_text_and_bytes_as_base64(api, files):
    _, text = await api("GET", "pfs/images/a.csv")
    _, binary = await api("GET", "pfs/images/b.bin")

    assert (text["format"], text["content"], text["size"]) == ("text", "x,y\n1,2\n", 8)
    assert (binary["format"], base64.b64decode(binary["content"])) == ("base64", b"\x00\xff")


async def test_content_0_reads_nothing(api, files):
    _, body = await api("GET", "pfs/images/a.csv", params={"content": "0"})

    assert body["content"] is None
    assert body["size"] == 8


async def test_a_notebook_comes_as_a_notebook(api, files):
    _, body = await api("GET", "pfs/images/n.ipynb")

    assert body["type"] == "notebook"
    assert body["content"]["nbformat"] == 4


async def test_nothing_is_writable_that_no_mount_server_says_so_of(api, files):
    _, body = await api("GET", "pfs/images/a.csv")

    assert body["writable"] is False


async def test_what_is_not_there_is_404_with_its_name(api, files):
    status, body = await api("GET", "pfs/images/nope.csv")

    assert status == 404
    assert "nope.csv" in body["message"]


@pytest.mark.parametrize("query", [{"type": "link"}, {"format": "hex"}, {"content": "2"}, {"number": "all"}, {"hash": "md5"}])
async def test_a_query_that_makes_no_sense_is_400(api, files, query):
    status, _ = await api("GET", "pfs/images", params=query)

    assert status == 400


@pytest.mark.parametrize("path", ["../secret.txt", "images/../../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt"])
async def test_no_path_leads_out_of_the_mount(jp_fetch, files, path):
    (files.parent / "secret.txt").write_text("secret")

    answer = await jp_fetch("pachyderm", "v2", "pfs", *path.split("/"), raise_error=False)

    assert answer.code == 404
    assert b"secret\n" not in answer.body


async def test_a_sibling_directory_with_the_same_beginning_is_outside(api, files):
    sibling = files.parent / "pfs-private"
    sibling.mkdir()
    (sibling / "key").write_text("secret")
    (files / "images" / "link").symlink_to(sibling)

    status, _ = await api("GET", "pfs/images/link/key")

    assert status == 404


async def test_names_that_begin_with_a_dot_are_there(api, files):
    (files / "images" / ".env").write_text("A=1")

    status, body = await api("GET", "pfs/images/.env")

    assert (status, body["content"]) == (200, "A=1")


async def test_what_is_not_possible_says_what_is(jp_fetch, files):
    answer = await jp_fetch("pachyderm", "v2", "pfs", "images", method="POST", body='{"type": "file"}', raise_error=False)

    assert answer.code == 405
    assert answer.headers["Allow"] == "GET, PUT, PATCH, DELETE"
    assert "save a file" in json.loads(answer.body)["message"]
