"""What only this user may reach: the folder of sockets, and of mounts in a namespace of their own."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

# The address of a UNIX socket has 108 bytes on Linux and 104 on macOS, with the closing zero.
_LONGEST_SOCKET_PATH = 100


def private_socket(runtime_dir: str, mount_dir: str) -> str:
    """A socket path that only this user can reach, the same for every Jupyter server that shows `mount_dir`."""
    return str(private_folder(runtime_dir) / f"{name_of(mount_dir)}.sock")


def name_of(mount_dir: str) -> str:
    """A short name for a mount directory, the same each time."""
    return sha256(os.path.abspath(mount_dir).encode()).hexdigest()[:12]


def private_folder(runtime_dir: str) -> Path:
    """The folder, made where it is missing. Throws PermissionError where somebody else has made it."""
    folder = Path(runtime_dir) / "pachyderm"
    if len(os.fsencode(folder / f"{name_of('/')}.sock")) > _LONGEST_SOCKET_PATH:
        folder = Path(gettempdir()) / f"pachyderm-{os.getuid()}-{sha256(runtime_dir.encode()).hexdigest()[:8]}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else; remove it, or set PFS_SOCK_PATH")
    folder.chmod(0o700)
    return folder
