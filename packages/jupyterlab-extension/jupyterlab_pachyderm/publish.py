"""`pps/_create{path}` and `pps/_preview`: previews and creates the pipeline that a notebook describes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import tornado
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError

from .connection import MountServerConnection
from .notebook_pipeline import PipelineRefused, code_of, pipeline_of
from .process import MountServerProcess
from .proxy import START_SECONDS, PachydermHandler
from .refusal import told

_DONE = 'Create pipeline request sent. You may monitor its status by running "pachctl list pipelines" in a terminal.'
# What a mount-server says of a path that it does not know.
_NO_SUCH_PATH = "404 page not found"
# A file system keeps finer times than a browser sends.
_SAME_TIME = timedelta(milliseconds=2)


class PreviewHandler(PachydermHandler):
    """PUT answers the spec that the metadata of a notebook describes; the notebook need not be saved."""

    @tornado.web.authenticated
    @authorized
    async def put(self) -> None:
        body = self.get_json_body() or {}
        metadata = body.get("metadata")
        try:
            pipeline = pipeline_of(metadata if isinstance(metadata, dict) else {})
        except PipelineRefused as error:
            await self.refuse(400, str(error))
            return
        await self.finish(pipeline.spec())


class PublishHandler(PachydermHandler):
    """GET shows the spec, PUT sends it."""

    def initialize(self, connection: MountServerConnection, process: MountServerProcess) -> None:
        self._connection = connection
        self._process = process

    @tornado.web.authenticated
    @authorized
    async def get(self, path: str) -> None:
        try:
            pipeline = pipeline_of((await self._notebook(path))["content"]["metadata"])
        except PipelineRefused as error:
            await self.refuse(400, str(error))
            return
        await self.finish(pipeline.spec())

    @tornado.web.authenticated
    @authorized
    async def put(self, path: str) -> None:
        try:
            body = await self._request_of(path.strip("/"))
        except PipelineRefused as error:
            await self.refuse(400, str(error))
            return
        await self._process.ready(START_SECONDS)
        try:
            async with self._connection.request("PUT", "/pps/_create", body=json.dumps(body).encode()) as response:
                text = (await response.aread()).decode(errors="replace")
        except httpx.TransportError:
            await self.refuse(503, self._process.problem or "mount-server is not running; the pipeline was not created.", "NO_MOUNT_SERVER")
            return
        if response.status_code == 404 and text.startswith(_NO_SUCH_PATH):
            await self.refuse(501, "The mount-server that runs here makes no pipelines; update it. The pipeline was not created.")
            return
        if response.is_error:
            message, code, more = told(text)
            await self.refuse(response.status_code, message, code, **more)
            return
        await self.finish({"message": _DONE, **_as_pachd_says(text)})

    async def _request_of(self, path: str) -> dict[str, Any]:
        notebook = await self._notebook(path)
        self._check_time(notebook["last_modified"])
        pipeline = pipeline_of(notebook["content"]["metadata"])
        files = await code_of(self.contents_manager, path, notebook["content"], pipeline)
        return {"pipeline": pipeline.spec(), "context": {"project": pipeline.project, "repo": pipeline.context_repo, "files": files}}

    async def _notebook(self, path: str) -> dict[str, Any]:
        try:
            return await ensure_async(self.contents_manager.get(path.strip("/"), type="notebook", content=True))
        except HTTPError as error:
            raise PipelineRefused(f"notebook does not exist: {path.strip('/')}") from error

    def _check_time(self, saved: datetime) -> None:
        """The notebook on disk is the one that the user sees, or PipelineRefused."""
        body = self.get_json_body() or {}
        sent = body.get("last_modified_time")
        if not sent:
            raise PipelineRefused("Bad Request: last_modified_time not specified")
        try:
            seen = datetime.fromisoformat(str(sent).replace("Z", "+00:00"))
            is_same = abs(seen - saved) <= _SAME_TIME
        except (ValueError, TypeError) as error:
            raise PipelineRefused(f"last_modified_time {sent!r} is not a time in UTC") from error
        if not is_same:
            raise PipelineRefused("stale notebook: it was changed on disk after it was opened; reload it and publish again")


def _as_pachd_says(text: str) -> dict[str, str]:
    """State and reason of the pipeline, and where it is shown, as far as mount-server passes them on."""
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return {key: answer[key] for key in ("state", "reason", "console_url") if isinstance(answer.get(key), str)} if isinstance(answer, dict) else {}
