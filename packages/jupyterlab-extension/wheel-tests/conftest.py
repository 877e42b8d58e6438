"""The wheel and the sdist, built once, and environments that have nothing but them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
# JupyterLab of the oldest supported series, and the newest of all.
JUPYTERLABS = {"4.2": "jupyterlab==4.2.*", "newest": "jupyterlab"}


@dataclass(frozen=True)
class Distribution:
    wheel: Path
    sdist: Path


@dataclass(frozen=True)
class Environment:
    folder: Path

    @property
    def python(self) -> str:
        return str(self.folder / "bin" / "python")

    @property
    def variables(self) -> dict[str, str]:
        """No PATH leads to Node.js, and nothing of the user's Pachyderm or Jupyter is seen."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return {"PATH": str(self.folder / "bin"), "HOME": str(home), "LANG": "C.UTF-8"}

    def run(self, *command: str) -> str:
        done = subprocess.run([str(self.folder / "bin" / command[0]), *command[1:]], env=self.variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def pip(self, *arguments: str) -> str:
        # pip finds its index as the user has set it up.
        done = subprocess.run(
            [self.python, "-m", "pip", "--disable-pip-version-check", *arguments],
            env={**os.environ, "PATH": self.variables["PATH"]}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def distribution() -> Distribution:
    node = shutil.which("node")
    assert node, "building needs Node.js"
    subprocess.run([node, str(PACKAGE / "build-wheel.mjs")], check=True, env={**os.environ, "PYTHON": sys.executable})
    [wheel] = (PACKAGE / "dist").glob("*.whl")
    [sdist] = (PACKAGE / "dist").glob("*.tar.gz")
    return Distribution(wheel, sdist)


@pytest.fixture(scope="session", params=JUPYTERLABS.values(), ids=JUPYTERLABS.keys())
def environment(request: pytest.FixtureRequest, distribution: Distribution, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """With the wheel, and one JupyterLab."""
    made = Environment(tmp_path_factory.mktemp("installed"))
    venv.create(made.folder, with_pip=True)
    made.pip("install", str(distribution.wheel), request.param, "pandas")
    return made
