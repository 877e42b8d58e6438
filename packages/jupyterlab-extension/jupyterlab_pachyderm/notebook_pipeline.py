"""A pipeline from a notebook: its code, the files beside it, and the spec that its metadata describes."""

from __future__ import annotations

import asyncio
import base64
import os
from dataclasses import dataclass
from typing import Any

import nbformat
import yaml
from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.manager import ContentsManager
from nbconvert.exporters import PythonExporter
from tornado.web import HTTPError

from .bounded_yaml import read_yaml

METADATA_KEY = "pachyderm_pps"
_BRANCH_TO_COME = "..."

_ENTRYPOINT = '''"""Runs the code of the notebook, with its requirements installed."""

import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent
requirements = here / "requirements.txt"
if requirements.exists():
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "-r", str(requirements)], check=True)
sys.path.insert(0, str(here))
import user_code  # noqa: E402,F401
'''


class PipelineRefused(Exception):
    """The notebook describes no pipeline; the message says what is missing."""


@dataclass(frozen=True)
class NotebookPipeline:
    """What `pachyderm_pps` in the metadata of a notebook says."""

    name: str
    project: str
    image: str
    input: dict[str, Any]
    requirements: str
    external_files: list[str]
    port: int | None
    gpus: dict[str, Any] | None

    @property
    def context_repo(self) -> str:
        """The repo that carries the code."""
        return f"{self.name}__context"

    def spec(self) -> dict[str, Any]:
        """The pipeline, as pachd writes one; the branch of the code is filled in when the code is committed."""
        context = {"project": self.project, "name": self.context_repo, "repo": self.context_repo, "branch": _BRANCH_TO_COME, "glob": "/"}
        return {
            "pipeline": {"project": {"name": self.project}, "name": self.name},
            "description": "Made from a notebook in JupyterLab.",
            "transform": {"image": self.image, "cmd": ["python3", "-u", f"/pfs/{self.context_repo}/entrypoint.py"]},
            "input": {"cross": [self.input, {"pfs": context}]},
            **({"service": {"internal_port": self.port, "external_port": self.port, "type": "LoadBalancer"}} if self.port else {}),
            **({"resource_limits": self.gpus} if self.gpus else {}),
        }


def pipeline_of(metadata: dict[str, Any]) -> NotebookPipeline:
    """Reads the metadata of a notebook. Throws PipelineRefused with the field that is missing."""
    config = _member(_member(metadata, METADATA_KEY, "in the metadata of the notebook"), "config", f"in {METADATA_KEY}")
    pipeline = config.get("pipeline") or {}
    name = pipeline.get("name") or ""
    if not name:
        raise PipelineRefused("field pipeline not set: give the pipeline a name")
    if not config.get("image"):
        raise PipelineRefused("field image not set: name the container image that runs the code")
    return NotebookPipeline(
        name=name,
        project=(pipeline.get("project") or {}).get("name") or "default",
        image=config["image"],
        input=_yaml_object(config.get("input_spec"), "input_spec", "what the pipeline reads"),
        requirements=config.get("requirements") or "",
        external_files=[entry.strip() for entry in (config.get("external_files") or "").split(",") if entry.strip()],
        port=_port(config.get("port")),
        gpus=_gpus(config),
    )


async def code_of(contents: ContentsManager, path: str, notebook: dict[str, Any], pipeline: NotebookPipeline) -> dict[str, str]:
    """The files of the context repo as base64, by path. Throws PipelineRefused for a file that is not there."""
    script, _ = await asyncio.to_thread(PythonExporter().from_notebook_node, nbformat.from_dict(notebook))
    files = {"/user_code.py": _base64(script), "/entrypoint.py": _base64(_ENTRYPOINT)}
    folder = os.path.dirname(path)
    if pipeline.requirements:
        files["/requirements.txt"] = await _read(contents, os.path.join(folder, pipeline.requirements), "requirements file does not exist")
    for name in pipeline.external_files:
        beside = os.path.basename(name)
        missing = f"external file {beside} could not be found in the directory of the Jupyter notebook"
        files[f"/{beside}"] = await _read(contents, os.path.join(folder, beside), missing)
    return files


async def _read(contents: ContentsManager, path: str, missing: str) -> str:
    try:
        model = await ensure_async(contents.get(os.path.normpath(path), type="file", format="base64"))
    except HTTPError as error:
        raise PipelineRefused(missing) from error
    return "".join(model["content"].split())


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _member(value: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    found = value.get(key)
    if not isinstance(found, dict):
        raise PipelineRefused(f"{key} not specified {where}")
    return found


def _yaml_object(text: Any, field: str, meaning: str) -> dict[str, Any]:
    if not text:
        raise PipelineRefused(f"field {field} not set: describe {meaning}")
    try:
        value = read_yaml(text) if isinstance(text, str) else text
    except yaml.YAMLError as error:
        raise PipelineRefused(f"invalid {field}: {error}") from error
    if not isinstance(value, dict):
        raise PipelineRefused(f"invalid {field}: not an object")
    return value


def _port(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if not str(value).isdecimal() or len(str(value)) > 5 or not 0 < int(value) < 65536:
        raise PipelineRefused(f"invalid port: {str(value)[:40]!r} is not a number from 1 to 65535")
    return int(value)


def _gpus(config: dict[str, Any]) -> dict[str, Any] | None:
    mode = config.get("gpu_mode") or "None"
    if mode == "Simple":
        return {"gpu": {"type": "nvidia.com/gpu", "number": 1}}
    return _yaml_object(config.get("resource_spec"), "resource_spec", "the resources") if mode == "Advanced" else None
