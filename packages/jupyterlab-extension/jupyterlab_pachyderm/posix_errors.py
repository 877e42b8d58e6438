"""Refusals of mount-server as the errors that Python's own files raise."""

from __future__ import annotations

import errno

import httpx

from .refusal import told

# Where the body names no errno, as for what is refused before there is a file.
_ERRNO_OF_CODE = {
    "ALREADY_EXISTS": errno.EEXIST,
    "BAD_REQUEST": errno.EINVAL,
    "CHANGED": errno.ESTALE,
    "CONFLICT": errno.EBUSY,
    "FORBIDDEN": errno.EACCES,
    "GONE": errno.ESTALE,
    "NO_ACCESS": errno.EACCES,
    "NO_SPACE": errno.ENOSPC,
    "NOT_FOUND": errno.ENOENT,
    "NOT_MOUNTED": errno.ENOENT,
    "NOT_SUPPORTED": errno.ENOTSUP,
    "RANGE_NOT_SATISFIABLE": errno.EINVAL,
    "READ_ONLY": errno.EROFS,
    "TIMEOUT": errno.ETIMEDOUT,
    "TOO_LARGE": errno.EFBIG,
    "UNAUTHENTICATED": errno.EACCES,
}
# An answer to HEAD has no body.
_ERRNO_OF_STATUS = {401: errno.EACCES, 403: errno.EACCES, 404: errno.ENOENT, 409: errno.EBUSY, 410: errno.ESTALE, 412: errno.ESTALE, 504: errno.ETIMEDOUT}


def checked(response: httpx.Response, path: str) -> httpx.Response:
    """The answer. Throws OSError with the errno that a program below the mount gets, in the words of mount-server."""
    if response.is_success:
        return response
    message, code, more = told(response.text or path)
    hint = more.get("hint")
    sentence = f"{message}; {hint}" if isinstance(hint, str) else message
    named = getattr(errno, str(more.get("errno")), None)
    number = named if isinstance(named, int) else _ERRNO_OF_CODE.get(code) or _ERRNO_OF_STATUS.get(response.status_code, errno.EIO)
    raise os_error(number, sentence, path)


def os_error(number: int, sentence: str, path: str) -> OSError:
    """The error of Python's own files; a read-only mount is a PermissionError, too."""
    if number == errno.EROFS:
        return PermissionError(number, sentence, path)
    return OSError(number, sentence, path)


def broken_off(error: httpx.TransportError, path: str, address: str) -> OSError:
    """Why no answer came, or only a part of it."""
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)):
        return ConnectionError(
            f"No mount-server answers at {address} ({error}). Start JupyterLab with jupyterlab-pachyderm, or give its address: "
            'storage_options={"address": "http://127.0.0.1:9002"}.'
        )
    if isinstance(error, httpx.TimeoutException):
        return TimeoutError(errno.ETIMEDOUT, f"mount-server at {address} did not answer in time; try again", path)
    return ConnectionError(f"{path}: the answer of mount-server at {address} broke off ({error}); the file may have changed while it was read. Read it again from the beginning.")
