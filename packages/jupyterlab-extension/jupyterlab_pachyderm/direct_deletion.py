"""
Deleting files of the mounts in Jupyter's own file browser.

Jupyter moves what is deleted to the trash. The trash of a mounted file system is a directory in its root, where only mounts stand, so
that every deletion below a mount would fail. There, files are deleted at once instead: one that a commit holds comes back when the
change is discarded. Jupyter's other files go to the trash as before.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from typing import Any

from jupyter_core.paths import is_hidden
from jupyter_server.services.contents.filemanager import AsyncFileContentsManager, FileContentsManager
from tornado.web import HTTPError

from .showing import is_mounted


def delete_mounted_files_directly(manager: Any, mount_dir: str) -> None:
    """Changes how `manager` deletes what lies below `mount_dir`; one that keeps no files on a disk is left alone."""
    if not isinstance(manager, FileContentsManager):
        return
    by_jupyter: Any = manager.delete_file

    def place(path: str) -> str | None:
        """Where a file of a mount lies; None for what is left to Jupyter."""
        os_path = manager._get_os_path(path.strip("/"))
        below = _below(os_path, mount_dir) if manager.delete_to_trash else None
        return None if below is None or (not manager.allow_hidden and is_hidden(os_path, manager.root_dir)) else below

    def delete(path: str, os_path: str) -> None:
        if os.path.dirname(os_path) == os.path.realpath(mount_dir):
            raise HTTPError(403, f"{path} is a mount; unmount it in the Pachyderm panel")
        _delete(path, os_path, kept=None if manager.always_delete_dir else {getattr(manager.checkpoints, "checkpoint_dir", "")})

    async def delete_file_async(path: str) -> None:
        os_path = place(path)
        await (by_jupyter(path) if os_path is None else asyncio.to_thread(delete, path, os_path))

    def delete_file(path: str) -> None:
        os_path = place(path)
        if os_path is None:
            by_jupyter(path)
        else:
            delete(path, os_path)

    manager.delete_file = delete_file_async if isinstance(manager, AsyncFileContentsManager) else delete_file  # type: ignore[method-assign]


def _below(os_path: str, mount_dir: str) -> str | None:
    """The path without links in it, but for the last name; None where nothing of ours is mounted."""
    root = os.path.realpath(mount_dir)
    parent, name = os.path.split(os_path)
    real = os.path.join(os.path.realpath(parent), name)
    return real if real.startswith(root + os.sep) and is_mounted(root) else None


def _delete(path: str, os_path: str, kept: set[str] | None) -> None:
    """Deletes a file or directory; where `kept` is given, only a directory with nothing else in it. Throws HTTPError."""
    try:
        if os.path.islink(os_path) or not os.path.isdir(os_path):
            os.unlink(os_path)
            return
        if kept is not None and set(os.listdir(os_path)) - kept:
            raise HTTPError(400, f"{path} is not empty, and a mount has no trash. Delete its files first, or delete it in the Pachyderm panel.")
        shutil.rmtree(os_path)
    except FileNotFoundError as error:
        raise HTTPError(404, f"{path}: no such file or directory") from error
    except OSError as error:
        if error.errno == errno.EROFS:
            raise HTTPError(403, f'{path} cannot be deleted: its mount is read-only. Mount the branch with mode "rw" to change it.') from error
        raise HTTPError(403, f"{path} cannot be deleted: {error.strerror}") from error
