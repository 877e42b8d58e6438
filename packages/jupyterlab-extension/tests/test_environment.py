"""Each documented environment variable does what docs/install.md and docs/configuration.md say of it."""

import os
import subprocess
from pathlib import Path

import pytest
from conftest import FAKE, MOUNT_SERVER, SALES, eventually

from jupyterlab_pachyderm.settings import MountServerSettings


@pytest.fixture
def extension_config():
    """Nothing: only the environment counts here."""
    return {}


@pytest.fixture(autouse=True)
def environment(monkeypatch, mount_dir, plan):
    monkeypatch.setenv("MOUNT_SERVER_PATH", str(FAKE))
    monkeypatch.setenv("PFS_MOUNT_DIR", str(mount_dir))


def argument(body, name):
    return body["argv"][body["argv"].index(name) + 1]


class TestPfsMountDir:
    async def test_data_appears_there(self, api, mount_dir):
        _, body = await api("GET", "mounts")

        assert argument(body, "--mount-dir") == str(mount_dir)
        assert (await api("GET", "mount-server"))[1]["mount_dir"] == str(mount_dir)


class TestPfsSockPath:
    @pytest.fixture(autouse=True)
    def variable(self, environment, monkeypatch, tmp_path):
        monkeypatch.setenv("PFS_SOCK_PATH", str(tmp_path / "mine.sock"))

    async def test_mount_server_is_reached_there(self, api, tmp_path):
        _, body = await api("GET", "mounts")

        assert argument(body, "--sock-path") == str(tmp_path / "mine.sock")


class TestDefaultSchema:
    @pytest.fixture(autouse=True)
    def variable(self, environment, monkeypatch):
        monkeypatch.setenv("DEFAULT_SCHEMA", "http")

    async def test_http_is_tcp_port_9002(self, api, extension):
        await api("GET", "mount-server")

        assert extension.connection.address == "http://127.0.0.1:9002"


class TestMountServerLogFile:
    @pytest.fixture(autouse=True)
    def variable(self, environment, monkeypatch, tmp_path):
        monkeypatch.setenv("MOUNT_SERVER_LOG_FILE", str(tmp_path / "log.txt"))

    async def test_mount_server_logs_there(self, api, tmp_path):
        _, body = await api("GET", "mounts")

        assert argument(body, "--log-file") == str(tmp_path / "log.txt")


class TestPachConfig:
    @pytest.fixture(autouse=True)
    def variable(self, environment, monkeypatch, connected, config_file):
        monkeypatch.setenv("MOUNT_SERVER_PATH", str(MOUNT_SERVER))
        monkeypatch.setenv("PACH_CONFIG", str(config_file))

    async def test_its_active_context_is_connected(self, api, pachd):
        assert await api("GET", "config") == (200, {"cluster_status": "AUTH_DISABLED", "pachd_address": pachd})


class TestNonprivContainer:
    @pytest.fixture(autouse=True)
    def variable(self, environment, monkeypatch, connected, config_file, mount_dir):
        monkeypatch.setenv("MOUNT_SERVER_PATH", str(MOUNT_SERVER))
        monkeypatch.setenv("PACH_CONFIG", str(config_file))
        monkeypatch.setenv("NONPRIV_CONTAINER", "True")

    async def test_the_mount_is_in_a_namespace_of_its_own_and_read_through_a_link(self, api, mount_dir, extension):
        status, body = await api("PUT", "_mount", {"mounts": [SALES]})

        assert status == 200, body
        assert (await api("GET", "mount-server"))[1]["way"] == "namespace"
        assert os.readlink(mount_dir) == f"/proc/{extension.process.pid}/root/mnt{mount_dir}"
        assert (mount_dir / "default_sales" / "2026" / "january.csv").read_text() == "city,amount\nParis,10\n"
        assert str(mount_dir) not in Path("/proc/self/mountinfo").read_text()
        assert (await api("GET", "pfs/default_sales/2026/january.csv"))[1]["content"] == "city,amount\nParis,10\n"


class TestPfsMountWith:
    @pytest.fixture(autouse=True)
    def variable(self, environment, monkeypatch):
        monkeypatch.setenv("PFS_MOUNT_WITH", "none")

    async def test_none_makes_no_mount(self, api):
        _, body = await api("GET", "mounts")

        assert "--no-fuse" in body["argv"]
        told = (await api("GET", "mount-server"))[1]
        assert (told["way"], told["reason"]) == ("none", "The settings say so (mount_with, PFS_MOUNT_WITH).")


class TestSidecarMode:
    @pytest.fixture(autouse=True)
    def variable(self, environment, monkeypatch, tmp_path):
        monkeypatch.setenv("SIDECAR_MODE", "True")
        monkeypatch.setenv("PFS_SOCK_PATH", str(tmp_path / "sidecar.sock"))

    async def test_one_that_is_started_later_by_somebody_else_is_used_and_never_stopped(self, api, extension, tmp_path, mount_dir):
        assert (await api("GET", "mounts"))[0] == 503
        sidecar = subprocess.Popen([str(FAKE), "--sock-path", str(tmp_path / "sidecar.sock"), "--mount-dir", str(mount_dir)])
        try:

            async def answers():
                return (await api("GET", "mounts"))[0] == 200

            await eventually(answers)
            await extension.stop_extension()

            assert sidecar.poll() is None
        finally:
            sidecar.kill()
            sidecar.wait()


class TestMountServerTokenFile:
    @pytest.fixture(autouse=True)
    def variable(self, environment, monkeypatch, tmp_path, config_file):
        monkeypatch.setenv("MOUNT_SERVER_PATH", str(MOUNT_SERVER))
        monkeypatch.setenv("PACH_CONFIG", str(config_file))
        monkeypatch.setenv("MOUNT_SERVER_TOKEN_FILE", str(tmp_path / "token"))

    async def test_requests_carry_the_token(self, api, tmp_path):
        status, body = await api("GET", "contexts")

        assert status == 200, body
        assert (tmp_path / "token").stat().st_mode & 0o077 == 0


def test_every_setting_has_a_help_text_that_names_its_variable_and_its_default():
    for name, trait in MountServerSettings.class_own_traits(config=True).items():
        assert "Environment: " in trait.help and "Default: " in trait.help, name


@pytest.mark.parametrize(("word", "meant"), [("True", True), ("1", True), ("yes", True), ("", False), ("0", False), ("False", False), ("off", False)])
def test_a_switch_is_on_unless_it_says_no(monkeypatch, word, meant):
    monkeypatch.setenv("SIDECAR_MODE", word)
    monkeypatch.setenv("NONPRIV_CONTAINER", word)

    settings = MountServerSettings()

    assert (settings.sidecar_mode, settings.nonpriv_container) == (meant, meant)


def test_the_fake_takes_what_mount_server_takes():
    printed = subprocess.run(["node", str(MOUNT_SERVER), "--help"], capture_output=True, text=True, check=True).stdout
    for option in ("--mount-dir", "--sock-path", "--log-file", "--token-file", "--no-fuse", "--allow-other"):
        assert option in printed
        assert option in FAKE.read_text()
