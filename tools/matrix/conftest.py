"""The three ways to data, on a real pachd and a real mount-server: a read-only mount, a writable mount, and `pfs://`."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import fsspec
import httpx
import pytest
from libraries import LIBRARIES
from places import DiskPlace, PfsPlace, Place

ROOT = Path(__file__).parents[2]
REPO = {"repo": "matrix", "project": "default", "branch": "master"}
START_SECONDS = 60

Ask = Callable[[str, str, object], object]


def program(name: str) -> list[str]:
    return ["node", str(ROOT / "packages" / name / "bin" / f"{name}.js")]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a running mount-server: its socket is `s`, its mount directory `pfs`."""
    folder = tmp_path_factory.mktemp("m")
    (folder / "pfs").mkdir()
    pachd = subprocess.Popen([*program("pachd-embedded"), "--data-dir", str(folder / "pachd"), "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert pachd.stdout
    address = re.search(r"grpc://\S+", pachd.stdout.readline())
    assert address, "pachd-embedded did not start"
    (folder / "config.json").write_text(json.dumps({"v2": {"active_context": "a", "contexts": {"a": {"pachd_address": address[0]}}}}))
    places = {"mount-dir": "pfs", "sock-path": "s", "pach-config": "config.json", "stage-dir": "stage", "cache-dir": "cache"}
    options = [part for option, place in places.items() for part in (f"--{option}", str(folder / place))]
    process = subprocess.Popen([*program("mount-server"), *options, "--log-level", "warn"])
    try:
        yield folder
    finally:
        for one in (process, pachd):
            one.terminate()
            assert one.wait(START_SECONDS) == 0


@pytest.fixture(scope="session")
def ask(server: Path) -> Ask:
    """Asks mount-server, which is connected."""
    client = httpx.Client(transport=httpx.HTTPTransport(uds=str(server / "s")), base_url="http://localhost", timeout=START_SECONDS)

    def is_ready() -> bool:
        try:
            return client.get("/ready").is_success
        except httpx.TransportError:
            return False

    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        assert time.monotonic() < deadline, "mount-server did not become ready"
        time.sleep(0.05)

    def call(method: str, path: str, body: object) -> object:
        answer = client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    return call


@pytest.fixture(scope="session")
def pfs(server: Path, ask: Ask) -> fsspec.AbstractFileSystem:
    return fsspec.filesystem("pfs", address=str(server / "s"))


@pytest.fixture(scope="session")
def written(server: Path, ask: Ask, pfs: fsspec.AbstractFileSystem) -> dict[str, Exception | None]:
    """Every library writes on the writable mount, below `disk`, and by `pfs://`, below `pfs`; what each failed with."""
    ask("PUT", "/repos/default/matrix/_create", {})
    ask("PUT", "/_mount", {"mounts": [{**REPO, "name": "rw", "mode": "rw"}]})
    outcome: dict[str, Exception | None] = {}
    for library in LIBRARIES:
        for place in (DiskPlace(server / "pfs" / "rw" / "disk" / library.__name__), PfsPlace(pfs, f"rw/pfs/{library.__name__}")):
            try:
                place.make()
                library().write(place)
                outcome[f"{place.way} {library.__name__}"] = None
            except Exception as error:
                outcome[f"{place.way} {library.__name__}"] = error
    return outcome


@pytest.fixture(scope="session")
def committed(ask: Ask, written: dict[str, Exception | None]) -> None:
    """What was written is in a commit, which the mount `ro` shows."""
    ask("PUT", "/_commit", {"mount": "rw"})
    ask("PUT", "/_mount", {"mounts": [{**REPO, "name": "ro"}]})


@pytest.fixture(scope="session")
def place(server: Path, pfs: fsspec.AbstractFileSystem, committed: None) -> Callable[[str, str], Place]:
    """A folder below a mount, by the way `read-only mount`, `writable mount` or `pfs://`."""

    def find(way: str, folder: str) -> Place:
        mounts = {"read-only mount": "ro", "writable mount": "rw"}
        return PfsPlace(pfs, f"ro/{folder}") if way == "pfs://" else DiskPlace(server / "pfs" / mounts[way] / folder)

    return find
