"""What an administrator may set: traits first, then environment variables, then defaults."""

from __future__ import annotations

import os
from pathlib import Path

from traitlets import Bool, Enum, Unicode, default
from traitlets.config import Configurable

DEFAULT_MOUNT_DIR = "/pfs"
_FALSE_WORDS = {"", "0", "false", "no", "off"}


def _flag(variable: str) -> bool:
    return os.environ.get(variable, "").strip().lower() not in _FALSE_WORDS


class MountServerSettings(Configurable):
    """`c.PachydermExtension.*`; each default comes from the environment variable that its help names."""

    mount_server_path = Unicode(
        help="The mount-server program. Environment: MOUNT_SERVER_PATH. Default: found on PATH, then the one in this package."
    ).tag(config=True)
    mount_dir = Unicode(help="Where data appears. Environment: PFS_MOUNT_DIR. Default: /pfs.").tag(config=True)
    mount_with = Enum(
        ["auto", "fuse", "namespace", "none"],
        help="How data appears there: on a FUSE mount; on a FUSE mount in a user namespace of its own; or not at all, and "
        "notebooks read pfs://mount/path. `auto` takes the first that works here. Environment: PFS_MOUNT_WITH. Default: auto.",
    ).tag(config=True)
    sock_path = Unicode(
        help="UNIX socket of mount-server. Environment: PFS_SOCK_PATH. "
        "Default: one in a private folder; /tmp/pfs.sock in sidecar mode."
    ).tag(config=True)
    schema = Enum(
        ["http_unix", "http"],
        help="How mount-server is reached: its UNIX socket, or TCP port 9002 of this host. Environment: DEFAULT_SCHEMA. "
        "Default: http_unix.",
    ).tag(config=True)
    token_file = Unicode(
        help="The file with the token that mount-server wants (its --token-file), for where it is reached by TCP. "
        "Environment: MOUNT_SERVER_TOKEN_FILE. Default: no token."
    ).tag(config=True)
    sidecar_mode = Bool(
        help="Somebody else starts mount-server; only talk to it. Environment: SIDECAR_MODE. Default: false."
    ).tag(config=True)
    nonpriv_container = Bool(
        help="Start mount-server in a user namespace of its own, for containers without the right to mount; "
        'as mount_with = "namespace". Environment: NONPRIV_CONTAINER. Default: false.'
    ).tag(config=True)
    log_file = Unicode(help="Where mount-server logs. Environment: MOUNT_SERVER_LOG_FILE. Default: no file.").tag(config=True)
    pach_config = Unicode(
        help="The config file with the clusters. Environment: PACH_CONFIG. Default: ~/.pachyderm/config.json."
    ).tag(config=True)

    @default("mount_server_path")
    def _default_mount_server_path(self) -> str:
        return os.environ.get("MOUNT_SERVER_PATH", "")

    @default("mount_dir")
    def _default_mount_dir(self) -> str:
        return os.environ.get("PFS_MOUNT_DIR") or DEFAULT_MOUNT_DIR

    @default("mount_with")
    def _default_mount_with(self) -> str:
        return os.environ.get("PFS_MOUNT_WITH") or ("namespace" if self.nonpriv_container else "auto")

    @default("sock_path")
    def _default_sock_path(self) -> str:
        return os.environ.get("PFS_SOCK_PATH") or ("/tmp/pfs.sock" if self.sidecar_mode else "")

    @default("schema")
    def _default_schema(self) -> str:
        return os.environ.get("DEFAULT_SCHEMA") or "http_unix"

    @default("token_file")
    def _default_token_file(self) -> str:
        return os.environ.get("MOUNT_SERVER_TOKEN_FILE", "")

    @default("sidecar_mode")
    def _default_sidecar_mode(self) -> bool:
        return _flag("SIDECAR_MODE")

    @default("nonpriv_container")
    def _default_nonpriv_container(self) -> bool:
        return _flag("NONPRIV_CONTAINER")

    @default("log_file")
    def _default_log_file(self) -> str:
        return os.environ.get("MOUNT_SERVER_LOG_FILE", "")

    @default("pach_config")
    def _default_pach_config(self) -> str:
        return os.environ.get("PACH_CONFIG") or str(Path.home() / ".pachyderm" / "config.json")
