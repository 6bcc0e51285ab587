"""The rules as JSON: listed and read, a site's limits in use, a document judged."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, cast

from django.http import HttpRequest
from ninja import Body, NinjaAPI, Path, Query, Schema
from ninja.errors import HttpError
from pydantic import Field

from becq.api.schemas import Day
from becq.errors import InputError
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.supervision import selectors
from becq.platform.supervision.day import judge_day
from becq.rules.evaluation import Verdicts
from becq.rules.rule import Rule


class RuleOut(Schema):
    """A rule with the columns of a file of rules. ``own``: an organisation wrote it itself."""

    id: str
    jurisdiction: str
    subject: str
    condition: str | None
    quantity: str
    comparison: str
    limit: str
    unit: str | None
    severity: str
    title_en: str
    title_zh: str
    sentence_en: str
    sentence_zh: str
    remedy_en: str | None
    remedy_zh: str | None
    source: str
    article: str | None
    source_zh: str | None
    valid_from: str | None
    valid_to: str | None
    note: str | None
    note_zh: str | None
    facts: list[str] = Field(description="Facts that it reads")
    own: bool


class FindingOut(Schema):
    """What a rule says of one thing. ``measured`` and ``limit`` in ``unit``; ``margin``: share left."""

    rule: str
    subject: str
    severity: str
    measured: float | None
    limit: float | None
    unit: str
    margin: float | None
    title: str
    title_zh: str
    sentence: str
    sentence_zh: str
    remedy: str
    remedy_zh: str
    source: str
    source_zh: str
    note: str = Field(description="What of the source was not read, or how it is taken")
    note_zh: str
    missing: list[str] = Field(description="What is not known, where it could not be judged")
    missing_zh: list[str]


class VerdictsOut(Schema):
    """Findings, the gravest first, with how many there are of each severity and the gravest of them."""

    worst: str
    counts: dict[str, int]
    findings: list[FindingOut]


class LimitsOut(VerdictsOut):
    """The same for a site from the beginning of the day to ``at``."""

    site: str
    at: datetime


def add_rules(api: NinjaAPI) -> None:
    """Give ``api`` the operations of the rules."""
    listed: dict[str, Any] = {
        "response": list[RuleOut],
        "tags": ["rules"],
        "summary": "The rules that Becq ships and those of your organisation",
    }
    api.get("/rules", url_name="rules", operation_id="list_rules", **listed)(_rules)
    api.get("/rules/", include_in_schema=False, **listed)(_rules)
    api.get(
        "/rules/limits",
        response=LimitsOut,
        tags=["rules"],
        summary="Limits in use at a site",
        operation_id="read_limits",
    )(_limits)
    api.post(
        "/rules/check",
        response=VerdictsOut,
        tags=["rules"],
        summary="Judge a document; nothing is kept",
        operation_id="check_document",
    )(_check)
    api.get(
        "/rules/{name}",
        response=RuleOut,
        tags=["rules"],
        summary="One rule",
        url_name="rule",
        operation_id="read_rule",
    )(_rule)


def _viewer(request: HttpRequest) -> User:
    return cast(User, request.user)


def _rules(
    request: HttpRequest, subject: str = "", jurisdiction: str = "", on: Day | None = None
) -> list[dict[str, Any]]:
    """``jurisdiction``: the rules that hold there, those of the country above a province too."""
    found = selectors.book(_viewer(request)).of(subject or None, jurisdiction or None, on)
    return [_told(rule) for rule in found.rules]


def _rule(request: HttpRequest, name: str = Path(..., example="cn-licence-possession")) -> dict[str, Any]:
    try:
        return _told(selectors.book(_viewer(request))[name])
    except InputError as error:
        raise HttpError(404, str(error)) from error


def _limits(
    request: HttpRequest,
    site: str = Query(..., description="A site whose books you may read"),
    at: datetime | None = Query(None, description="Moment; default: now; UTC where it has no offset"),  # noqa: B008
) -> dict[str, Any]:
    moment = at or clock.now()
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        verdicts = judge_day(_viewer(request), site, moment)
    except InputError as error:
        raise HttpError(404, str(error)) from error
    return {"site": site, "at": moment, **_said(verdicts, ["block", "warn", "note", "ok"])}


def _check(
    request: HttpRequest,
    document: dict[str, Any] = Body(  # noqa: B008
        ..., example={"facts": {"discharge": [{"nuclide": "I-131", "retained_activity_bq": 3e8}]}}
    ),
) -> dict[str, Any]:
    """One key says what it is: consignment, waste, site_day, posting or facts."""
    content = json.dumps(document).encode()
    verdicts = selectors.judge_document(_viewer(request), content, "document.json")
    return _said(verdicts, ["block", "warn", "note", "ok"])


def _told(rule: Rule) -> dict[str, Any]:
    return {**rule.as_dict(), "facts": list(rule.facts), "own": bool(rule.origin)}


def _said(verdicts: Verdicts, severities: list[str]) -> dict[str, Any]:
    return {
        "worst": verdicts.worst,
        "counts": verdicts.counts(),
        "findings": [finding.as_dict() for finding in verdicts.findings(severities)],
    }
