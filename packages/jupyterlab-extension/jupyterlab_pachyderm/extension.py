"""The server extension: starts mount-server with Jupyter, stops it with Jupyter."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.extension.application import ExtensionApp

from .connection import MountServerConnection
from .launch import launch, private_socket
from .process import MountServerProcess
from .routes import routes
from .session import LoginWaiter
from .settings import MountServerSettings


class PachydermExtension(MountServerSettings, ExtensionApp):
    """Pachyderm data in Jupyter."""

    name = "jupyterlab_pachyderm"

    process: MountServerProcess
    connection: MountServerConnection
    login: LoginWaiter

    def initialize_settings(self) -> None:
        """Prepares mount-server; it starts when Jupyter's loop runs."""
        sock_path = self._socket()
        self.connection = MountServerConnection(sock_path)
        make_launch = None if self.sidecar_mode else partial(launch, self, sock_path)
        # A mount-server in another container keeps its session in a file that only it sees.
        kept_in = Path(self.pach_config) if self.sidecar_mode else None
        self.login = LoginWaiter(self.connection, kept_in, self.log)
        self.process = MountServerProcess(make_launch, self.connection, self.log)

    def initialize_handlers(self) -> None:
        """Registers the URLs."""
        self.handlers.extend(routes(self.connection, self.process, self.login, lambda: self.process.shows_in or self.mount_dir))
        assert self.serverapp is not None
        self.serverapp.io_loop.add_callback(self.process.start)

    async def stop_extension(self) -> None:
        """Stops mount-server, which unmounts."""
        self.login.stop()
        await self.process.stop()
        await self.connection.close()

    def _socket(self) -> str | None:
        if self.schema == "http":
            return None
        return self.sock_path or private_socket(jupyter_runtime_dir(), self.mount_dir)
