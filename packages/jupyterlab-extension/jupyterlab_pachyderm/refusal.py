"""How mount-server says no."""

from __future__ import annotations

import json
from typing import Any


def told(text: str) -> tuple[str, str, dict[str, Any]]:
    """Message, code and the rest of an error body, which is plain text or JSON."""
    try:
        body = json.loads(text)
    except ValueError:
        return text.strip() or "mount-server refused and gave no reason.", "", {}
    if not isinstance(body, dict):
        return text.strip(), "", {}
    message = body.pop("message", None)
    code = body.pop("code", None)
    return message if isinstance(message, str) else text.strip(), code if isinstance(code, str) else "", body
