"""The names that a path is made of, taken one by one, so that no path leads out of where it begins."""

from __future__ import annotations

import errno
from urllib.parse import quote, unquote_to_bytes


class BadComponent(Exception):
    """A path has a component that names nothing; the message says which, and `errno` how a kernel would refuse it."""

    def __init__(self, message: str, number: int = errno.ENOENT) -> None:
        super().__init__(message)
        self.errno = number


def components(path: str) -> list[str]:
    """The names of a quoted path. Throws BadComponent."""
    names = []
    for part in path.split("/"):
        try:
            names.append(unquote_to_bytes(part).decode())
        except UnicodeDecodeError as error:
            raise BadComponent(f"{path}: {part!r} is not UTF-8, and Pachyderm has no other names", errno.EILSEQ) from error
    for name in names:
        _check(path, name)
    return names


def quoted(path: str) -> str:
    """The same path from the root, quoted in the one way that leaves nothing to resolve. Throws BadComponent."""
    return "/" + "/".join(quote(name, safe="") for name in components(path))


def files_url(path: str) -> str:
    """Where mount-server has the file or directory at `path`, which is not quoted and begins with the name of a mount. Throws BadComponent."""
    names = path.split("/")
    for name in names:
        _check(path, name)
    return "/files/" + "/".join(quote(name, safe="") for name in names)


def _check(path: str, name: str) -> None:
    if name in (".", "..") or "/" in name:
        raise BadComponent(f"{_printable(path)}: {name!r} is not the name of a file or directory")
    if "\0" in name:
        raise BadComponent(f"{_printable(path)}: {ascii(name)} contains a null byte and is not the name of a file or directory", errno.EINVAL)
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise BadComponent(f"{_printable(path)}: {ascii(name)} is not UTF-8, and Pachyderm has no other names", errno.EILSEQ) from error


def _printable(path: str) -> str:
    """The path as text that can be sent and logged, whatever bytes it came from."""
    return path.encode(errors="backslashreplace").decode()
