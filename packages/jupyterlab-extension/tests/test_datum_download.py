"""The shown datum is copied to Jupyter's disk."""

import resource

import pytest
from conftest import MOUNT_SERVER


@pytest.fixture
def extension_config(mount_dir, config_file):
    return {"mount_server_path": str(MOUNT_SERVER), "mount_dir": str(mount_dir), "pach_config": str(config_file)}


INPUT = {"input": {"pfs": {"name": "year", "repo": "sales", "glob": "/*"}}}


async def test_a_datum_is_copied_with_its_output_and_takes_the_place_of_nothing(api, connected, mount_dir, jp_root_dir):
    await api("PUT", "datums/_mount", INPUT)
    (mount_dir / "out" / "deep").mkdir(parents=True)
    (mount_dir / "out" / "deep" / "best.txt").write_text("42")

    first = await api("PUT", "datums/_download")
    second = await api("PUT", "datums/_download")

    assert (first, second) == ((200, {"path": "datum-1"}), (200, {"path": "datum-1-2"}))
    for folder in ("datum-1", "datum-1-2"):
        assert (jp_root_dir / folder / "year" / "2026" / "january.csv").read_text() == "city,amount\nParis,10\n"
        assert (jp_root_dir / folder / "out" / "deep" / "best.txt").read_text() == "42"
    assert [path.name for path in jp_root_dir.iterdir() if path.name.startswith(".datum")] == []


async def test_without_a_datum_nothing_is_copied(api, connected, jp_root_dir):
    status, answer = await api("PUT", "datums/_download")

    assert (status, answer["code"]) == (400, "NO_DATUM")
    assert list(jp_root_dir.iterdir()) == []


@pytest.fixture
def small_files():
    """From its call on, this process can write files of 1,000 bytes at most, as on a disk that is full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


async def test_a_copy_that_fails_leaves_nothing(api, connected, mount_dir, jp_root_dir, small_files):
    await api("PUT", "datums/_mount", INPUT)
    (mount_dir / "out").mkdir(exist_ok=True)
    (mount_dir / "out" / "large.bin").write_bytes(b"x" * 100_000)

    small_files()
    status, answer = await api("PUT", "datums/_download")

    assert (status, list(jp_root_dir.iterdir())) == (507, [])
    assert "File too large" in answer["message"]
