"""mount-server starts, lives and ends with Jupyter."""

import os
import stat
from pathlib import Path

import pytest
from conftest import eventually

from jupyterlab_pachyderm import __version__
from jupyterlab_pachyderm.connection import MountServerConnection
from jupyterlab_pachyderm.private_folder import private_socket


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_starts_by_itself_with_the_mount_directory(api, mount_dir):
    _, body = await api("GET", "mounts")

    assert body["argv"][:2] == ["--mount-dir", str(mount_dir)]


async def test_its_status_tells_how_it_is_and_what_runs_here(api, mount_dir):
    await api("GET", "health")

    status, body = await api("GET", "mount-server")

    assert (status, body["problem"], body["starts"], body["version"]) == (200, "", 1, __version__)
    assert body["lines"] == [f"mount dir {mount_dir}"]


async def test_its_socket_is_in_a_folder_of_the_user_alone(api, extension):
    await api("GET", "health")

    folder = Path(extension.connection.address).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_it_is_started_again_when_it_dies(api, plan, extension):
    extension.process._first_pause = 0.05
    plan({"GET /repos": {"exit": 3, "last_words": "out of memory"}})
    await api("GET", "health")
    first = extension.process.pid

    status, body = await api("GET", "repos")
    assert status == 503

    await eventually(lambda: extension.process.pid not in (None, first))
    assert (await api("GET", "health"))[0] == 200


async def test_while_it_is_away_the_answer_says_why(api, plan, extension):
    extension.process._first_pause = 60
    plan({"GET /repos": {"exit": 3, "last_words": "out of memory"}})
    await api("GET", "repos")
    await eventually(lambda: extension.process.problem != "")

    status, body = await api("GET", "mounts")

    assert status == 503
    assert body["code"] == "NO_MOUNT_SERVER"
    assert body["message"] == "mount-server stopped with status 3 and is started again by itself. It said: out of memory"


async def test_it_is_started_at_once_when_asked(api, plan, extension):
    extension.process._first_pause = 60
    plan({"GET /repos": {"exit": 3}})
    await api("GET", "repos")
    await eventually(lambda: extension.process.problem != "")

    status, body = await api("PUT", "mount-server")

    assert (status, body["problem"]) == (200, "")
    assert (await api("GET", "health"))[0] == 200


async def test_what_it_printed_can_be_read(api, mount_dir):
    await api("GET", "health")

    async def printed() -> bool:
        _, body = await api("GET", "mount-server")
        return body["lines"] == [f"mount dir {mount_dir}"]

    await eventually(printed)


async def test_it_ends_when_jupyter_ends(api, extension):
    await api("GET", "health")
    pid = extension.process.pid

    await extension.stop_extension()

    assert pid is not None
    assert not alive(pid)


async def test_a_running_one_of_the_same_user_is_used(api, extension, plan, tmp_path):
    await api("GET", "health")
    from jupyterlab_pachyderm.process import MountServerProcess

    def never():
        raise AssertionError("a second one was started")

    other = MountServerConnection(extension.connection.address)
    second = MountServerProcess(never, other, extension.log)
    second.start()
    await second.ready(10)

    assert second.problem == ""
    assert second.pid is None
    await second.stop()
    await other.close()


def test_a_long_runtime_folder_still_gives_a_short_socket_path(tmp_path):
    path = private_socket(str(tmp_path / ("x" * 200)), "/pfs")

    assert len(path) <= 100
    assert stat.S_IMODE(Path(path).parent.stat().st_mode) == 0o700


class TestWithoutProgram:
    @pytest.fixture
    def extension_config(self, mount_dir):
        return {"mount_server_path": "/nowhere/mount-server", "mount_dir": str(mount_dir)}

    async def test_the_answer_says_what_to_do(self, api):
        status, body = await api("GET", "mounts")

        assert status == 503
        assert body["message"] == (
            "There is no mount-server at /nowhere/mount-server. Correct c.PachydermExtension.mount_server_path "
            "or MOUNT_SERVER_PATH, then restart JupyterLab."
        )


class TestSidecar:
    @pytest.fixture
    def extension_config(self, mount_dir, plan, tmp_path, monkeypatch):
        monkeypatch.setenv("SIDECAR_MODE", "True")
        monkeypatch.setenv("PFS_SOCK_PATH", str(tmp_path / "s.sock"))
        monkeypatch.setenv("PFS_MOUNT_DIR", str(mount_dir))
        return {}

    async def test_none_is_started(self, api, extension, tmp_path):
        status, body = await api("GET", "health")

        assert status == 503
        assert str(tmp_path / "s.sock") in body["message"]
        assert "SIDECAR_MODE" in body["message"]
        assert body["code"] == "NO_SIDECAR"
        assert extension.process.pid is None
