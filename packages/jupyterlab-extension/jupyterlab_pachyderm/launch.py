"""How mount-server is found and with which arguments it starts."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

from .settings import MountServerSettings

PROGRAM = "mount-server"
_CARRIED = Path(__file__).parent / "mount_server" / "bin" / "mount-server.js"
# The address of a UNIX socket has 108 bytes on Linux and 104 on macOS, with the closing zero.
_LONGEST_SOCKET_PATH = 100


class LaunchRefused(Exception):
    """mount-server cannot be started here; the message says what to do."""


@dataclass(frozen=True)
class Launch:
    """One command line, and the directory in which the data appears to this process once it runs."""

    argv: list[str]
    env: dict[str, str]
    mount_dir: str
    shows_in: str
    """With `{pid}` where the process id of mount-server goes."""


def find_mount_server(settings: MountServerSettings) -> list[str]:
    """The start of the command line. Throws LaunchRefused with what to do."""
    if settings.mount_server_path:
        path = shutil.which(settings.mount_server_path) or settings.mount_server_path
        if not os.path.exists(path):
            raise LaunchRefused(
                f"There is no mount-server at {settings.mount_server_path}. Correct "
                "c.PachydermExtension.mount_server_path or MOUNT_SERVER_PATH, then restart JupyterLab."
            )
    else:
        path = shutil.which(PROGRAM) or str(_CARRIED)
        if not os.path.exists(path):
            raise LaunchRefused(
                "mount-server is not installed: there is none on PATH. Install it, or name it in "
                "MOUNT_SERVER_PATH, then restart JupyterLab."
            )
    if path.endswith((".js", ".mjs")):
        node = shutil.which("node")
        if node is None:
            raise LaunchRefused(
                f"{path} needs Node.js, and there is no `node` on PATH. Install Node.js 20 or later, then restart JupyterLab."
            )
        return [node, path]
    return [path]


def launch(settings: MountServerSettings, sock_path: str | None) -> Launch:
    """The command line for these settings; makes the directory to mount on. Throws LaunchRefused."""
    options = ["--sock-path", sock_path] if sock_path else []
    if settings.log_file:
        options += ["--log-file", settings.log_file]
    env = {**os.environ, "PACH_CONFIG": settings.pach_config}
    program = find_mount_server(settings)
    mount_dir = os.path.abspath(settings.mount_dir)
    if not settings.nonpriv_container:
        _make_directory(mount_dir)
        return Launch([*program, "--mount-dir", mount_dir, *options], env, mount_dir, mount_dir)
    own_dir = f"/mnt{mount_dir}"
    _make_directory(own_dir)
    # Without --fork, unshare becomes mount-server itself, so the process id is the one that /proc shows.
    argv = ["unshare", "--user", "--map-root-user", "--mount", *program]
    return Launch([*argv, "--mount-dir", own_dir, "--allow-other=false", *options], env, mount_dir, f"/proc/{{pid}}/root{own_dir}")


def show_in_mount_dir(launch: Launch, pid: int) -> None:
    """Links the mount directory to where a mount-server in its own namespace shows the data. Throws LaunchRefused."""
    target = launch.shows_in.format(pid=pid)
    if target == launch.mount_dir:
        return
    try:
        if os.path.islink(launch.mount_dir):
            os.unlink(launch.mount_dir)
        elif os.path.isdir(launch.mount_dir):
            os.rmdir(launch.mount_dir)
        os.symlink(target, launch.mount_dir)
    except OSError as error:
        raise LaunchRefused(
            f"{launch.mount_dir} cannot be linked to {target} ({error.strerror}). Set PFS_MOUNT_DIR to a path "
            "that you may create, then restart JupyterLab."
        ) from error


def _make_directory(path: str) -> None:
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        # A mount that a dead mount-server left is there, yet is no directory; mount-server clears it away.
        return
    except OSError as error:
        raise LaunchRefused(
            f"{path} is not there and cannot be made ({error.strerror}). Make it and give it to your user, or set "
            "PFS_MOUNT_DIR to a directory of yours, then restart JupyterLab."
        ) from error


def private_socket(runtime_dir: str, mount_dir: str) -> str:
    """A socket path that only this user can reach, the same for every Jupyter server that shows `mount_dir`."""
    name = sha256(os.path.abspath(mount_dir).encode()).hexdigest()[:12]
    folder = Path(runtime_dir) / "pachyderm"
    if len(os.fsencode(folder / f"{name}.sock")) > _LONGEST_SOCKET_PATH:
        folder = Path(gettempdir()) / f"pachyderm-{os.getuid()}-{sha256(runtime_dir.encode()).hexdigest()[:8]}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else; remove it, or set PFS_SOCK_PATH")
    folder.chmod(0o700)
    return str(folder / f"{name}.sock")
