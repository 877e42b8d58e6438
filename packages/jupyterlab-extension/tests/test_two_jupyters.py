"""Several Jupyters of one user, and one that is killed."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from functools import partial

import pytest
from conftest import FAKE, MOUNT_SERVER, PACKAGE, SALES, eventually

from jupyterlab_pachyderm.connection import MountServerConnection
from jupyterlab_pachyderm.launch import launch
from jupyterlab_pachyderm.private_folder import private_socket
from jupyterlab_pachyderm.process import MountServerProcess
from jupyterlab_pachyderm.settings import MountServerSettings

LOG = logging.getLogger("test")


@pytest.fixture
def jupyter(mount_dir, config_file, tmp_path):
    """What one Jupyter has: a process to supervise, and a connection."""

    def make():
        settings = MountServerSettings(mount_server_path=str(MOUNT_SERVER), mount_dir=str(mount_dir), pach_config=str(config_file))
        sock_path = str(tmp_path / "s.sock")
        connection = MountServerConnection(sock_path)
        return MountServerProcess(partial(launch, settings, sock_path), connection, LOG, first_pause_seconds=0.05), connection

    return make


async def names(connection):
    async with connection.request("GET", "/mounts") as answer:
        return [mount["name"] for mount in json.loads(await answer.aread())["mounted"]]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_two_that_start_at_once_share_one_mount_server(jupyter, connected, mount_dir):
    (first, one), (second, two) = jupyter(), jupyter()
    first.start()
    second.start()
    await asyncio.gather(first.ready(30), second.ready(30))
    await eventually(lambda: (first.problem, second.problem) == ("", ""))
    await eventually(lambda: len([p for p in (first, second) if p.pid is not None]) == 1)

    async with one.request("PUT", "/_mount", body=b'{"mounts": [%s]}' % json.dumps(SALES).encode()) as answer:
        assert answer.is_success

    assert await names(two) == ["default_sales"]
    for process, connection in ((first, one), (second, two)):
        await process.stop()
        await connection.close()
    assert not os.path.ismount(mount_dir)


async def test_when_the_one_that_runs_it_ends_the_other_takes_over(jupyter, connected, mount_dir):
    (first, one), (second, two) = jupyter(), jupyter()
    first.start()
    await first.ready(30)
    second.start()
    await second.ready(30)
    assert second.pid is None

    await first.stop()
    await one.close()

    await eventually(lambda: second.pid is not None, seconds=30)
    await eventually(two.is_healthy, seconds=30)
    await second.stop()
    await two.close()


def test_other_mount_directories_have_other_mount_servers(tmp_path):
    assert private_socket(str(tmp_path), "/pfs") == private_socket(str(tmp_path), "/pfs/")
    assert private_socket(str(tmp_path), "/pfs") != private_socket(str(tmp_path), "/home/me/pfs")


async def test_it_ends_when_jupyter_is_killed(mount_dir, tmp_path, plan):
    code = """
import subprocess, sys, time
from jupyterlab_pachyderm.launch import launch
from jupyterlab_pachyderm.settings import MountServerSettings
started = launch(MountServerSettings(mount_server_path=sys.argv[1], mount_dir=sys.argv[2]), sys.argv[3])
print(subprocess.Popen(started.argv, env=started.env, start_new_session=True, stdout=subprocess.DEVNULL).pid, flush=True)
time.sleep(600)
"""
    killed = subprocess.Popen([sys.executable, "-c", code, str(FAKE), str(mount_dir), str(tmp_path / "s.sock")], env={**os.environ, "PYTHONPATH": str(PACKAGE)}, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    pid = int(killed.stdout.readline())
    assert is_alive(pid)
    await eventually((tmp_path / "s.sock").exists)

    killed.send_signal(signal.SIGKILL)
    killed.wait()

    await eventually(lambda: not is_alive(pid))
