"""YAML of people, bounded by what a specification can be before values are made of it."""

from __future__ import annotations

from typing import Any

import yaml

_MAX_CHARACTERS = 64 * 1024
_MAX_DEPTH = 100
# An alias repeats what it names, and that may hold aliases.
_MAX_ALIASES = 20


def read_yaml(text: str) -> Any:
    """The value of the text. Raises yaml.YAMLError for what is no YAML, too long, too deep, or made of aliases."""
    if len(text) > _MAX_CHARACTERS:
        raise yaml.YAMLError(f"it is longer than {_MAX_CHARACTERS // 1024} KiB")
    depth = aliases = 0
    # Events come one by one, so nothing behind the limit is read.
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        if depth > _MAX_DEPTH:
            raise yaml.YAMLError(f"it nests deeper than {_MAX_DEPTH} levels")
        if aliases > _MAX_ALIASES:
            raise yaml.YAMLError(f"it has more than {_MAX_ALIASES} aliases")
    return yaml.safe_load(text)
