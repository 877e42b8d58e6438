"""Making repos and filling them, in a line each."""

from __future__ import annotations

from pachyderm_sdk import Client
from pachyderm_sdk.api import pfs


def make_repo(client: Client, uri: str) -> pfs.Repo:
    repo = pfs.Repo.from_uri(uri)
    client.pfs.create_repo(repo=repo)
    return repo


def put(client: Client, branch: str, **files: bytes) -> pfs.Commit:
    with client.pfs.commit(branch=pfs.Branch.from_uri(branch)) as commit:
        for name, data in files.items():
            commit.put_file_from_bytes(path=f"/{name}", data=data)
    commit.wait()
    return commit
