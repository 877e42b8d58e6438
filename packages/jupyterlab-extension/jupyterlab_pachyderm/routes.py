"""Every URL below `<base_url>/pachyderm/v2/`, and what may be done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_server.base.handlers import path_regex

from .connection import MountServerConnection
from .contents import ContentsHandler, DownloadHandler
from .process import MountServerProcess
from .proxy import ConfigHandler, ForwardHandler, LoginHandler, ProcessHandler
from .publish import PublishHandler
from .session import LoginWaiter

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
    "auth/_logout": _CHANGE,
}


def routes(
    connection: MountServerConnection, process: MountServerProcess, login: LoginWaiter, mount_dir: Callable[[], str]
) -> list[tuple[str, type, dict[str, Any]]]:
    """The handlers, with patterns below Jupyter's base URL."""
    parts = {"connection": connection, "process": process}
    special: dict[str, tuple[type, dict[str, Any]]] = {
        "config": (ConfigHandler, {}),
        "auth/_login": (LoginHandler, {"login": login}),
    }
    forwarding = []
    for path, forwards in FORWARDED.items():
        handler, more = special.get(path, (ForwardHandler, {}))
        forwarding.append((f"{PREFIX}({path})", handler, {**parts, **more, "forwards": forwards}))
    return [
        *forwarding,
        (f"{PREFIX}mount-server", ProcessHandler, {"process": process}),
        (f"{PREFIX}pps/_create{path_regex}", PublishHandler, parts),
        (f"{PREFIX}pfs{path_regex}", ContentsHandler, {"mount_dir": mount_dir}),
        (f"{PREFIX}files{path_regex}", DownloadHandler, {"mount_dir": mount_dir}),
    ]
