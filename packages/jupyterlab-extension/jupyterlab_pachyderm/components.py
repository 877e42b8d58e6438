"""The names that a path is made of, taken one by one, so that no path leads out of where it begins."""

from __future__ import annotations

from urllib.parse import quote, unquote


class BadComponent(Exception):
    """A path has a component that names nothing; the message says which."""


def components(path: str) -> list[str]:
    """The names of a quoted path. Throws BadComponent."""
    names = [unquote(part) for part in path.split("/")]
    for name in names:
        if name in (".", "..") or "/" in name or "\0" in name:
            raise BadComponent(f"{path}: {name!r} is not the name of a file or directory")
    return names


def quoted(path: str) -> str:
    """The same path from the root, quoted in the one way that leaves nothing to resolve. Throws BadComponent."""
    return "/" + "/".join(quote(name, safe="") for name in components(path))
