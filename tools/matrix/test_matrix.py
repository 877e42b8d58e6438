"""Each library works by each way, or is refused there as docs/libraries.md says."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest
from libraries import LIBRARIES
from places import Place

WAYS = ["read-only mount", "writable mount", "pfs://"]
NAMES = [library.__name__ for library in LIBRARIES]


@pytest.mark.parametrize("library", NAMES)
@pytest.mark.parametrize("way", ["mount", "pfs"])
def test_a_library_writes(written: dict[str, Exception | None], way: str, library: str) -> None:
    error = written[f"{way} {library}"]
    if error:
        raise error


@pytest.mark.parametrize("library", LIBRARIES, ids=NAMES)
@pytest.mark.parametrize("made_by", ["disk", "pfs"])
@pytest.mark.parametrize("way", WAYS)
def test_a_library_reads(place: Callable[[str, str], Place], way: str, made_by: str, library: type) -> None:
    library().read(place(way, f"{made_by}/{library.__name__}"))


@pytest.mark.parametrize("way", ["read-only mount", "pfs://"])
def test_a_read_only_mount_is_never_written(place: Callable[[str, str], Place], way: str) -> None:
    with pytest.raises(OSError) as raised, place(way, "disk").open("new", "wb") as file:
        file.write(b"new")

    assert raised.value.errno == errno.EROFS
