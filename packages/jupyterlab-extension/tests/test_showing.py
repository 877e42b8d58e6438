"""Which way data is shown follows from what this process may do: tried in processes that may less."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from conftest import FAKE, PACKAGE

from jupyterlab_pachyderm.showing import NAMESPACE, is_mounted

WITHOUT_SYS_ADMIN = ["setpriv", "--bounding-set", "-sys_admin"]
# An empty /dev, as in a container that was given no device.
WITHOUT_DEVICE = [*NAMESPACE, "sh", "-c", 'mount -t tmpfs none /dev && exec "$@"', "sh"]
LAUNCH = """
import json, sys
from jupyterlab_pachyderm.launch import launch
from jupyterlab_pachyderm.settings import MountServerSettings
started = launch(MountServerSettings(), "/tmp/s.sock")
print(json.dumps({"way": started.showing.way, "reason": started.showing.reason, "argv": started.argv, "shows_in": started.shows_in}))
"""


@pytest.fixture
def launched(mount_dir):
    def launched_by(*prefix, **variables):
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "MOUNT_SERVER_PATH": str(FAKE), "PFS_MOUNT_DIR": str(mount_dir), **variables}
        done = subprocess.run([*prefix, sys.executable, "-c", LAUNCH], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return launched_by


def test_who_may_mount_mounts(launched, mount_dir):
    started = launched()

    assert (started["way"], started["reason"], started["shows_in"]) == ("fuse", "", str(mount_dir))
    assert "--no-fuse" not in started["argv"]


def test_without_the_right_to_mount_a_namespace_of_its_own_is_taken(launched, mount_dir):
    started = launched(*WITHOUT_SYS_ADMIN)

    assert (started["way"], started["reason"]) == ("namespace", "This container may not mount (no CAP_SYS_ADMIN).")
    assert started["argv"][: len(NAMESPACE)] == NAMESPACE
    assert started["shows_in"] == f"/proc/{{pid}}/root/mnt{mount_dir}"


def test_without_a_device_nothing_is_mounted_and_the_reason_says_what_to_do(launched):
    started = launched(*WITHOUT_DEVICE)

    assert started["way"] == "none"
    assert started["reason"].startswith("/dev/fuse is not there; a container needs `--device /dev/fuse`.")
    assert "--no-fuse" in started["argv"]


def test_what_was_asked_for_is_not_replaced_by_something_else(launched):
    assert launched(*WITHOUT_DEVICE, PFS_MOUNT_WITH="fuse")["way"] == "fuse"
    assert launched(*WITHOUT_DEVICE, NONPRIV_CONTAINER="true")["way"] == "namespace"


def test_a_mount_is_seen_in_the_table_of_the_kernel(tmp_path):
    assert is_mounted("/proc")
    assert not is_mounted(str(tmp_path))


def test_a_default_directory_that_cannot_be_made_keeps_no_data_away(launched):
    read_only = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", 'mount --rbind / /mnt && mount -o remount,ro,bind /mnt && exec chroot /mnt "$@"', "sh"]

    started = launched(*read_only, PFS_MOUNT_DIR="")

    assert started["way"] == "none"
    assert started["reason"].startswith("/pfs ")
    assert "set PFS_MOUNT_DIR to a directory of yours" in started["reason"]
