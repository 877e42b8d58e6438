"""Where mount-server is, as Jupyter knows it and as programs that Jupyter started find it."""

from __future__ import annotations

import os

from jupyter_core.paths import jupyter_runtime_dir

from .connection import TCP_ADDRESS
from .private_folder import private_socket
from .settings import MountServerSettings

# Jupyter sets it for its kernels and terminals, whose own settings may be others.
ADDRESS_VARIABLE = "PACHYDERM_MOUNT_SERVER"


def socket_of(settings: MountServerSettings) -> str | None:
    """The UNIX socket of mount-server; None where it is reached by TCP."""
    if settings.schema == "http":
        return None
    return settings.sock_path or private_socket(jupyter_runtime_dir(), settings.mount_dir)


def find_address() -> str:
    """A URL or the path of a socket, for a program that was told nothing: as Jupyter says, else as the environment does."""
    return os.environ.get(ADDRESS_VARIABLE) or socket_of(MountServerSettings()) or TCP_ADDRESS
