"""Jupyter with the real mount-server, on a real pachd."""

import json
import os
import signal

import pytest
from conftest import MOUNT_SERVER, SALES, eventually


@pytest.fixture
def extension_config(mount_dir, config_file):
    return {"mount_server_path": str(MOUNT_SERVER), "mount_dir": str(mount_dir), "pach_config": str(config_file)}


async def test_without_a_config_there_is_no_cluster_until_one_is_named(api, pachd, mount_dir):
    assert await api("GET", "config") == (200, {"cluster_status": "INVALID"})

    status, body = await api("PUT", "config", {"pachd_address": pachd})

    assert (status, body) == (200, {"cluster_status": "AUTH_DISABLED", "pachd_address": pachd})
    assert "sales" in [repo["repo"] for repo in (await api("GET", "repos"))[1]]


async def test_an_address_without_pachd_is_refused_with_a_sentence(api):
    status, body = await api("PUT", "config", {"pachd_address": "grpc://127.0.0.1:1"})

    assert status >= 400
    assert "127.0.0.1:1" in body["message"]


async def test_a_mounted_repo_is_on_the_disk_and_in_the_file_browser(api, connected, mount_dir):
    status, body = await api("PUT", "_mount", {"mounts": [SALES]})
    assert status == 200, body
    assert [mount["name"] for mount in body["mounted"]] == ["default_sales"]

    _, file = await api("GET", "pfs/default_sales/2026/january.csv")
    assert file["content"] == "city,amount\nParis,10\n"
    assert (mount_dir / "default_sales" / "2026" / "january.csv").read_text() == file["content"]

    status, body = await api("PUT", "_unmount", {"mounts": ["default_sales"]})
    assert (status, body["mounted"]) == (200, [])
    assert not (mount_dir / "default_sales").exists()


async def test_a_repo_that_is_not_there_is_refused_in_the_words_of_mount_server(api, connected):
    status, body = await api("PUT", "_mount", {"mounts": [{**SALES, "repo": "nope"}]})

    assert status == 400
    assert "nope" in body["message"]


async def test_what_is_written_is_committed(api, connected, mount_dir):
    await api("PUT", "_mount", {"mounts": [{**SALES, "name": "out", "branch": "results", "mode": "rw"}]})
    (mount_dir / "out" / "best.txt").write_text("42")

    status, body = await api("PUT", "_commit", {"mount": "out"})
    assert status == 200, body

    await api("PUT", "_mount", {"mounts": [{**SALES, "name": "seen", "branch": "results"}]})
    assert (mount_dir / "seen" / "best.txt").read_text() == "42"


async def test_the_mount_is_gone_when_jupyter_ends(api, connected, extension, mount_dir):
    await api("PUT", "_mount", {"mounts": [SALES]})
    assert os.path.ismount(mount_dir)

    await extension.stop_extension()

    assert not os.path.ismount(mount_dir)


async def test_a_mount_server_that_was_killed_comes_back(api, connected, extension):
    extension.process._first_pause = 0.05
    await api("PUT", "_mount", {"mounts": [SALES]})
    first = extension.process.pid
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: extension.process.pid not in (None, first))

    status, _ = await api("PUT", "_mount", {"mounts": [SALES]})

    assert status == 200
    assert (await api("GET", "pfs/default_sales"))[1]["content"][0]["name"] == "2026"


NOTEBOOK = {
    "cells": [{"cell_type": "code", "id": "a", "source": "print('totals')", "metadata": {}, "outputs": [], "execution_count": None}],
    "metadata": {
        "kept": "as it was",
        "pachyderm_pps": {
            "version": "v1.0.0",
            "config": {
                "pipeline": {"name": "totals", "project": {"name": ""}},
                "image": "python:3.10",
                "requirements": "./requirements.txt",
                "external_files": "rates.py",
                "input_spec": 'pfs:\n  repo: sales\n  glob: "/*"',
                "port": "",
                "gpu_mode": "None",
                "resource_spec": None,
            },
        },
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}


async def test_a_published_notebook_is_a_pipeline_that_reads_its_code(api, jp_fetch, jp_root_dir, connected, mount_dir):
    notebook = jp_root_dir / "totals.ipynb"
    notebook.write_text(json.dumps(NOTEBOOK))
    (jp_root_dir / "requirements.txt").write_text("numpy\n")
    (jp_root_dir / "rates.py").write_text("rate = 2\n")
    modified = json.loads((await jp_fetch("api", "contents", "totals.ipynb", params={"content": "0"})).body)["last_modified"]

    status, body = await api("PUT", "pps/_create/totals.ipynb", {"last_modified_time": modified})

    assert status == 200, body
    assert body["message"].startswith("Create pipeline request sent.")
    assert body["state"] == "PIPELINE_PAUSED"
    assert "does not run" in body["reason"]
    assert json.loads(notebook.read_text()) == NOTEBOOK
    repos = {repo["repo"]: repo["branches"] for repo in (await api("GET", "repos"))[1]}
    assert "totals" in repos
    [branch] = [name for name in repos["totals__context"] if name != "master"]
    mount = {"name": "code", "repo": "totals__context", "project": "default", "branch": branch}
    status, body = await api("PUT", "_mount", {"mounts": [mount]})
    assert status == 200, body
    assert sorted(os.listdir(mount_dir / "code")) == ["entrypoint.py", "rates.py", "requirements.txt", "user_code.py"]
    assert "print('totals')" in (mount_dir / "code" / "user_code.py").read_text()
    assert (mount_dir / "code" / "rates.py").read_text() == "rate = 2\n"


async def test_a_pipeline_that_pachd_refuses_is_told_in_its_words(api, jp_fetch, jp_root_dir, connected):
    refused = json.loads(json.dumps(NOTEBOOK))
    config = refused["metadata"]["pachyderm_pps"]["config"]
    config.update({"pipeline": {"name": "ticks"}, "requirements": "", "external_files": "", "input_spec": 'cron: {name: tick, spec: "every morning"}'})
    (jp_root_dir / "ticks.ipynb").write_text(json.dumps(refused))
    modified = json.loads((await jp_fetch("api", "contents", "ticks.ipynb", params={"content": "0"})).body)["last_modified"]

    status, body = await api("PUT", "pps/_create/ticks.ipynb", {"last_modified_time": modified})

    assert status == 400
    assert "every morning" in body["reason"]
    assert not [repo for repo in (await api("GET", "repos"))[1] if repo["repo"].startswith("ticks")]
