"""The demo: an example network, a plan, and the first days of it played through the services people use."""

from __future__ import annotations

import json
from pathlib import Path

from becq.errors import InputError

DATABASE = "becq.sqlite3"
MARKER = "demo.json"
"""This file beside a database says that it is a demo, which may be thrown away."""


def is_demo() -> bool:
    """True on a demo installation (pages must say so)."""
    from django.conf import settings

    return (Path(settings.HOME) / MARKER).is_file()


def clear_home(home: Path) -> None:
    """Make room for a demo: an earlier one is thrown away, anything else is refused.

    :raises InputError: the folder holds anything without the marker of a demo.
    """
    if home.is_dir() and any(home.iterdir()) and not (home / MARKER).is_file():
        raise InputError(f"{home} is no demo; choose another --home (or BECQ_HOME)")
    home.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-shm", "-journal"):
        (home / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    (home / MARKER).write_text(json.dumps({"demo": True}), encoding="utf-8")
