"""Files of the mounts are deleted in Jupyter's own file browser, which wants to move them to a trash that a mount does not have."""

from __future__ import annotations

import json

import pytest
from conftest import MOUNT_SERVER, SALES
from jupyter_server.services.contents.filemanager import FileContentsManager

from jupyterlab_pachyderm.direct_deletion import delete_mounted_files_directly


@pytest.fixture
def extension_config(mount_dir, config_file):
    return {"mount_server_path": str(MOUNT_SERVER), "mount_dir": str(mount_dir), "pach_config": str(config_file)}


@pytest.fixture
def browser(mounted, jp_fetch, jp_root_dir, mount_dir):
    """Deletes as the file browser does, with the mounts at `data` in Jupyter's folder: status and message."""
    (jp_root_dir / "data").symlink_to(mount_dir)

    async def delete(path):
        answer = await jp_fetch("api", "contents", *path.split("/"), method="DELETE", raise_error=False)
        return answer.code, json.loads(answer.body or b"{}").get("message", "")

    return delete


async def test_a_file_of_a_writable_mount_is_deleted_and_discarding_brings_it_back(api, browser, mount_dir):
    (mount_dir / "out" / "kept.txt").write_text("kept")
    (mount_dir / "out" / "folder").mkdir()
    assert (await api("PUT", "_commit", {"mount": "out"}))[0] == 200

    assert await browser("data/out/kept.txt") == (204, "")
    assert await browser("data/out/folder") == (204, "")

    assert not (mount_dir / "out" / "kept.txt").exists()
    assert not (mount_dir / "out" / "folder").exists()
    assert (await api("PUT", "mounts/out/_discard"))[0] == 200
    assert (mount_dir / "out" / "kept.txt").read_text() == "kept"


async def test_a_directory_with_files_in_it_stays(browser, mount_dir):
    (mount_dir / "out" / "d").mkdir()
    (mount_dir / "out" / "d" / "a.txt").write_text("a")

    status, message = await browser("data/out/d")

    assert (status, "not empty" in message, "Pachyderm panel" in message) == (400, True, True)
    assert (mount_dir / "out" / "d" / "a.txt").read_text() == "a"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [("default_sales/2026/january.csv", 403, 'mode "rw"'), ("out/none", 404, "no such file"), ("out", 403, "is a mount"), ("out/.hidden", 400, "Cannot delete")],
)
async def test_what_cannot_be_deleted_is_refused_with_the_reason(browser, mount_dir, path, status, said):
    (mount_dir / "out" / ".hidden").write_text("")

    refused, message = await browser(f"data/{path}")

    assert (refused, said in message) == (status, True), message
    assert (mount_dir / "default_sales" / "2026" / "january.csv").exists()


@pytest.mark.parametrize("trash", [True, False])
async def test_the_manager_that_does_not_wait_deletes_in_the_same_way(mounted, mount_dir, jp_root_dir, trash):
    (jp_root_dir / "data").symlink_to(mount_dir)
    manager = FileContentsManager(root_dir=str(jp_root_dir), delete_to_trash=trash)
    delete_mounted_files_directly(manager, str(mount_dir))
    (mount_dir / "out" / "a.txt").write_text("a")

    manager.delete_file("data/out/a.txt")

    assert not (mount_dir / "out" / "a.txt").exists()
