"""A day in the life of a data team, with the official Python SDK against the embedded pachd."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import grpc
import pandas
import pytest
from conftest import ROOT_TOKEN, start_pachd
from pachyderm_sdk import Client
from pachyderm_sdk.api import auth, pfs, pps
from repos import make_repo, put

WEATHER = pandas.DataFrame({"day": ["mon", "tue"], "celsius": [11.5, 12.0]})


def read(client: Client, uri: str) -> bytes:
    with client.pfs.pfs_file(pfs.File.from_uri(uri)) as file:
        return file.read()


def code_of(error: pytest.ExceptionInfo[grpc.RpcError]) -> grpc.StatusCode:
    return error.value.code()


def test_a_table_is_committed_and_read_back_by_pandas(client: Client) -> None:
    make_repo(client, "default/weather")
    put(client, "default/weather@master", weather_csv=WEATHER.to_csv(index=False).encode())

    with client.pfs.pfs_file(pfs.File.from_uri("default/weather@master:/weather_csv")) as file:
        table = pandas.read_csv(io.BytesIO(file.read()))

    pandas.testing.assert_frame_equal(table, WEATHER)


def test_projects_keep_repos_of_one_name_apart(client: Client) -> None:
    client.pfs.create_project(project=pfs.Project(name="lab"))
    make_repo(client, "default/data")
    make_repo(client, "lab/data")
    put(client, "lab/data@master", only_here=b"lab")

    assert client.pfs.project_exists(pfs.Project(name="lab"))
    assert client.pfs.path_exists(pfs.File.from_uri("lab/data@master:/only_here"))
    assert not client.pfs.branch_exists(pfs.Branch.from_uri("default/data@master"))
    assert sorted(info.repo.as_uri() for info in client.pfs.list_repo()) == ["default/data", "lab/data"]


def test_history_branches_and_differences(client: Client) -> None:
    repo = make_repo(client, "default/notes")
    first = put(client, "default/notes@master", plan=b"draft", old=b"x")
    client.pfs.create_branch(branch=pfs.Branch(repo=repo, name="release"), head=first)
    with client.pfs.commit(branch=pfs.Branch(repo=repo, name="master")) as second:
        second.put_file_from_bytes(path="/plan", data=b"final")
        second.delete_file(path="/old")

    assert [info.commit.id for info in client.pfs.list_commit(repo=repo)] == [second.id, first.id]
    assert read(client, "default/notes@release:/plan") == b"draft"
    assert read(client, "default/notes@master^:/plan") == b"draft"
    assert read(client, "default/notes@master:/plan") == b"final"
    changes = client.pfs.diff_file(new_file=pfs.File(commit=second, path="/"), old_file=pfs.File(commit=first, path="/"))
    assert {(entry.new_file.file.path, entry.old_file.file.path) for entry in changes} == {("/", "/"), ("/plan", "/plan"), ("", "/old")}


def test_an_exception_inside_a_commit_leaves_no_half_of_it_on_the_branch(client: Client) -> None:
    repo = make_repo(client, "default/ledger")
    put(client, "default/ledger@master", entry=b"one")
    with pytest.raises(ZeroDivisionError), client.pfs.commit(branch=pfs.Branch(repo=repo, name="master")) as commit:
        commit.put_file_from_bytes(path="/entry", data=b"two")
        raise ZeroDivisionError

    # The SDK finishes the commit in any case; what counts is that nothing is torn.
    assert read(client, "default/ledger@master:/entry") in (b"one", b"two")


def test_a_transaction_makes_everything_or_nothing(client: Client) -> None:
    with client.transaction.transaction():
        client.pfs.create_repo(repo=pfs.Repo.from_uri("default/a"))
        client.pfs.create_repo(repo=pfs.Repo.from_uri("default/b"))
    assert {info.repo.name for info in client.pfs.list_repo()} == {"a", "b"}

    with pytest.raises(grpc.RpcError), client.transaction.transaction():
        client.pfs.create_repo(repo=pfs.Repo.from_uri("default/c"))
        client.pfs.create_repo(repo=pfs.Repo.from_uri("default/a"))
    assert not client.pfs.repo_exists(pfs.Repo.from_uri("default/c"))


def test_downstream_commits_appear_by_themselves(client: Client) -> None:
    raw = make_repo(client, "default/raw")
    clean = make_repo(client, "default/clean")
    client.pfs.create_branch(branch=pfs.Branch(repo=clean, name="master"), provenance=[pfs.Branch(repo=raw, name="master")])

    commit = put(client, "default/raw@master", x=b"1")

    assert client.pfs.inspect_branch(branch=pfs.Branch(repo=clean, name="master")).head.id == commit.id


def test_datums_of_a_cross(client: Client) -> None:
    for name in ("left", "right"):
        make_repo(client, f"default/{name}")
        put(client, f"default/{name}@master", a=b"1", b=b"2")
    spec = pps.Input(cross=[pps.Input(pfs=pps.PfsInput(repo=name, branch="master", glob="/*", name=name)) for name in ("left", "right")])

    datums = list(client.pps.list_datum(input=spec))

    pairs = {tuple(info.file.path for info in datum.data) for datum in datums}
    assert pairs == {("/a", "/a"), ("/a", "/b"), ("/b", "/a"), ("/b", "/b")}
    assert len({datum.datum.id for datum in datums}) == 4


def test_files_come_from_disk_and_go_back_as_a_tar(client: Client, tmp_path: Path) -> None:
    source = tmp_path / "tree"
    (source / "deep").mkdir(parents=True)
    (source / "top.txt").write_text("top")
    (source / "deep" / "leaf.txt").write_text("leaf")
    repo = make_repo(client, "default/tree")
    with client.pfs.commit(branch=pfs.Branch(repo=repo, name="master")) as commit:
        commit.put_files(source=source, path="/")
    commit.wait()

    with client.pfs.pfs_tar_file(pfs.File.from_uri("default/tree@master:/")) as tar:
        tar.extractall(tmp_path / "out", filter="data")

    assert (tmp_path / "out" / "top.txt").read_text() == "top"
    assert (tmp_path / "out" / "deep" / "leaf.txt").read_text() == "leaf"


def test_a_large_file_keeps_its_bytes(client: Client) -> None:
    repo = make_repo(client, "default/big")
    data = bytes(range(256)) * 200_000
    with client.pfs.commit(branch=pfs.Branch(repo=repo, name="master")) as commit:
        commit.put_file_from_file(path="/big.bin", file=io.BytesIO(data))
    commit.wait()

    with client.pfs.pfs_file(pfs.File.from_uri("default/big@master:/big.bin")) as file:
        assert file.read() == data


def test_who_may_do_what(guarded_address: str) -> None:
    root = Client.from_pachd_address(guarded_address, auth_token=ROOT_TOKEN)
    repo = make_repo(root, "default/secret")
    put(root, "default/secret@master", plan=b"hidden")
    robot = Client.from_pachd_address(guarded_address, auth_token=root.auth.get_robot_token(robot="reader").token)
    nobody = Client.from_pachd_address(guarded_address)

    with pytest.raises(ValueError) as refused:  # the SDK's wrapper around the call's error
        read(robot, "default/secret@master:/plan")
    assert isinstance(refused.value.__cause__, grpc.RpcError)
    assert refused.value.__cause__.code() == grpc.StatusCode.PERMISSION_DENIED
    with pytest.raises(grpc.RpcError) as unknown:
        list(nobody.pfs.list_repo())
    assert code_of(unknown) == grpc.StatusCode.UNAUTHENTICATED

    root.auth.modify_role_binding(resource=auth.Resource(type=auth.ResourceType.REPO, name="default/secret"), principal="robot:reader", roles=["repoReader"])
    assert read(robot, "default/secret@master:/plan") == b"hidden"
    with pytest.raises(grpc.RpcError) as read_only:
        robot.pfs.start_commit(branch=pfs.Branch(repo=repo, name="master"))
    assert code_of(read_only) == grpc.StatusCode.PERMISSION_DENIED
    assert robot.auth.who_am_i().username == "robot:reader"


def test_everything_is_there_after_a_kill_and_a_restart(tmp_path: Path) -> None:
    process, address = start_pachd(tmp_path / "data")
    client = Client.from_pachd_address(address)
    make_repo(client, "default/kept")
    put(client, "default/kept@master", file=b"safe")
    deployment = client.admin.inspect_cluster().deployment_id
    process.kill()
    process.wait()

    process, address = start_pachd(tmp_path / "data")
    client = Client.from_pachd_address(address)

    assert read(client, "default/kept@master:/file") == b"safe"
    assert client.admin.inspect_cluster().deployment_id == deployment
    process.terminate()
    assert process.wait(timeout=10) == 0


def test_a_taken_port_is_named(client: Client, tmp_path: Path) -> None:
    port = re.search(r":(\d+)$", client.address)
    assert port
    command = ["node", str(Path(__file__).parents[2] / "packages/pachd-embedded/bin/pachd-embedded.js"), "--data-dir", str(tmp_path / "other"), "--port", port[1]]
    second = subprocess.run(command, capture_output=True, text=True, timeout=20)

    assert second.returncode != 0
    assert port[1] in second.stderr
