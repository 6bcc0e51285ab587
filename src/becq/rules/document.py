"""Documents that rules are checked on: JSON or YAML in, facts of subjects out.

A document says what it is by its one key: ``consignment``, ``waste``, ``site_day``, ``posting``, or
``facts``, the last with rows of any subject of the vocabulary. A site's day and a posting are judged against
the licences and approvals of a network. Every problem of a document is listed before anything is judged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ValidationError

from becq.chain.network import Network
from becq.chain.source import field_name
from becq.chain.suggestion import did_you_mean
from becq.chain.validation import explain
from becq.chain.yaml_file import parse_yaml
from becq.errors import InputError, Problem, ProblemsError
from becq.rules.consignment import ConsignmentDocument
from becq.rules.site_day import PostingDocument, SiteDayDocument
from becq.rules.subject import Fact, frame, subject, subjects
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
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = Problem(name, error.lineno, None, f"this is not JSON: {error.msg}", "write JSON or .yaml")
        raise ProblemsError([problem]) from error
    except RecursionError as error:
        raise InputError(f"{name}: the document is nested too deeply") from error


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
        return _plain_facts(body, name)
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


def _plain_facts(body: Any, name: str) -> dict[str, pl.DataFrame]:
    """Rows of facts by subject: ``{"discharge": [{"nuclide": "I-131", ...}]}``."""
    if not isinstance(body, Mapping) or not body:
        raise InputError(f"{name}: facts are rows by subject, for example discharge: [...]")
    problems: list[Problem] = []
    tables: dict[str, pl.DataFrame] = {}
    for kind, rows in body.items():
        if kind not in subjects():
            remedy = did_you_mean(str(kind), subjects()) or f"subjects are {', '.join(subjects())}"
            problems.append(Problem(name, None, str(kind), f"there is no subject '{kind}'", remedy))
            continue
        if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
            remedy = "write a list of mappings, one for each subject"
            problems.append(Problem(name, None, kind, f"{kind} holds no rows", remedy))
            continue
        facts = subject(kind).facts
        found = [
            problem for n, row in enumerate(rows) for problem in _check_row(row, facts, name, f"{kind}[{n}]")
        ]
        problems += found
        if not found:
            tables[kind] = _table(kind, rows)
    if problems:
        raise ProblemsError(problems)
    return tables


def _table(kind: str, rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    columns = {fact: [_value(row.get(fact), kind, fact) for row in rows] for row in rows for fact in row}
    columns["label"] = [row.get("label") or f"{kind} {number}" for number, row in enumerate(rows, start=1)]
    return frame(kind, columns)


def _value(value: Any, kind: str, fact: str) -> Any:
    is_day = subject(kind).facts[fact].type == "day"
    return date.fromisoformat(value) if is_day and isinstance(value, str) else value


def _check_row(row: Mapping[str, Any], facts: Mapping[str, Fact], name: str, where: str) -> list[Problem]:
    found = []
    for column, value in row.items():
        at = f"{where}.{column}"
        if column not in facts:
            found.append(Problem(name, None, at, "there is no such fact", did_you_mean(str(column), facts)))
            continue
        if value is None:
            continue
        fact = facts[column]
        good = {
            "number": isinstance(value, int | float) and not isinstance(value, bool),
            "text": isinstance(value, str),
            "nuclide": isinstance(value, str),
            "nuclides": isinstance(value, str),
            "flag": isinstance(value, bool),
            "day": _is_day(value),
        }[fact.type]
        if not good:
            example = {"number": f"a number in {fact.unit or '1'}", "flag": "true or false"}
            remedy = f"write {example.get(fact.type, 'text, a day as YYYY-MM-DD')}"
            found.append(Problem(name, None, at, f"{value!r} is not a {fact.type}", remedy))
    return found


def _is_day(value: Any) -> bool:
    if isinstance(value, date):
        return True
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False
