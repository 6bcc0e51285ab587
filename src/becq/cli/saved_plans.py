"""Plans that a command wrote, read again: a ``plan.json`` or the folder that it lies in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from becq.errors import InputError

NEEDED = (
    "name",
    "from",
    "to",
    "days",
    "orders",
    "orders_served",
    "batches",
    "deliveries",
    "supplies",
    "unmet",
)


def read_saved_plan(path: Path) -> dict[str, Any]:
    """The plan as data. Raises InputError where there is none, or another document."""
    file = path / "plan.json" if path.is_dir() else path
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror}; name a plan.json or its folder"
        ) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{file} is not a JSON file: {error}") from error
    if not isinstance(document, dict) or document.get("schema") != "becq.plan/1":
        raise InputError(f"{file} is not a plan; name a plan.json as becq plan writes it")
    missing = [name for name in NEEDED if name not in document]
    if missing:
        raise InputError(f"{file} is not a whole plan: {', '.join(missing)} missing; write it again")
    return document


def label_plans(paths: Sequence[Path], plans: Sequence[Mapping[str, Any]]) -> list[str]:
    """A name for each plan: its scenario's, else that of its folder or file; the path where two are alike."""
    names = []
    for path, plan in zip(paths, plans, strict=True):
        folder = path if path.is_dir() else path.parent if path.name == "plan.json" else None
        names.append(str(plan.get("scenario") or (folder.resolve().name if folder else path.stem)))
    alike = {name for name in names if names.count(name) > 1}
    found = [str(path) if name in alike else name for path, name in zip(paths, names, strict=True)]
    if len(set(found)) < len(found):
        raise InputError("the same plan is named twice; name each one once")
    return found


def read_moment(text: str, option: str) -> datetime:
    """A date and time of the command line; without an offset it is in the network's zone."""
    try:
        return datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise InputError(f"{option} {text}: write a date and time like 2026-12-10T14:00+08:00") from None
