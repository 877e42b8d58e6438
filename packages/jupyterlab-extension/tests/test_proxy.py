"""What passes between the panel and mount-server."""

import json
import re
from pathlib import Path

import pytest

from jupyterlab_pachyderm.routes import FORWARDED


async def test_a_question_and_its_answer_pass_as_they_are(api):
    status, body = await api("GET", "mounts")

    assert status == 200
    assert (body["method"], body["path"], body["body"]) == ("GET", "/mounts", "")


async def test_a_change_passes_with_its_body(api):
    status, body = await api("PUT", "_mount", {"mounts": [{"name": "a", "repo": "a"}]})

    assert status == 200
    assert json.loads(body["body"]) == {"mounts": [{"name": "a", "repo": "a"}]}


async def test_a_query_passes_as_it_is(api):
    _, body = await api("PUT", "_show_datum", params={"id": "a b&c"})

    assert body["path"] == "/_show_datum?id=a+b%26c"


async def test_a_posted_commit_reaches_mount_server_as_put(api):
    _, body = await api("POST", "_commit", {"mount": "a"})

    assert (body["method"], body["path"]) == ("PUT", "/_commit")


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500])
async def test_a_refusal_keeps_its_status_and_its_words(api, plan, status):
    plan({"PUT /_mount": {"status": status, "body": "100% of the\nnames are taken\n"}})

    answer = await api("PUT", "_mount")

    words = "100% of the\nnames are taken"
    assert answer == (status, {"message": words, "reason": words})


async def test_a_refusal_in_json_keeps_its_code(api, plan):
    plan({"PUT /_commit": {"status": 500, "body": json.dumps({"code": "CONFLICT", "message": "somebody was faster"})}})

    status, body = await api("PUT", "_commit")

    assert (status, body["code"], body["message"]) == (500, "CONFLICT", "somebody was faster")


async def test_a_mount_server_without_cluster_is_an_invalid_configuration(api, plan):
    plan({"GET /config": {"status": 404, "body": "not connected to a cluster"}})

    assert await api("GET", "config") == (200, {"cluster_status": "INVALID"})


async def test_a_method_that_is_not_in_the_table_is_refused(api):
    status, body = await api("PUT", "mounts")

    assert status == 405
    assert body["message"] == "PUT is not possible on mounts; possible: GET."


async def test_a_path_that_is_not_in_the_table_does_not_exist(jp_fetch):
    answer = await jp_fetch("pachyderm", "v2", "metrics", raise_error=False)

    assert answer.code == 404


async def test_a_slow_mount_server_does_not_hold_up_jupyter(api, plan, jp_fetch):
    import asyncio

    plan({"GET /repos": {"delay_seconds": 1.5, "body": "[]"}})
    slow = asyncio.ensure_future(api("GET", "repos"))

    answer = await jp_fetch("api", "status")

    assert answer.code == 200
    assert not slow.done()
    assert await slow == (200, [])


async def test_a_refusal_loses_nothing_that_mount_server_says(api, plan):
    reasons = [{"what": "connection", "message": "pachd does not answer"}]
    plan({"GET /ready": {"status": 503, "body": json.dumps({"ready": False, "reasons": reasons})}})

    status, body = await api("GET", "ready")

    assert status == 503
    assert (body["ready"], body["reasons"]) == (False, reasons)


async def test_a_path_with_names_in_it_passes_as_it_is(api):
    _, body = await api("GET", "repos/default/my repo/commits", params={"limit": "5"})

    assert body["path"] == "/repos/default/my%20repo/commits?limit=5"


@pytest.mark.parametrize("path", ["repos/../config/branches", "repos/default/%2e%2e/commits", "mounts/a%2fb/changes"])
async def test_no_name_leads_to_another_path(http_server_client, jp_base_url, jp_auth_header, path):
    url = f"{jp_base_url.rstrip('/')}/pachyderm/v2/{path}"

    answer = await http_server_client.fetch(url, headers=jp_auth_header, raise_error=False)

    assert answer.code in (400, 404)


def test_every_route_of_mount_server_is_forwarded_or_left_out_on_purpose():
    document = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text())
    there = {(method.upper(), re.sub(r"\{[^}]*\}", "{}", path.lstrip("/"))) for path, row in document["paths"].items() for method in row if method in METHODS}
    forwarded = {(method, path) for path, forwards in FORWARDED.items() for method in forwards.values()}

    assert there - forwarded == ANSWERED_OTHERWISE


# Tokens stay away from the browser, and Prometheus has no token of Jupyter; the others have handlers of their own.
ANSWERED_OTHERWISE = {
    ("PUT", "auth/_login_token"),
    ("GET", "metrics"),
    ("PUT", "pps/_create"),
    ("GET", "files/{}/{}"),
    ("PUT", "files/{}/{}"),
    ("DELETE", "files/{}/{}"),
}
METHODS = {"get", "put", "post", "delete"}
