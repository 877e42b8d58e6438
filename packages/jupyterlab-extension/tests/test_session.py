"""Logging in and keeping the session."""

import json

import pytest
from conftest import eventually

from jupyterlab_pachyderm.session import keep_session

TOLD = {
    "user_id": "1",
    "v2": {"active_context": "mount-server", "contexts": {"mount-server": {"pachd_address": "grpc://h:30650", "session_token": "tok"}}},
}


def test_a_new_context_is_copied_and_made_active(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"user_id": "me", "v2": {"active_context": "old", "contexts": {"old": {"pachd_address": "grpc://o:1"}}}}))

    keep_session(path, TOLD)

    config = json.loads(path.read_text())
    assert config["user_id"] == "me"
    assert config["v2"]["active_context"] == "mount-server"
    assert config["v2"]["contexts"]["mount-server"] == TOLD["v2"]["contexts"]["mount-server"]
    assert "old" in config["v2"]["contexts"]


def test_of_a_known_context_only_the_token_changes(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"v2": {"contexts": {"mount-server": {"pachd_address": "grpc://mine:1", "session_token": "old"}}}}))

    keep_session(path, TOLD)

    assert json.loads(path.read_text())["v2"]["contexts"]["mount-server"] == {"pachd_address": "grpc://mine:1", "session_token": "tok"}


def test_without_a_file_the_whole_configuration_is_written_for_the_user_alone(tmp_path):
    path = tmp_path / "new" / "config.json"

    keep_session(path, TOLD)

    assert json.loads(path.read_text()) == TOLD
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_login_answers_the_address_and_waits_in_the_background(api, plan, extension, tmp_path):
    plan({
        "PUT /auth/_login": {"body": json.dumps({"auth_url": "http://login", "oidc_state": "s"})},
        "PUT /auth/_login_token": {"body": json.dumps(TOLD), "delay_seconds": 0.3},
    })
    kept = tmp_path / "kept.json"
    extension.login._config_path = kept

    status, body = await api("PUT", "auth/_login")

    assert (status, body["auth_url"]) == (200, "http://login")
    assert not kept.exists()
    await eventually(kept.exists)


@pytest.mark.parametrize("path", ["auth/_login_token"])
async def test_the_token_itself_is_out_of_reach_of_the_browser(jp_fetch, path):
    answer = await jp_fetch("pachyderm", "v2", *path.split("/"), method="PUT", body="{}", raise_error=False)

    assert answer.code == 404
