"""The life of mount-server: started, watched, started again, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections import deque
from collections.abc import Callable

from .connection import MountServerConnection
from .launch import Launch, LaunchRefused, show_in_mount_dir
from .showing import Showing

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_START_SECONDS = 30.0
_STOP_SECONDS = 30.0
_KEPT_LINES = 200


class MountServerProcess:
    """One mount-server, from `start` to `stop`. Without a `make_launch` somebody else starts it."""

    def __init__(
        self,
        make_launch: Callable[[], Launch] | None,
        connection: MountServerConnection,
        log: logging.Logger,
        *,
        first_pause_seconds: float = _FIRST_PAUSE_SECONDS,
    ) -> None:
        self._make_launch = make_launch
        self._connection = connection
        self._log = log
        self._first_pause = first_pause_seconds
        self._task: asyncio.Task[None] | None = None
        self._child: asyncio.subprocess.Process | None = None
        self._settled = asyncio.Event()
        self._wake = asyncio.Event()
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self.problem = ""
        self.shows_in: str | None = None
        self.showing: Showing | None = None
        self.starts = 0
        """How often it was started."""

    @property
    def lines(self) -> list[str]:
        """The last lines that mount-server printed."""
        return list(self._lines)

    @property
    def is_ours(self) -> bool:
        """Whether this Jupyter starts it; else somebody else does."""
        return self._make_launch is not None

    @property
    def pid(self) -> int | None:
        """Its process id, while it runs as our child."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Starts in the background."""
        if self._make_launch is None:
            self.problem = (
                f"No mount-server answers at {self._connection.address}. This JupyterLab does not start one "
                "(SIDECAR_MODE): start it there, or correct PFS_SOCK_PATH and DEFAULT_SCHEMA."
            )
            self._settled.set()
            return
        self._task = asyncio.create_task(self._supervise(self._make_launch))

    async def ready(self, timeout_seconds: float) -> None:
        """Waits while mount-server is on its way up, at most that long."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._settled.wait(), timeout_seconds)

    def restart_now(self) -> None:
        """Ends the pause before the next start, if there is one; `ready` then waits for that start."""
        if not self._wake.is_set() and self.problem and self._task:
            self._settled.clear()
        self._wake.set()

    async def stop(self) -> None:
        """Asks it to end, and ends it when it does not. Stopping twice is fine."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        child, self._child = self._child, None
        if child is None or child.returncode is not None:
            return
        child.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(child.wait(), _STOP_SECONDS)
        except asyncio.TimeoutError:
            self._log.warning("mount-server did not stop in %d s; ending it", _STOP_SECONDS)
            child.kill()
            await child.wait()

    async def _supervise(self, make_launch: Callable[[], Launch]) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            try:
                if await self._connection.is_healthy():
                    await self._follow_running_one()
                    continue
                self.problem = await self._run_once(await asyncio.to_thread(make_launch))
            except (LaunchRefused, OSError) as error:
                self.problem = str(error)
            failures = 1 if time.monotonic() - began > _STEADY_SECONDS else failures + 1
            self._log.warning("%s", self.problem)
            self._settled.set()
            self._wake.clear()
            pause = min(self._first_pause * 2 ** (failures - 1), _LONGEST_PAUSE_SECONDS)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)
            self._settled.clear()

    async def _follow_running_one(self) -> None:
        """Another Jupyter server of this user runs it; takes over when that one is gone."""
        self._log.info("using the mount-server that answers at %s", self._connection.address)
        self.problem = ""
        self.shows_in = None
        self.showing = None
        self._settled.set()
        while await self._connection.is_healthy():
            await asyncio.sleep(5)
        self._settled.clear()

    async def _run_once(self, launch: Launch) -> str:
        """Runs it to its end; returns the sentence that tells of it."""
        child = await asyncio.create_subprocess_exec(
            *launch.argv,
            env=launch.env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # Ctrl-C in Jupyter's terminal first asks; mount-server must live until the answer.
            start_new_session=True,
        )
        self._child = child
        self.starts += 1
        self._log.info("mount-server started with process id %d: %s", child.pid, " ".join(launch.argv))
        reading = asyncio.create_task(self._read_lines(child))
        try:
            if await self._answers(child):
                await asyncio.to_thread(show_in_mount_dir, launch, child.pid)
                self.problem = ""
                self.showing = launch.showing
                self.shows_in = launch.shows_in.format(pid=child.pid)
                self._settled.set()
            code = await child.wait()
            await reading
        finally:
            reading.cancel()
        self._child = None
        self._settled.clear()
        last = next((line for line in reversed(self._lines) if line), "")
        return f"mount-server stopped with status {code} and is started again by itself." + (f" It said: {last}" if last else "")

    async def _answers(self, child: asyncio.subprocess.Process) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while child.returncode is None and time.monotonic() < deadline:
            if await self._connection.is_healthy():
                return True
            await asyncio.sleep(0.05)
        if child.returncode is None:
            self.problem = f"mount-server runs but has not answered for {_START_SECONDS:.0f} s; see its log."
            self._settled.set()
        return False

    async def _read_lines(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None
        while True:
            try:
                chunk = await child.stdout.readline()
            except ValueError:
                # A line longer than asyncio's buffer; what is left of it comes as the next line.
                continue
            if not chunk:
                return
            line = chunk.decode(errors="replace").rstrip()
            self._lines.append(line)
            self._log.debug("mount-server: %s", line)
