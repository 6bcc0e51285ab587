"""Documents that rules are checked on: JSON or YAML in, facts of subjects out.

A document says what it is by its one key: ``consignment``, ``waste``, ``site_day``, ``posting``, or
``facts``, the last with rows of any subject of the vocabulary. A site's day and a posting are judged against
the licences and approvals of a network. Every problem of a document is listed before anything is judged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ValidationError

from becq.chain.network import Network
from becq.chain.source import field_name
from becq.chain.validation import explain
from becq.chain.yaml_file import parse_yaml
from becq.errors import InputError, Problem, ProblemsError
from becq.rules.consignment import ConsignmentDocument
from becq.rules.fact_rows import read_fact_rows
from becq.rules.site_day import PostingDocument, SiteDayDocument
from becq.rules.waste import WasteDocument

MOST_BYTES = 5_000_000
KINDS: Mapping[str, type[BaseModel]] = {
    "consignment": ConsignmentDocument,
    "waste": WasteDocument,
    "site_day": SiteDayDocument,
    "posting": PostingDocument,
}
FACTS = "facts"


def read_document(path: str | os.PathLike[str], network: Network | None = None) -> dict[str, pl.DataFrame]:
    """The facts of a JSON or YAML document by subject.

    :param network: where the sites of a ``site_day`` or ``posting`` are defined.
    :raises ProblemsError: with everything that is wrong with it.
    :raises InputError: where it cannot be read at all.
    """
    file = Path(path)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError(f"{file}: the document is larger than {MOST_BYTES // 10**6} MB")
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: the document cannot be read: {error.strerror}") from error
    return parse_document(content, str(file), network)


def parse_document(content: bytes, name: str, network: Network | None = None) -> dict[str, pl.DataFrame]:
    """As :func:`read_document`, for content in hand; ``name`` names the file."""
    return facts_of(load_document(content, name), name, network)


def load_document(content: bytes, name: str) -> Any:
    """The plain data of a document in JSON, or in YAML by its name.

    :raises ProblemsError: with what is wrong with it, by row.
    :raises InputError: where it cannot be read at all.
    """
    if len(content) > MOST_BYTES:
        raise InputError(f"{name}: the document is larger than {MOST_BYTES // 10**6} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: the document is not UTF-8 text; save it as UTF-8") from error
    if Path(name).suffix.lower() in (".yaml", ".yml"):
        source = parse_yaml(text, Path(name))
        if source.problems:
            raise ProblemsError(source.problems)
        return source.data
    try:
        return json.loads(text, object_pairs_hook=_once)
    except _TwiceError as error:
        raise ProblemsError(
            [Problem(name, None, str(error), "the key stands twice", "keep one of them")]
        ) from error
    except json.JSONDecodeError as error:
        problem = Problem(name, error.lineno, None, f"this is not JSON: {error.msg}", "write JSON or .yaml")
        raise ProblemsError([problem]) from error
    except RecursionError as error:
        raise InputError(f"{name}: the document is nested too deeply") from error


class _TwiceError(ValueError):
    """A key that one object of a document has twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ: of two values, JSON would keep the last and say nothing."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in names if names.count(key) > 1))
    return found


def facts_of(data: Any, name: str = "document", network: Network | None = None) -> dict[str, pl.DataFrame]:
    """The facts of a document in hand, as plain data with the one key that says what it is."""
    known = (*KINDS, FACTS)
    if not isinstance(data, Mapping) or len(data) != 1 or next(iter(data)) not in known:
        keys = ", ".join(map(str, data)) if isinstance(data, Mapping) else type(data).__name__
        raise InputError(
            f"{name}: a document has one key that says what it is: {', '.join(known)}; not {keys}"
        )
    ((kind, body),) = data.items()
    if kind == FACTS:
        return read_fact_rows(body, name)
    model = KINDS[kind]
    try:
        document = model.model_validate(body)
    except ValidationError as error:
        flaws = [(field_name(flaw.path) or None, flaw) for flaw in explain(error, model, ())]
        raise ProblemsError(
            [Problem(name, None, at, flaw.message, flaw.remedy) for at, flaw in flaws]
        ) from error
    if isinstance(document, SiteDayDocument | PostingDocument):
        if network is None:
            raise InputError(f"{name}: a {kind} is judged against a network; name it with --network")
        return document.facts(network)
    assert isinstance(document, ConsignmentDocument | WasteDocument)
    return document.facts()
