"""The ways in which data can be shown to notebooks: on a mount, on a mount in a namespace of its own, or without one."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Way = Literal["fuse", "namespace", "none"]

_DEVICE = "/dev/fuse"
_SYS_ADMIN = 21
_PROBE_SECONDS = 5
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


@dataclass(frozen=True)
class Showing:
    """The chosen way, and why it is not a better one."""

    way: Way
    reason: str = ""


def best_way() -> Showing:
    """The best way that this process may take here."""
    no_fuse = why_no_fuse()
    if not no_fuse:
        return Showing("fuse")
    no_namespace = why_no_namespace()
    if not no_namespace:
        return Showing("namespace", no_fuse)
    return Showing("none", f"{no_fuse} A user namespace does not help: {no_namespace}")


def why_no_fuse() -> str:
    """What keeps this process from mounting; empty when nothing does."""
    if sys.platform != "linux":
        return ""
    no_device = _why_no_device()
    if no_device:
        return no_device
    status = _process_status()
    if os.geteuid() == 0:
        return "" if _has(status, "CapEff") else "This container may not mount (no CAP_SYS_ADMIN)."
    helper = shutil.which("fusermount3") or shutil.which("fusermount")
    if helper is None:
        return "The program fusermount3, which mounts for users, is not installed (package fuse3)."
    found = os.stat(helper)
    if found.st_uid != 0 or not found.st_mode & stat.S_ISUID:
        return f"{helper} does not run as root (chmod u+s), so users may not mount."
    if status.get("NoNewPrivs") == "1" or not _has(status, "CapBnd"):
        return "This container lets no program gain the right to mount."
    return ""


def why_no_namespace() -> str:
    """What keeps this process from mounting in a user namespace; empty when nothing does."""
    if sys.platform != "linux":
        return "only Linux has them."
    no_device = _why_no_device()
    if no_device:
        return no_device
    if shutil.which(NAMESPACE[0]) is None:
        return "the program unshare is not installed (package util-linux)."
    try:
        tried = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True, timeout=_PROBE_SECONDS)
    except subprocess.TimeoutExpired:
        return "unshare does not come to an end."
    return "" if tried.returncode == 0 else tried.stderr.strip() or f"unshare ended with status {tried.returncode}."


def others_may_look() -> bool:
    """Whether a mount of this user may be seen by other users, root among them."""
    if sys.platform != "linux" or os.geteuid() == 0:
        return True
    try:
        lines = Path("/etc/fuse.conf").read_text().splitlines()
    except OSError:
        return False
    return any(line.strip() == "user_allow_other" for line in lines)


def is_mounted(directory: str) -> bool:
    """Whether something is mounted there, by the table of the kernel: a mount that is stuck cannot hold us up."""
    if sys.platform != "linux":
        return os.path.ismount(directory)
    rows = Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines()
    return directory in {re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), row.split(" ")[4]) for row in rows}


def _why_no_device() -> str:
    try:
        os.close(os.open(_DEVICE, os.O_RDWR))
    except FileNotFoundError:
        return f"{_DEVICE} is not there; a container needs `--device {_DEVICE}`."
    except OSError as error:
        return f"{_DEVICE} cannot be opened ({error.strerror})."
    return ""


def _process_status() -> dict[str, str]:
    rows = (line.partition(":") for line in Path("/proc/self/status").read_text().splitlines())
    return {name: value.strip() for name, _, value in rows}


def _has(status: dict[str, str], capabilities: str) -> bool:
    return bool(int(status.get(capabilities, "0"), 16) >> _SYS_ADMIN & 1)
