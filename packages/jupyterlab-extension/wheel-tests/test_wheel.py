"""`pip install` of the wheel, on a machine without Node.js, gives everything, as docs/install.md and README.md say."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from conftest import PACKAGE, Distribution, Environment

WORKSPACE = PACKAGE.parents[1]
PACHD = WORKSPACE / "packages" / "pachd-embedded" / "bin" / "pachd-embedded.js"
TOKEN = "wheel-test"
TABLE = "city,amount\nParis,10\n"
SALES = {"name": "default_sales", "repo": "sales", "project": "default", "branch": "master"}


class Lab:
    """A running `jupyter lab`, whose log is in a file."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, mount_dir: Path) -> None:
        self.process = process
        self.mount_dir = mount_dir
        while process.poll() is None:
            time.sleep(0.1)
            found = re.search(r"running at:\n.*?(http://127\.0\.0\.1:\d+)/lab", log.read_text())
            # Jupyter tells where it is before it listens there.
            with contextlib.suppress(URLError):
                if found and urlopen(found[1] + "/api").status == 200:
                    self.url = found[1]
                    return
        raise AssertionError(f"JupyterLab did not start:\n{log.read_text()}")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        sent = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, sent, {"Authorization": f"token {TOKEN}"}, method=method)
        with urlopen(request) as answer:
            return json.load(answer)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


@pytest.fixture(scope="session")
def pachd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a pachd with the repo `sales`."""
    node = shutil.which("node")
    assert node
    process = subprocess.Popen([node, str(PACHD), "--data-dir", str(tmp_path_factory.mktemp("pachd")), "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    address = re.search(r"grpc://\S+", process.stdout.readline())
    assert address is not None
    seed = [node, "--import", "tsx", "--conditions", "@jupyterlab-pachyderm/source", str(PACKAGE / "tests" / "seed-pachd.ts")]
    subprocess.run([*seed, address[0], "sales", "/2026/january.csv", TABLE], check=True, cwd=WORKSPACE)
    yield address[0]
    process.send_signal(signal.SIGTERM)
    process.wait(30)


@pytest.fixture
def lab(environment: Environment, tmp_path: Path) -> Iterator[Lab]:
    mount_dir = tmp_path / "pfs"
    command = [environment.python, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={TOKEN}"]
    variables = {**environment.variables, "PFS_MOUNT_DIR": str(mount_dir)}
    log = tmp_path / "jupyter.log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=variables, cwd=tmp_path, stderr=file)
    running = Lab(process, log, mount_dir)
    yield running
    if process.poll() is None:
        running.stop()


def test_the_main_job_works_without_node(environment: Environment, lab: Lab, pachd: str) -> None:
    assert shutil.which("node", path=environment.variables["PATH"]) is None

    config = lab.ask("PUT", "/pachyderm/v2/config", {"pachd_address": pachd})
    mounted = lab.ask("PUT", "/pachyderm/v2/_mount", {"mounts": [SALES]})["mounted"]

    assert config["cluster_status"] == "AUTH_DISABLED"
    assert [mount["name"] for mount in mounted] == ["default_sales"]
    status = lab.ask("GET", "/pachyderm/v2/mount-server")
    assert status["way"] == "fuse", status["reason"]
    assert (lab.mount_dir / "default_sales" / "2026" / "january.csv").read_text() == TABLE
    assert lab.ask("GET", "/pachyderm/v2/pfs/default_sales/2026/january.csv")["content"] == TABLE


def test_a_kernel_reads_pfs_urls_with_pandas(environment: Environment, lab: Lab, pachd: str) -> None:
    lab.ask("PUT", "/pachyderm/v2/config", {"pachd_address": pachd})
    lab.ask("PUT", "/pachyderm/v2/_mount", {"mounts": [SALES]})
    address = lab.ask("GET", "/pachyderm/v2/mount-server")["address"]
    code = "import pandas; print(pandas.read_csv('pfs://default_sales/2026/january.csv').amount.sum())"

    printed = subprocess.run([environment.python, "-c", code], env={**environment.variables, "PACHYDERM_MOUNT_SERVER": address}, capture_output=True, text=True)

    assert printed.stdout == "10\n", printed.stderr


def test_jupyterlab_finds_the_panel(environment: Environment) -> None:
    listed = environment.run("jupyter", "labextension", "list")

    assert re.search(r"jupyterlab-pachyderm v\S+ .*enabled.* .*OK", listed), listed


def test_jupyterlab_finds_the_languages_of_the_panel(environment: Environment) -> None:
    code = "from jupyterlab_server.translation_utils import get_installed_packages_locale as get; print(get('de_DE')[0]['jupyterlab_pachyderm']['Mount'][0])"

    assert environment.run("python", "-c", code).strip() == "Einhängen"


def test_everything_ends_with_jupyter(lab: Lab, pachd: str) -> None:
    lab.ask("PUT", "/pachyderm/v2/config", {"pachd_address": pachd})
    pid = lab.ask("GET", "/pachyderm/v2/mount-server")["pid"]
    assert os.path.ismount(lab.mount_dir)

    lab.stop()

    assert not os.path.ismount(lab.mount_dir)
    assert not Path(f"/proc/{pid}").exists()


def test_the_command_mount_server_runs_the_carried_one(environment: Environment) -> None:
    printed = environment.run("mount-server", "--version")

    assert printed.strip() == json.loads((PACKAGE / "package.json").read_text())["version"]


def test_nothing_is_left_after_uninstalling(environment: Environment) -> None:
    environment.pip("uninstall", "--yes", "jupyterlab-pachyderm")

    left = [str(path) for path in environment.folder.rglob("*") if "pachyderm" in path.name and "home" not in path.parts]
    assert left == []


def test_the_sdist_makes_the_same_wheel_without_node(distribution: Distribution, tmp_path: Path) -> None:
    made = Environment(tmp_path)
    subprocess.run(["python3", "-m", "venv", str(tmp_path)], check=True)

    made.pip("wheel", "--no-deps", "--wheel-dir", str(tmp_path / "wheels"), str(distribution.sdist))

    [wheel] = (tmp_path / "wheels").glob("*.whl")
    assert zipfile.ZipFile(wheel).namelist() == zipfile.ZipFile(distribution.wheel).namelist()


def test_the_wheel_carries_licences_and_no_install_script(distribution: Distribution) -> None:
    names = zipfile.ZipFile(distribution.wheel).namelist()

    assert "jupyterlab_pachyderm/mount_server/THIRD-PARTY-LICENCES.txt" in names
    assert any(name.endswith("licenses/licences/LGPL-2.1.txt") for name in names)
    manifests = [json.loads(zipfile.ZipFile(distribution.wheel).read(name)) for name in names if name.startswith("jupyterlab_pachyderm/mount_server/") and name.endswith("package.json")]
    assert [manifest for manifest in manifests if "scripts" in manifest] == []
