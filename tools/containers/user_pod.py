"""The pod that JupyterHub's spawner makes for a user with the given values of Zero to JupyterHub, as JSON: user_pod.py VALUES."""

import asyncio
import json
import sys
from pathlib import Path

import yaml
from kubernetes_asyncio.client import ApiClient
from kubespawner.objects import make_pod


async def main(values: Path) -> None:
    singleuser = yaml.safe_load(values.read_text())["singleuser"]
    image = singleuser["image"]
    pod = make_pod(
        name="jupyter-somebody",
        cmd=["jupyterhub-singleuser"],
        port=8888,
        image=f"{image['name']}:{image['tag']}",
        image_pull_policy="IfNotPresent",
        uid=singleuser["uid"],
        fs_gid=singleuser["fsGid"],
        allow_privilege_escalation=False,
        env=singleuser["extraEnv"],
        volumes=singleuser["storage"]["extraVolumes"],
        volume_mounts=singleuser["storage"]["extraVolumeMounts"],
        extra_containers=singleuser["extraContainers"],
    )
    async with ApiClient() as client:
        print(json.dumps(client.sanitize_for_serialization(pod)))


asyncio.run(main(Path(sys.argv[1])))
