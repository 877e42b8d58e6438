"""How mount-server is found and with which arguments it starts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass

from jupyter_core.paths import jupyter_runtime_dir

from . import carried
from .private_folder import name_of, private_folder
from .settings import DEFAULT_MOUNT_DIR, MountServerSettings
from .showing import NAMESPACE, Showing, best_way, others_may_look

PROGRAM = "mount-server"
_TO_DO = "Make it and give it to your user, or set PFS_MOUNT_DIR to a directory of yours, then restart JupyterLab."


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
    showing: Showing


def find_mount_server(settings: MountServerSettings) -> list[str]:
    """The start of the command line: by setting or environment, on PATH, then the carried one. Throws LaunchRefused with what to do."""
    if settings.mount_server_path:
        path = shutil.which(settings.mount_server_path) or settings.mount_server_path
        if not os.path.exists(path):
            raise LaunchRefused(
                f"There is no mount-server at {settings.mount_server_path}. Correct "
                "c.PachydermExtension.mount_server_path or MOUNT_SERVER_PATH, then restart JupyterLab."
            )
        return _run(path)
    on_path = shutil.which(PROGRAM)
    # The program that pip puts on PATH starts the carried one.
    if on_path and os.path.dirname(on_path) != sysconfig.get_path("scripts"):
        return _run(on_path)
    if carried.PROGRAM.exists():
        try:
            return carried.carried_command()
        except carried.NodeMissing as error:
            raise LaunchRefused(str(error)) from error
    raise LaunchRefused(
        "mount-server is not installed: there is none on PATH. Install it, or name it in "
        "MOUNT_SERVER_PATH, then restart JupyterLab."
    )


def _run(path: str) -> list[str]:
    if not path.endswith((".js", ".mjs")):
        return [path]
    node = shutil.which("node") or carried.carried_node()
    if node is None:
        raise LaunchRefused(
            f"{path} needs Node.js, and there is no `node` on PATH. Install Node.js 20 or later, then restart JupyterLab."
        )
    return [node, path]


def launch(settings: MountServerSettings, sock_path: str | None) -> Launch:
    """The command line for these settings; makes the directory to mount on. Throws LaunchRefused."""
    found = find_mount_server(settings)
    mount_dir = os.path.abspath(settings.mount_dir)
    showing = _showing(settings, found, mount_dir)
    program = [*_with_jupyter(), *found]
    options = ["--sock-path", sock_path] if sock_path else []
    if settings.log_file:
        options += ["--log-file", settings.log_file]
    if settings.token_file:
        options += ["--token-file", settings.token_file]
    env = {**os.environ, "PACH_CONFIG": settings.pach_config}
    if showing.way == "none":
        return Launch([*program, "--mount-dir", mount_dir, "--no-fuse", *options], env, mount_dir, mount_dir, showing)
    if showing.way == "fuse":
        _remove_dangling_link(mount_dir)
        refused = _make_directory(mount_dir)
        if refused:
            raise LaunchRefused(f"{refused} {_TO_DO}")
        others = [] if others_may_look() else ["--allow-other=false"]
        return Launch([*program, "--mount-dir", mount_dir, *others, *options], env, mount_dir, mount_dir, showing)
    own_dir = _own_directory(mount_dir)
    # Without --fork, unshare becomes mount-server itself, so the process id is the one that /proc shows.
    argv = [*NAMESPACE, *program, "--mount-dir", own_dir, "--allow-other=false", *options]
    return Launch(argv, env, mount_dir, f"/proc/{{pid}}/root{own_dir}", showing)


def _with_jupyter() -> list[str]:
    """What ends mount-server also when Jupyter is killed and cannot end it; nothing where the system has no such program."""
    prefix = ["setpriv", "--pdeathsig", "TERM"]
    if sys.platform != "linux" or shutil.which(prefix[0]) is None:
        return []
    return prefix if subprocess.run([*prefix, "true"], capture_output=True).returncode == 0 else []


def _showing(settings: MountServerSettings, program: list[str], mount_dir: str) -> Showing:
    if settings.mount_with == "none":
        return Showing("none", "The settings say so (mount_with, PFS_MOUNT_WITH).")
    if program[-1] == str(carried.PROGRAM) and not carried.mounts_here():
        return Showing("none", "The mount-server of this package mounts on Linux x86-64 only; elsewhere install one and name it in MOUNT_SERVER_PATH.")
    if settings.mount_with != "auto":
        return Showing(settings.mount_with)
    best = best_way()
    if best.way == "fuse" and mount_dir == DEFAULT_MOUNT_DIR:
        # Nobody asked for this very directory, so that it is missing must not keep the data away.
        refused = _make_directory(mount_dir)
        if refused:
            return Showing("none", f"{refused} {_TO_DO}")
    return best


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


def _make_directory(path: str) -> str:
    """Makes it where it is missing; says why it cannot be mounted on, or nothing."""
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        # A mount that a dead mount-server left is there, yet is no directory; mount-server clears it away.
        return ""
    except OSError as error:
        return f"{path} is not there and cannot be made ({error.strerror})."
    return "" if os.access(path, os.W_OK) or os.path.ismount(path) else f"{path} may not be written by your user, so nothing can be mounted there."


def _remove_dangling_link(mount_dir: str) -> None:
    """What a mount-server in a namespace of its own left, when it is gone."""
    if os.path.islink(mount_dir) and os.readlink(mount_dir).startswith("/proc/") and not os.path.exists(mount_dir):
        os.unlink(mount_dir)


def _own_directory(mount_dir: str) -> str:
    """Where a mount-server in a namespace of its own mounts, since the mount directory becomes a link. Throws LaunchRefused."""
    own_dir = f"/mnt{mount_dir}"
    if _make_directory(own_dir):
        own_dir = str(private_folder(jupyter_runtime_dir()) / f"mnt-{name_of(mount_dir)}")
        refused = _make_directory(own_dir)
        if refused:
            raise LaunchRefused(refused)
    return own_dir
