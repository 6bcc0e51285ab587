"""The seal of a posting: SHA-256 over its content and the seal before it in the holder's chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from becq.errors import InputError

DOCUMENT_LIMIT = 64 * 1024
"""Largest document of a posting, in characters of JSON."""

FORMAT = "becq-posting-1"


def seal(
    *,
    uuid: UUID,
    holder: str,
    sequence: int,
    kind: str,
    event_time: datetime,
    recorded_time: datetime,
    actor: int,
    actor_name: str,
    document: Any,
    note: str,
    reverses: UUID | None,
    entries: Iterable[tuple[str, str, str, float, float | None]],
    previous: str,
) -> str:
    """The hash of a posting.

    :param entries: (account name, lot, nuclide, activity in Bq, uncertainty in Bq or None), any order.
        Floats enter as their exact hexadecimal form.
    """
    content = {
        "format": FORMAT,
        "uuid": str(uuid),
        "holder": holder,
        "sequence": sequence,
        "kind": kind,
        "event_time": instant(event_time),
        "recorded_time": instant(recorded_time),
        "actor": [actor, actor_name],
        "document": _canonical(document),
        "note": note,
        "reverses": str(reverses) if reverses else None,
        "entries": sorted(
            [account, lot, nuclide, activity.hex(), "" if uncertainty is None else uncertainty.hex()]
            for account, lot, nuclide, activity, uncertainty in entries
        ),
        "previous": previous,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def instant(moment: datetime) -> str:
    """The one way in which an instant is written for sealing."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def readable_document(document: Any) -> dict[str, Any]:
    """The document as both databases will give it back.

    :raises InputError: if it is not a JSON object, too long, or holds what a database cannot keep.
    """
    if not isinstance(document, Mapping):
        raise InputError("The document of a posting must be an object with named references")
    try:
        text = json.dumps(dict(document), allow_nan=False)
        text.encode()
    except (TypeError, ValueError) as error:
        raise InputError(f"The document of a posting is not plain JSON: {error}") from error
    if len(text) > DOCUMENT_LIMIT:
        raise InputError(f"The document of a posting has {len(text)} characters; at most {DOCUMENT_LIMIT}")
    result: dict[str, Any] = json.loads(text)
    check_text(result)
    return result


def check_text(value: Any, what: str = "The document") -> None:
    """Refuse text that a database cannot keep: zero characters and halves of surrogate pairs."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise InputError(f"{what} holds a character that cannot be stored: {value!r}")
    elif isinstance(value, dict):
        for key, part in value.items():
            check_text(key, what)
            check_text(part, what)
    elif isinstance(value, list):
        for part in value:
            check_text(part, what)


def _canonical(value: Any) -> Any:
    """Numbers in one form: a database may give back 1.0 for 1, or a long integer for 1e22."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _canonical(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_canonical(part) for part in value]
    return value
