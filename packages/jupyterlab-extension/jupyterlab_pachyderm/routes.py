"""Every URL below `<base_url>/pachyderm/v2/`, and what may be done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_server.base.handlers import path_regex

from .connection import MountServerConnection
from .contents import ContentsHandler
from .process import MountServerProcess
from .proxy import ConfigHandler, ForwardHandler

PREFIX = "/pachyderm/v2/"

_READ = {"GET": "GET"}
_CHANGE = {"PUT": "PUT"}

# Path of mount-server: method here, method there.
FORWARDED: dict[str, dict[str, str]] = {
    "health": _READ,
    "config": {**_READ, **_CHANGE},
    "projects": _READ,
    "repos": _READ,
    "mounts": _READ,
    "_mount": _CHANGE,
    "_unmount": _CHANGE,
    "_unmount_all": _CHANGE,
    # Clients of the original post it.
    "_commit": {**_CHANGE, "POST": "PUT"},
    "datums": _READ,
    "datums/_mount": _CHANGE,
    "datums/_next": _CHANGE,
    "datums/_prev": _CHANGE,
    "_mount_datums": _CHANGE,
    "_show_datum": _CHANGE,
    "auth/_login": _CHANGE,
    "auth/_login_token": _CHANGE,
    "auth/_logout": _CHANGE,
}


def routes(
    connection: MountServerConnection, process: MountServerProcess, mount_dir: Callable[[], str]
) -> list[tuple[str, type, dict[str, Any]]]:
    """The handlers, with patterns below Jupyter's base URL."""
    parts = {"connection": connection, "process": process}
    forwarding = [
        (f"{PREFIX}({path})", ConfigHandler if path == "config" else ForwardHandler, {**parts, "forwards": forwards})
        for path, forwards in FORWARDED.items()
    ]
    return [*forwarding, (f"{PREFIX}pfs{path_regex}", ContentsHandler, {"mount_dir": mount_dir})]
