"""A notebook becomes a pipeline."""

import base64
import json

import pytest

CONFIG = {
    "pipeline": {"name": "edges", "project": {"name": "vision"}},
    "image": "python:3.10",
    "requirements": "./requirements.txt",
    "external_files": "lib/library1.py",
    "input_spec": "pfs:\n  repo: images\n  glob: /*",
    "port": "",
    "gpu_mode": "None",
    "resource_spec": None,
}


@pytest.fixture
def notebook(jp_root_dir):
    """Writes the notebook with this config; answers its mtime as Jupyter tells it."""
    (jp_root_dir / "nb").mkdir()
    (jp_root_dir / "nb" / "requirements.txt").write_text("numpy\n")
    (jp_root_dir / "nb" / "library1.py").write_text("x = 1\n")

    def write(config):
        metadata = {} if config is None else {"pachyderm_pps": {"version": "v1.0.0", "config": config}}
        cell = {"cell_type": "code", "id": "a", "source": "print('edges')", "metadata": {}, "outputs": [], "execution_count": None}
        (jp_root_dir / "nb" / "a.ipynb").write_text(json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))

    return write


@pytest.fixture
def modified(api, jp_fetch, notebook):
    async def time():
        answer = await jp_fetch("api", "contents", "nb", "a.ipynb", params={"content": "0"})
        return json.loads(answer.body)["last_modified"]

    return time


async def test_the_preview_shows_the_spec(api, notebook):
    notebook(CONFIG)

    status, spec = await api("GET", "pps/_create/nb/a.ipynb")

    assert status == 200
    assert set(spec) == {"pipeline", "description", "transform", "input"}
    assert spec["pipeline"] == {"project": {"name": "vision"}, "name": "edges"}
    assert spec["transform"] == {"image": "python:3.10", "cmd": ["python3", "-u", "/pfs/edges__context/entrypoint.py"]}
    assert spec["input"]["cross"][0] == {"pfs": {"repo": "images", "glob": "/*"}}
    assert spec["input"]["cross"][1]["pfs"]["branch"] == "..."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pipeline": {"name": ""}}, "field pipeline not set"),
        ({"image": ""}, "field image not set"),
        ({"input_spec": ""}, "field input_spec not set"),
        ({"input_spec": "pfs: ["}, "invalid input_spec"),
        ({"port": "http"}, "invalid port"),
    ],
)
async def test_what_is_missing_is_named(api, notebook, change, words):
    notebook({**CONFIG, **change})

    status, body = await api("GET", "pps/_create/nb/a.ipynb")

    assert status == 400
    assert words in body["reason"]


async def test_metadata_are_previewed_without_a_notebook(api):
    status, spec = await api("PUT", "pps/_preview", {"metadata": {"pachyderm_pps": {"version": "v1.0.0", "config": CONFIG}}})

    assert status == 200
    assert spec["transform"]["image"] == "python:3.10"


@pytest.mark.parametrize("body", [{}, {"metadata": 3}, {"metadata": {"pachyderm_pps": None}}])
async def test_a_preview_of_nothing_is_refused_with_what_is_missing(api, body):
    status, answer = await api("PUT", "pps/_preview", body)

    assert (status, answer["reason"]) == (400, "pachyderm_pps not specified in the metadata of the notebook")


async def test_a_notebook_without_a_pipeline_says_so(api, notebook):
    notebook(None)

    assert (await api("GET", "pps/_create/nb/a.ipynb"))[1]["reason"] == "pachyderm_pps not specified in the metadata of the notebook"


async def test_a_notebook_that_is_not_there_is_400(api):
    assert (await api("GET", "pps/_create/nope.ipynb"))[0] == 400


async def test_an_empty_project_is_the_default_one(api, notebook):
    notebook({**CONFIG, "pipeline": {"name": "edges", "project": {"name": ""}}})

    _, spec = await api("GET", "pps/_create/nb/a.ipynb")

    assert spec["pipeline"]["project"] == {"name": "default"}


async def test_one_gpu_is_one_gpu(api, notebook):
    notebook({**CONFIG, "gpu_mode": "Simple"})

    _, spec = await api("GET", "pps/_create/nb/a.ipynb")

    assert spec["resource_limits"] == {"gpu": {"type": "nvidia.com/gpu", "number": 1}}


