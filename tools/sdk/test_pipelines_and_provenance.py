"""Pipelines as specs, provenance in both directions, metadata and file sets, with the official Python SDK."""

from __future__ import annotations

import json

import grpc
import pytest
from pachyderm_sdk import Client
from pachyderm_sdk.api import metadata, pfs, pps
from repos import make_repo, put

SPEC = {
    "pipeline": {"project": {"name": "default"}, "name": "edges"},
    "transform": {"image": "python:3", "cmd": ["python3", "/edges.py"], "env": {"LEVEL": "3"}},
    "input": {"pfs": {"repo": "images", "glob": "/*", "branch": "master"}},
}


def head_picker(repo: str) -> pfs.CommitPicker:
    name = pfs.RepoPickerRepoName(project=pfs.ProjectPicker(name="default"), name=repo, type="user")
    branch = pfs.BranchPicker(name=pfs.BranchPickerBranchName(repo=pfs.RepoPicker(name=name), name="master"))
    return pfs.CommitPicker(branch_head=branch)


def test_a_spec_in_json_is_laid_over_the_defaults_and_kept(client: Client) -> None:
    make_repo(client, "default/images")
    client.pps.set_cluster_defaults(cluster_defaults_json=json.dumps({"createPipelineRequest": {"datumTries": "4"}}))

    answer = client.pps.create_pipeline_v2(create_pipeline_request_json=json.dumps(SPEC))

    info = client.pps.inspect_pipeline(pipeline=pps.Pipeline(name="edges", project=pfs.Project(name="default")), details=True)
    assert json.loads(answer.effective_create_pipeline_request_json)["datumTries"] == "4"
    assert info.details.datum_tries == 4
    assert info.details.transform.env == {"LEVEL": "3"}
    assert info.state == pps.PipelineState.PIPELINE_PAUSED
    assert "does not run" in info.reason
    assert [one.pipeline.name for one in client.pps.list_pipeline()] == ["edges"]


def test_a_run_of_a_pipeline_is_refused_with_what_to_use_instead(client: Client) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        client.pps.run_pipeline(pipeline=pps.Pipeline(name="edges"))

    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert "connect to a pachd on a cluster" in refused.value.details()


def test_provenance_is_walked_in_both_directions(client: Client) -> None:
    make_repo(client, "default/images")
    client.pps.create_pipeline_v2(create_pipeline_request_json=json.dumps(SPEC))
    put(client, "default/images@master", cat=b"meow")

    up = [info.commit.repo.name for info in client.pfs.walk_commit_provenance(start=[head_picker("edges")])]
    down = [info.commit.repo.name for info in client.pfs.walk_commit_subvenance(start=[head_picker("images")])]

    assert (up, down) == (["images"], ["edges"])


def test_metadata_stays_with_a_repo(client: Client) -> None:
    repo = make_repo(client, "default/images")
    name = pfs.RepoPickerRepoName(project=pfs.ProjectPicker(name="default"), name="images", type="user")
    edit = metadata.Edit(repo=pfs.RepoPicker(name=name), add_key=metadata.EditAddKey(key="owner", value="ana"))

    client.metadata.edit_metadata(edits=[edit])

    assert client.pfs.inspect_repo(repo=repo).metadata == {"owner": "ana"}


def test_a_file_set_becomes_part_of_a_commit(client: Client) -> None:
    repo = make_repo(client, "default/images")
    source = put(client, "default/images@master", cat=b"meow", dog=b"woof")
    file_set = client.pfs.get_file_set(commit=source, type=pfs.GetFileSetRequestFileSetType.TOTAL)

    with client.pfs.commit(branch=pfs.Branch(repo=repo, name="copy")) as commit:
        client.pfs.add_file_set(commit=commit, file_set_id=file_set.file_set_id)
    commit.wait()

    assert [info.file.path for info in client.pfs.list_file(file=pfs.File(commit=commit, path="/"))] == ["/cat", "/dog"]
    assert len(client.pfs.shard_file_set(file_set_id=file_set.file_set_id, num_files=1).shards) == 2


def test_deleting_everything_twice_is_fine(client: Client) -> None:
    make_repo(client, "default/images")
    client.pps.create_pipeline_v2(create_pipeline_request_json=json.dumps(SPEC))

    for _ in range(2):
        client.pps.delete_all()
        client.pfs.delete_all()

    assert [info.project.name for info in client.pfs.list_project()] == ["default"]
    assert list(client.pfs.list_repo()) == []
