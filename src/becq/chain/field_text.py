"""Pieces of the field types: plain text, lists in one cell, and their JSON Schema."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, time
from typing import Any

from pydantic import WithJsonSchema


def plain_text(text: str) -> str:
    """Full-width forms to plain ones, no space around."""
    return unicodedata.normalize("NFKC", text).strip()


def read_list(value: Any) -> Any:
    """A list, or text separated by commas or semicolons (as in one cell of a sheet)."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[,;，；、]", value) if part.strip()]
    if isinstance(value, time | datetime | int):
        return [value]
    return value


def text_schema(pattern: str, *examples: str, description: str) -> WithJsonSchema:
    """JSON Schema of a text of this pattern."""
    return WithJsonSchema(
        {"type": "string", "pattern": pattern, "examples": list(examples), "description": description}
    )


__all__ = ["plain_text", "read_list", "text_schema"]