async def test_publishing_sends_the_code_with_the_files_beside_it(api, notebook, modified, plan, extension, monkeypatch):
    notebook(CONFIG)
    sent = []
    request = extension.connection.request

    def watched(method, path, *, body=None, **rest):
        sent.append((method, path, body))
        return request(method, path, body=body, **rest)

    monkeypatch.setattr(extension.connection, "request", watched)
    status, body = await api("PUT", "pps/_create/nb/a.ipynb", {"last_modified_time": await modified()})

    assert status == 200
    assert body["message"].startswith("Create pipeline request sent.")
    [(method, path, payload)] = sent
    assert (method, path) == ("PUT", "/pps/_create")
    context = json.loads(payload)["context"]
    files = {name: base64.b64decode(content).decode() for name, content in context["files"].items()}
    assert (context["project"], context["repo"]) == ("vision", "edges__context")
    assert set(files) == {"/user_code.py", "/entrypoint.py", "/requirements.txt", "/library1.py"}
    assert "print('edges')" in files["/user_code.py"]
    assert files["/requirements.txt"] == "numpy\n"


async def test_without_the_time_nothing_is_sent(api, notebook):
    notebook(CONFIG)

    status, body = await api("PUT", "pps/_create/nb/a.ipynb", {})

    assert (status, body["reason"]) == (400, "Bad Request: last_modified_time not specified")


async def test_a_notebook_that_changed_on_disk_is_not_sent(api, notebook):
    notebook(CONFIG)

    status, body = await api("PUT", "pps/_create/nb/a.ipynb", {"last_modified_time": "2020-01-01T00:00:00.000000Z"})

    assert status == 400
    assert "stale notebook" in body["reason"]


@pytest.mark.parametrize("change", [{"requirements": "nope.txt"}, {"external_files": "nope.py"}, {"requirements": "../../../../etc/passwd"}])
async def test_a_file_that_is_not_there_is_named(api, notebook, modified, change):
    notebook({**CONFIG, **change})

    status, body = await api("PUT", "pps/_create/nb/a.ipynb", {"last_modified_time": await modified()})

    assert status == 400
    assert "requirements file does not exist" in body["reason"] or "nope.py could not be found" in body["reason"]


async def test_the_words_of_pachd_reach_the_user(api, notebook, modified, plan):
    notebook(CONFIG)
    plan({"PUT /pps/_create": {"status": 400, "body": "repo images not found"}})

    status, body = await api("PUT", "pps/_create/nb/a.ipynb", {"last_modified_time": await modified()})

    assert (status, body["message"]) == (400, "repo images not found")


async def test_a_mount_server_that_makes_no_pipelines_is_told_apart(api, notebook, modified, plan):
    notebook(CONFIG)
    plan({"PUT /pps/_create": {"status": 404, "body": "404 page not found"}})

    status, body = await api("PUT", "pps/_create/nb/a.ipynb", {"last_modified_time": await modified()})

    assert status == 501
    assert "makes no pipelines" in body["message"]


async def test_a_server_without_a_cluster_is_not_taken_for_one_that_makes_no_pipelines(api, notebook, modified, plan):
    notebook(CONFIG)
    plan({"PUT /pps/_create": {"status": 404, "body": "not connected to a cluster"}})

    status, body = await api("PUT", "pps/_create/nb/a.ipynb", {"last_modified_time": await modified()})

    assert (status, body["message"]) == (404, "not connected to a cluster")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"state": "PIPELINE_PAUSED", "reason": "runs nothing", "version": 1}', {"state": "PIPELINE_PAUSED", "reason": "runs nothing"}),
        ('{"state": "PIPELINE_RUNNING", "console_url": "https://c/p"}', {"state": "PIPELINE_RUNNING", "console_url": "https://c/p"}),
        ('{"state": 3}', {}),
        ("[]", {}),
        ("", {}),
    ],
)
async def test_what_pachd_says_of_the_pipeline_comes_with_the_message(api, notebook, modified, plan, answer, said):
    notebook(CONFIG)
    plan({"PUT /pps/_create": {"status": 200, "body": answer}})

    status, body = await api("PUT", "pps/_create/nb/a.ipynb", {"last_modified_time": await modified()})

    assert status == 200
    assert body.pop("message").startswith("Create pipeline request sent.")
    assert body == said
