"""docs/mount-server-manual.md, followed word for word."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from conftest import MOUNT_SERVER, PACKAGE, PACKAGES, SALES, eventually

MANUAL = (PACKAGES.parent / "docs" / "mount-server-manual.md").read_text()
TOKEN = "manual"
ADDRESS_IN_MANUAL = "grpc://localhost:30650"


def blocks(heading: str, language: str) -> list[str]:
    section = re.split(r"^## ", MANUAL, flags=re.MULTILINE)
    [text] = [part for part in section if part.startswith(heading + "\n")]
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Reader:
    """Somebody with a home directory, who types what the manual says."""

    def __init__(self, home: Path, pachd: str) -> None:
        self.home = home
        self._pachd = pachd
        programs = home / "bin"
        programs.mkdir(parents=True)
        (programs / "mount-server").symlink_to(MOUNT_SERVER)
        (home / ".jupyter").mkdir()
        server = {"open_browser": False, "allow_root": True, "ip": "127.0.0.1", "port": free_port(), "jpserver_extensions": {"jupyterlab_pachyderm": True}}
        (home / ".jupyter" / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": server, "IdentityProvider": {"token": TOKEN}}))
        path = os.pathsep.join([str(programs), os.path.dirname(sys.executable), os.environ["PATH"]])
        self._environment = {"HOME": str(home), "PATH": path, "PYTHONPATH": str(PACKAGE), "LANG": "C.UTF-8"}
        self._started: list[subprocess.Popen[bytes]] = []
        self.url = ""

    def type(self, commands: str, **variables: str) -> None:
        log = (self.home / "log").open("ab")
        commands = commands.replace(ADDRESS_IN_MANUAL, self._pachd)
        self._started.append(
            subprocess.Popen(["bash", "-c", commands + "\nwait"], env={**self._environment, **variables}, cwd=self.home, stdout=log, stderr=log, start_new_session=True)
        )

    def ask(self, method: str, path: str, body: object = None):
        sent = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.url}/pachyderm/v2/{path}", sent, {"Authorization": f"token {TOKEN}"}, method=method)) as answer:
            return json.load(answer)

    def sees_jupyter(self) -> bool:
        for info in self.home.rglob("jpserver-*.json"):
            with contextlib.suppress(URLError, ValueError):
                url = json.loads(info.read_text())["url"].rstrip("/")
                urlopen(f"{url}/api")
                self.url = url
                return True
        return False

    def is_connected(self) -> bool:
        with contextlib.suppress(URLError):
            return self.ask("GET", "config").get("pachd_address") == self._pachd
        return False

    def leave(self) -> None:
        for shell in reversed(self._started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGTERM)
            shell.wait(60)


@pytest.fixture
def reader(pachd, tmp_path):
    one = Reader(tmp_path / "home", pachd)
    yield one
    one.leave()


async def reads_the_file(reader, mount_dir):
    await eventually(reader.sees_jupyter, seconds=60)
    await eventually(reader.is_connected, seconds=60)
    reader.ask("PUT", "_mount", {"mounts": [SALES]})
    assert (mount_dir / "default_sales" / "2026" / "january.csv").read_text() == "city,amount\nParis,10\n"


async def test_running_the_mount_server_manually(reader):
    by_hand, jupyter = blocks("Running the mount server manually", "sh")
    cluster, _ = blocks("A well-known cluster at start-up", "sh")
    reader.type(cluster.replace("jupyter lab", ""))
    await eventually((reader.home / ".pachyderm" / "config.json").exists)

    reader.type(by_hand)
    reader.type(jupyter)

    await reads_the_file(reader, reader.home / "pfs")
    assert reader.ask("GET", "mount-server")["pid"] is None
    assert reader.ask("GET", "mount-server")["way"] == "fuse"


async def test_running_the_mount_server_in_another_container(reader):
    elsewhere, jupyter = blocks("Running the mount server in another container", "sh")
    cluster, _ = blocks("A well-known cluster at start-up", "sh")
    reader.type(cluster.replace("jupyter lab", ""))
    await eventually((reader.home / ".pachyderm" / "config.json").exists)

    reader.type(elsewhere)
    reader.type(jupyter)

    await reads_the_file(reader, reader.home / "pfs")
    with pytest.raises(URLError, match="401"):
        urlopen("http://127.0.0.1:9002/mounts")


@pytest.mark.parametrize("commands", blocks("A well-known cluster at start-up", "sh"), ids=["config file", "environment"])
async def test_a_well_known_cluster_at_start_up(reader, commands):
    reader.type(commands, PFS_MOUNT_DIR=str(reader.home / "pfs"))

    await reads_the_file(reader, reader.home / "pfs")


async def test_where_nobody_may_mount(reader):
    [commands, _] = blocks("A well-known cluster at start-up", "sh")
    reader.type(commands, PFS_MOUNT_WITH="none")
    await eventually(reader.sees_jupyter, seconds=60)
    await eventually(reader.is_connected, seconds=60)
    reader.ask("PUT", "_mount", {"mounts": [SALES]})
    address = reader.ask("GET", "mount-server")["address"]

    for code in blocks("Where nobody may mount", "python"):
        registered = "import fsspec; fsspec.register_implementation('pfs', 'jupyterlab_pachyderm.file_system.PfsFileSystem')\n"
        environment = {**os.environ, "PACHYDERM_MOUNT_SERVER": address, "PYTHONPATH": str(PACKAGE)}
        done = subprocess.run([sys.executable, "-c", registered + code], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


