"""An embedded pachd for each test module's needs: one without authorization, one with it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pachyderm_sdk import Client

ROOT = Path(__file__).parents[2]
ROOT_TOKEN = "sdk-root-token"


def start_pachd(data_dir: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    command = ["node", str(ROOT / "packages/pachd-embedded/bin/pachd-embedded.js"), "--data-dir", str(data_dir), "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    for line in process.stdout:
        if ready := re.search(r"listening on (grpc://\S+)", line):
            return process, ready[1]
    raise AssertionError(f"pachd-embedded ended with status {process.wait()}")


def serve(data_dir: Path, *options: str) -> Iterator[str]:
    process, address = start_pachd(data_dir, *options)
    yield address
    process.terminate()
    assert process.wait(timeout=10) == 0


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    for address in serve(tmp_path):
        yield Client.from_pachd_address(address)


@pytest.fixture
def guarded_address(tmp_path: Path) -> Iterator[str]:
    yield from serve(tmp_path, "--root-token", ROOT_TOKEN)
