"""Notebooks of the original extension become pipelines of a real pachd, and stay as they are."""

import json
from pathlib import Path

import pytest
from conftest import MOUNT_SERVER

NOTEBOOKS = Path(__file__).parent / "notebooks"
OLD = ["written-by-2.6.ipynb", "written-by-2.8.ipynb", "written-by-2.9.ipynb"]


@pytest.fixture
def extension_config(mount_dir, config_file):
    return {"mount_server_path": str(MOUNT_SERVER), "mount_dir": str(mount_dir), "pach_config": str(config_file)}


@pytest.fixture
def published(api, connected, jp_root_dir, jp_fetch):
    """Publishes a copy of the notebook; status, answer, and the bytes of the copy afterwards."""

    async def publish(name):
        (jp_root_dir / "requirements.txt").write_text("numpy\n")
        (jp_root_dir / "library1.py").write_text("x = 1\n")
        copy = jp_root_dir / name
        copy.write_bytes((NOTEBOOKS / name).read_bytes())
        model = json.loads((await jp_fetch("api", "contents", name, params={"content": "0"})).body)
        status, answer = await api("PUT", f"pps/_create/{name}", {"last_modified_time": model["last_modified"]})
        return status, answer, copy.read_bytes()

    return publish


@pytest.mark.parametrize("name", OLD)
async def test_a_notebook_of_the_original_is_published_and_not_touched(api, published, name):
    status, answer, after = await published(name)

    assert status == 200, answer
    assert answer["state"] == "PIPELINE_PAUSED"
    assert "does not run" in answer["reason"]
    assert after == (NOTEBOOKS / name).read_bytes()


async def test_what_the_notebook_describes_is_what_pachd_keeps(api, published):
    await published("written-by-2.9.ipynb")

    status, pipeline = await api("GET", "pps/pipelines/default/old-nine")

    assert status == 200, pipeline
    spec = pipeline["spec"]
    assert spec["transform"]["image"] == "python:3.10"
    user, code = spec["input"]["cross"]
    assert (user["pfs"]["repo"], user["pfs"]["glob"]) == ("sales", "/*")
    assert code["pfs"]["branch"].startswith("commit_")
    assert (await api("PUT", "_mount", {"mounts": [{"name": "code", "repo": "old-nine__context", "branch": code["pfs"]["branch"]}]}))[0] == 200
    _, listing = await api("GET", "pfs/code")
    assert sorted(entry["name"] for entry in listing["content"]) == ["entrypoint.py", "library1.py", "requirements.txt", "user_code.py"]
    assert "print" in (await api("GET", "pfs/code/user_code.py"))[1]["content"]


async def test_publishing_again_is_an_update(api, published):
    name = OLD[1]
    await published(name)
    _, before = await api("GET", "pps/pipelines/default/old-eight")

    await published(name)

    _, after = await api("GET", "pps/pipelines/default/old-eight")
    assert after["version"] == before["version"] + 1


async def test_the_refusal_of_pachd_reaches_the_user_in_its_words(api, connected, jp_root_dir, jp_fetch):
    notebook = json.loads((NOTEBOOKS / OLD[1]).read_text())
    config = notebook["metadata"]["pachyderm_pps"]["config"]
    config["pipeline"]["project"] = {"name": "nowhere"}
    config["requirements"] = ""
    (jp_root_dir / "a.ipynb").write_text(json.dumps(notebook))
    model = json.loads((await jp_fetch("api", "contents", "a.ipynb", params={"content": "0"})).body)

    status, answer = await api("PUT", "pps/_create/a.ipynb", {"last_modified_time": model["last_modified"]})

    assert status == 400
    assert 'project "nowhere" not found' in answer["message"]
