"""Logging in: waits for what the user does in another window, and keeps the session."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

import httpx

from .connection import MountServerConnection


class LoginWaiter:
    """At most one login is waited for; a newer one replaces it."""

    def __init__(self, connection: MountServerConnection, config_path: Path | None, log: logging.Logger) -> None:
        """`config_path` is where the session goes when mount-server's own file is out of reach, else None."""
        self._connection = connection
        self._config_path = config_path
        self._log = log
        self._task: asyncio.Task[None] | None = None

    def wait_for(self, oidc_state: str) -> None:
        """Starts to wait in the background."""
        if self._task:
            self._task.cancel()
        self._task = asyncio.create_task(self._wait(oidc_state))

    def stop(self) -> None:
        """Waits no more."""
        if self._task:
            self._task.cancel()

    async def _wait(self, oidc_state: str) -> None:
        body = json.dumps({"oidc": oidc_state}).encode()
        try:
            async with self._connection.request("PUT", "/auth/_login_token", body=body) as response:
                answer = await response.aread()
        except httpx.TransportError as error:
            self._log.warning("the login was not waited for: %r", error)
            return
        if response.is_error:
            self._log.warning("the login was refused: %s", answer.decode(errors="replace").strip())
        elif self._config_path:
            await asyncio.to_thread(keep_session, self._config_path, json.loads(answer))


def keep_session(path: Path, told: dict[str, Any]) -> None:
    """Puts the active context of `told` into the config file; of a context that is there only the token changes."""
    name = told["v2"]["active_context"]
    context = told["v2"]["contexts"][name]
    config = json.loads(path.read_text()) if path.exists() else told
    kept = config.setdefault("v2", {})
    kept["active_context"] = name
    contexts = kept.setdefault("contexts", {})
    if name in contexts:
        contexts[name]["session_token"] = context["session_token"]
    else:
        contexts[name] = context
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w") as file:
        json.dump(config, file, indent=2)
    os.replace(temporary, path)
