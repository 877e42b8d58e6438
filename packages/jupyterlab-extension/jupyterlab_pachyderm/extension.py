"""The server extension: starts mount-server with Jupyter, stops it with Jupyter."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from jupyter_server.extension.application import ExtensionApp

from .connection import MountServerConnection
from .direct_deletion import delete_mounted_files_directly
from .discovery import ADDRESS_VARIABLE, socket_of
from .launch import launch
from .process import MountServerProcess
from .routes import routes
from .session import LoginWaiter
from .settings import MountServerSettings
from .status import View


class PachydermExtension(MountServerSettings, ExtensionApp):
    """Pachyderm data in Jupyter."""

    name = "jupyterlab_pachyderm"

    process: MountServerProcess
    connection: MountServerConnection
    login: LoginWaiter
    view: View

    def initialize_settings(self) -> None:
        """Prepares mount-server; it starts when Jupyter's loop runs."""
        sock_path = socket_of(self)
        self.connection = MountServerConnection(sock_path, self.token_file)
        make_launch = None if self.sidecar_mode else partial(launch, self, sock_path)
        # A mount-server in another container keeps its session in a file that only it sees.
        kept_in = Path(self.pach_config) if self.sidecar_mode else None
        self.login = LoginWaiter(self.connection, kept_in, self.log)
        self.process = MountServerProcess(make_launch, self.connection, self.log)
        self.view = View(self.process, self.mount_dir, self.connection.address)
        # Kernels are started with this environment, and find mount-server by it.
        os.environ[ADDRESS_VARIABLE] = self.connection.address

    def initialize_handlers(self) -> None:
        """Registers the URLs."""
        self.handlers.extend(routes(self.connection, self.process, self.login, self.view))
        assert self.serverapp is not None
        delete_mounted_files_directly(self.serverapp.contents_manager, self.mount_dir)
        self.serverapp.io_loop.add_callback(self.process.start)

    async def stop_extension(self) -> None:
        """Stops mount-server, which unmounts."""
        self.login.stop()
        await self.process.stop()
        await self.connection.close()
