"""A Jupyter server with the extension, on a mount-server that the test chooses."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_pachyderm.extension import PachydermExtension

pytest_plugins = ["pytest_jupyter.jupyter_server"]

FAKE = Path(__file__).parent / "fake_mount_server.py"
PACKAGE = Path(__file__).parents[1]
PACKAGES = PACKAGE.parent
MOUNT_SERVER = PACKAGES / "mount-server" / "bin" / "mount-server.js"
PACHD = PACKAGES / "pachd-embedded" / "bin" / "pachd-embedded.js"
SALES = {"name": "default_sales", "repo": "sales", "project": "default", "branch": "master"}


@pytest.fixture
def mount_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "pfs"
    folder.mkdir()
    return folder


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], None]:
    """Says what the fake mount-server answers from now on."""
    script = tmp_path / "plan.json"
    monkeypatch.setenv("FAKE_MOUNT_SERVER_SCRIPT", str(script))

    def write(answers: dict[str, Any]) -> None:
        script.write_text(json.dumps(answers))

    return write


@pytest.fixture
def extension_config(mount_dir: Path, plan: object) -> dict[str, Any]:
    return {"mount_server_path": str(FAKE), "mount_dir": str(mount_dir)}


@pytest.fixture
def jp_server_config(extension_config: dict[str, Any]) -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"jupyterlab_pachyderm": True}},
        "PachydermExtension": extension_config,
    }


@pytest.fixture
def extension(jp_serverapp: Any) -> PachydermExtension:
    point = jp_serverapp.extension_manager.extension_points["jupyterlab_pachyderm"]
    assert isinstance(point.app, PachydermExtension)
    return point.app


@pytest.fixture
def api(jp_serverapp: Any, jp_fetch: Any) -> Callable[..., Awaitable[tuple[int, Any]]]:
    """A request with the token; status and JSON body."""

    async def call(method: str, path: str, body: object = None, **options: Any) -> tuple[int, Any]:
        sent = None if method in ("GET", "DELETE") else json.dumps({} if body is None else body)
        answer = await jp_fetch("pachyderm", "v2", *path.split("/"), method=method, body=sent, raise_error=False, **options)
        return answer.code, json.loads(answer.body or b"null")

    return call


def seed(address: str, repo: str, path: str, text: str) -> None:
    """Makes a repo with one file."""
    script = ["node", "--import", "tsx", "--conditions", "@jupyterlab-pachyderm/source", str(Path(__file__).parent / "seed-pachd.ts")]
    subprocess.run([*script, address, repo, path, text], check=True, cwd=PACKAGES.parent)


@pytest.fixture(scope="session")
def pachd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a pachd with the repo `sales`."""
    missing = [str(package / "dist") for package in (MOUNT_SERVER.parents[1], PACHD.parents[1]) if not (package / "dist").exists()]
    assert not missing, f"not built: {', '.join(missing)}; run `npm run build` first"
    data = tmp_path_factory.mktemp("pachd")
    process = subprocess.Popen(["node", str(PACHD), "--data-dir", str(data), "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    address = re.search(r"grpc://\S+", process.stdout.readline())
    assert address is not None
    seed(address[0], "sales", "/2026/january.csv", "city,amount\nParis,10\n")
    yield address[0]
    process.send_signal(signal.SIGTERM)
    process.wait(30)


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    return tmp_path / "pach" / "config.json"


@pytest.fixture
def connected(config_file: Path, pachd: str) -> None:
    """The config file names the pachd."""
    config_file.parent.mkdir()
    config_file.write_text(json.dumps({"v2": {"active_context": "a", "contexts": {"a": {"pachd_address": pachd}}}}))


@pytest.fixture
def config_without_mount(mount_dir: Path, config_file: Path) -> dict[str, str]:
    """The settings of an extension whose mount-server mounts nothing."""
    return {"mount_server_path": str(MOUNT_SERVER), "mount_dir": str(mount_dir), "pach_config": str(config_file), "mount_with": "none"}


@pytest.fixture
def mounted(request: pytest.FixtureRequest, api: Any, connected: None, jp_asyncio_loop: asyncio.AbstractEventLoop) -> None:
    """`sales` is mounted to read, and at `out` a branch to write that no other file of tests has."""
    out = {"name": "out", "repo": "sales", "project": "default", "branch": request.module.__name__, "mode": "rw"}
    status, body = jp_asyncio_loop.run_until_complete(api("PUT", "_mount", {"mounts": [SALES, out]}))
    assert status == 200, body


async def eventually(condition: Callable[[], Awaitable[bool] | bool], seconds: float = 15) -> None:
    """Waits until the condition holds; fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while True:
        held = condition()
        if held if isinstance(held, bool) else await held:
            return
        assert time.monotonic() < deadline, "the condition did not come true in time"
        await asyncio.sleep(0.02)
