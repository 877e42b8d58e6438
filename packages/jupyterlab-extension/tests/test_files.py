"""Files of the mounts pass through Jupyter as they are: in ranges, and never as a whole in its memory."""

import json

import pytest
from jupyter_server.utils import url_path_join

TABLE = b"city,amount\nParis,10\n"


@pytest.fixture
def extension_config(config_without_mount):
    return config_without_mount


@pytest.fixture
def files(jp_fetch, mounted):
    async def fetch(method, path, **options):
        return await jp_fetch("pachyderm", "v2", "files", *path.split("/"), method=method, raise_error=False, **options)

    return fetch


async def test_a_file_comes_for_saving_with_its_headers(files):
    answer = await files("GET", "default_sales/2026/january.csv")

    assert (answer.code, answer.body) == (200, TABLE)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="january.csv"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("query", ["download=false", "download=", "download=0", "%64ownload=false", "download=true&download=false", "download=false&partial=true"])
async def test_no_query_opens_a_file_instead_of_saving_it(mounted, http_server_client, jp_base_url, jp_auth_header, query):
    url = f"{jp_base_url.rstrip('/')}/pachyderm/v2/files/default_sales/2026/january.csv?{query}"

    answer = await http_server_client.fetch(url, headers=jp_auth_header)

    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_a_range_is_that_range_also_for_clients_that_take_gzip(files):
    answer = await files("GET", "default_sales/2026/january.csv", headers={"Range": "bytes=5-10", "Accept-Encoding": "gzip"})

    assert (answer.code, answer.body) == (206, TABLE[5:11])
    assert answer.headers["Content-Range"] == f"bytes 5-10/{len(TABLE)}"


async def test_head_tells_the_size_without_the_bytes(files):
    answer = await files("HEAD", "default_sales/2026/january.csv")

    assert (answer.code, answer.body, answer.headers["Content-Length"]) == (200, b"", str(len(TABLE)))


async def test_what_the_client_has_already_is_not_sent_again(files):
    first = await files("GET", "default_sales/2026/january.csv")

    again = await files("GET", "default_sales/2026/january.csv", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.code, again.body) == (304, b"")


async def test_a_range_behind_the_end_is_refused_in_the_words_of_mount_server(files):
    answer = await files("GET", "default_sales/2026/january.csv", headers={"Range": "bytes=900-"})

    assert answer.code == 416
    assert json.loads(answer.body)["code"] == "RANGE_NOT_SATISFIABLE"


async def test_a_directory_is_listed_in_pages(files):
    answer = await files("GET", "default_sales/2026", params={"limit": "1"})

    body = json.loads(answer.body)
    assert [entry["name"] for entry in body["entries"]] == ["january.csv"]
    assert (body["total"], body["next"]) == (1, None)


async def test_an_upload_is_written_byte_by_byte(files):
    content = bytes(range(256)) * 40_000

    written = await files("PUT", "out/ü 1%.bin", body=content)

    assert written.code == 200, written.body
    assert json.loads(written.body)["size_bytes"] == len(content)
    assert (await files("GET", "out/ü 1%.bin")).body == content


async def test_an_empty_file_is_written(files):
    assert (await files("PUT", "out/empty", body=b"")).code == 200
    assert (await files("HEAD", "out/empty")).headers["Content-Length"] == "0"


async def test_a_file_is_deleted(files):
    await files("PUT", "out/old.txt", body=b"old")

    deleted = await files("DELETE", "out/old.txt")

    assert deleted.code == 200
    assert (await files("GET", "out/old.txt")).code == 404


async def test_an_upload_into_a_read_only_mount_is_refused_with_the_reason(files):
    answer = await files("PUT", "default_sales/new.txt", body=b"x" * 3_000_000)

    body = json.loads(answer.body)
    assert (answer.code, body["code"]) == (403, "READ_ONLY")
    assert "rw" in body["hint"]


async def test_an_upload_that_must_not_replace_is_refused(files):
    await files("PUT", "out/once.txt", body=b"first")

    answer = await files("PUT", "out/once.txt", body=b"second", headers={"If-None-Match": "*"})

    assert answer.code == 409
    assert (await files("GET", "out/once.txt")).body == b"first"


async def test_nothing_is_uploaded_without_the_token(mounted, files, http_server_client, jp_base_url):
    url = url_path_join(jp_base_url, "pachyderm/v2/files/out/stolen.txt")

    answer = await http_server_client.fetch(url, method="PUT", body=b"x" * 100_000, raise_error=False)

    assert answer.code == 403
    assert (await files("GET", "out/stolen.txt")).code == 404


@pytest.mark.parametrize("path", ["../_unmount_all", "default_sales/../../config", "default_sales/%2e%2e/%2e%2e/config", "a%2f..%2f..%2fconfig", "a/%00"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_no_path_leads_out_of_the_files(mounted, http_server_client, jp_base_url, jp_auth_header, path, method):
    url = f"{jp_base_url.rstrip('/')}/pachyderm/v2/files/{path}"

    answer = await http_server_client.fetch(url, method=method, headers=jp_auth_header, body=b"{}" if method == "PUT" else None, raise_error=False)

    assert answer.code == 400
    assert "is not the name of a file" in json.loads(answer.body)["message"]


async def test_names_with_signs_of_urls_are_names(files):
    for name in ("a?b", "a#b", "a&b=c", "50%", "x+y z"):
        written = await files("PUT", f"out/{name}", body=name.encode())
        assert written.code == 200, written.body

    assert {entry["name"] for entry in json.loads((await files("GET", "out")).body)["entries"]} >= {"a?b", "a#b", "a&b=c", "50%", "x+y z"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_name_that_is_not_utf8_means_no_other_file(files, mounted, http_server_client, jp_base_url, jp_auth_header, method):
    assert (await files("PUT", "out/M\ufffdller.csv", body=b"kept")).code == 200
    url = f"{jp_base_url.rstrip('/')}/pachyderm/v2/files/out/M%FCller.csv"

    answer = await http_server_client.fetch(url, method=method, headers=jp_auth_header, body=b"{}" if method == "PUT" else None, raise_error=False)

    assert answer.code == 400
    assert (await files("GET", "out/M\ufffdller.csv")).body == b"kept"
