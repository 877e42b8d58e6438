"""What a reader of Jupyter's contents API asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_KINDS = {None, "directory", "file", "notebook"}
_FORMATS = {None, "text", "base64"}
_YES_OR_NO = {"0", "1"}


@dataclass(frozen=True)
class ContentsQuery:
    """`kind` and `format` are None where any will do; `page` is the first entry of a directory and how many are wanted, None for all."""

    kind: str | None = None
    format: str | None = None
    content: bool = False
    hash: bool = False
    page: tuple[int, int] | None = None

    @staticmethod
    def asked(argument: Callable[[str, Any], Any]) -> ContentsQuery:
        """The query of a request; `argument` gives one by its name, or the default. Throws ValueError."""
        number = argument("number", None)
        return ContentsQuery(
            kind=_one_of("type", argument("type", None), _KINDS),
            format=_one_of("format", argument("format", None), _FORMATS),
            content=_one_of("content", argument("content", "1"), _YES_OR_NO) == "1",
            hash=_one_of("hash", argument("hash", "0"), _YES_OR_NO) == "1",
            page=None if number is None else (_count("offset", argument("offset", "0")), _count("number", number)),
        )


def _one_of(name: str, value: str | None, possible: set[Any]) -> str | None:
    if value not in possible:
        raise ValueError(f"{name} {value!r} is not one of {', '.join(sorted(one for one in possible if one))}")
    return value


def _count(name: str, value: str) -> int:
    if not value.isdecimal():
        raise ValueError(f"{name} {value!r} is not a number")
    return int(value)
