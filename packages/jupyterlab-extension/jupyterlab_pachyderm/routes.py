"""Every URL below `<base_url>/pachyderm/v2/`, and what may be done there."""

from __future__ import annotations

from typing import Any

from jupyter_server.base.handlers import path_regex

from .archive import ArchiveHandler
from .connection import MountServerConnection
from .contents import ContentsHandler
from .datum_download import DatumDownloadHandler
from .downloads import DownloadHandler
from .files import FilesHandler
from .process import MountServerProcess
from .proxy import ConfigHandler, ForwardHandler, LoginHandler
from .publish import PreviewHandler, PublishHandler
from .session import LoginWaiter
from .status import StatusHandler, View

PREFIX = "/pachyderm/v2/"

_READ = {"GET": "GET"}
_CHANGE = {"PUT": "PUT"}

# Path of mount-server, in which {} is one name: method here, method there.
FORWARDED: dict[str, dict[str, str]] = {
    "health": _READ,
    "ready": _READ,
    "version": _READ,
    "openapi.json": _READ,
    "logs": _READ,
    "events": _READ,
    "transfers": _READ,
    "config": {**_READ, **_CHANGE},
    "contexts": _READ,
    "contexts/_activate": _CHANGE,
    "projects": _READ,
    "repos": _READ,
    "repos/{}/{}/_create": _CHANGE,
    "repos/{}/{}/branches": _READ,
    "repos/{}/{}/commits": _READ,
    "repos/{}/{}/commits/{}/diff": _READ,
    "repos/{}/{}/commits/{}/provenance": _READ,
    "mounts": _READ,
    "mounts/details": _READ,
    "mounts/{}/changes": _READ,
    "mounts/{}/_discard": _CHANGE,
    "mounts/{}/_rename": _CHANGE,
    "mounts/{}/_update": _CHANGE,
    "mounts/{}/_follow": _CHANGE,
    "_mount": _CHANGE,
    "_unmount": _CHANGE,
    "_unmount_all": _CHANGE,
    # Clients of the original post it.
    "_commit": {**_CHANGE, "POST": "PUT"},
    "datums": _READ,
    "datums/_mount": _CHANGE,
    "datums/_next": _CHANGE,
    "datums/_prev": _CHANGE,
    "datums/_move": _CHANGE,
    "datums/_cancel": _CHANGE,
    "_mount_datums": _CHANGE,
    "_show_datum": _CHANGE,
    "pps/pipelines/{}/{}": _READ,
    "auth": _READ,
    "auth/_login": _CHANGE,
    "auth/_login_with_token": _CHANGE,
    "auth/_logout": _CHANGE,
}


def routes(
    connection: MountServerConnection, process: MountServerProcess, login: LoginWaiter, view: View
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
        pattern = path.replace(".", r"\.").replace("{}", "[^/]+")
        forwarding.append((f"{PREFIX}({pattern})", handler, {**parts, **more, "forwards": forwards}))
    return [
        *forwarding,
        (f"{PREFIX}mount-server", StatusHandler, {"process": process, "view": view}),
        (f"{PREFIX}pps/_create{path_regex}", PublishHandler, parts),
        (f"{PREFIX}pps/_preview", PreviewHandler, {}),
        (f"{PREFIX}datums/_download", DatumDownloadHandler, parts),
        (f"{PREFIX}pfs{path_regex}", ContentsHandler, {**parts, "view": view}),
        (f"{PREFIX}(files/.+)", FilesHandler, parts),
        (f"{PREFIX}download/(?:explore|test)/(.+)", DownloadHandler, parts),
        (f"{PREFIX}archive/(.+)", ArchiveHandler, parts),
    ]
