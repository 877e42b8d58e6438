"""`mount-server`: how the process is, how data is shown here, what it printed last, and starting it now."""

from __future__ import annotations

import os
from typing import Any

import tornado
from jupyter_server.auth.decorator import authorized

from . import __version__
from .process import MountServerProcess
from .proxy import START_SECONDS, PachydermHandler
from .showing import Showing, is_mounted

_NOT_OURS = "There is no mount here; the mount-server was not started by this JupyterLab."


class View:
    """Where data is to be seen by notebooks of this Jupyter."""

    def __init__(self, process: MountServerProcess, mount_dir: str, address: str) -> None:
        self._process = process
        self._mount_dir = os.path.abspath(mount_dir)
        self.address = address

    @property
    def mount_dir(self) -> str:
        """The directory in which this process finds the data."""
        return self._process.shows_in or self._mount_dir

    @property
    def showing(self) -> Showing:
        """The way that is active."""
        own = self._process.showing
        if own:
            return own
        # Another Jupyter, or an administrator, has chosen.
        return Showing("fuse") if is_mounted(self._mount_dir) else Showing("none", _NOT_OURS)

    def describe(self) -> dict[str, Any]:
        """For the panel: `way` is fuse, namespace or none; `reason` says why it is not a better one."""
        showing = self.showing
        return {
            "way": showing.way,
            "reason": showing.reason,
            "mount_dir": self._mount_dir,
            "address": self.address,
        }


class StatusHandler(PachydermHandler):
    """GET tells, PUT starts it at once where it is waiting to be started again."""

    def initialize(self, process: MountServerProcess, view: View) -> None:
        self._process = process
        self._view = view

    @tornado.web.authenticated
    @authorized
    async def get(self) -> None:
        await self._tell()

    @tornado.web.authenticated
    @authorized
    async def put(self) -> None:
        self._process.restart_now()
        await self._process.ready(START_SECONDS)
        await self._tell()

    async def _tell(self) -> None:
        process = self._process
        await self.finish(
            {
                "version": __version__,
                "problem": process.problem,
                "lines": process.lines,
                "pid": process.pid,
                "starts": process.starts,
                **self._view.describe(),
            }
        )
