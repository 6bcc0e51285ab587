"""The API at /api/v1: the services and selectors of the platform as JSON.

People log in with the pages' session; what writes needs the CSRF token in ``X-CSRFToken``. Every answer
is what the person may see, every refusal is {"error": {"message", "problems"}}.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest
from ninja import Body, File, NinjaAPI, Query, UploadedFile
from ninja.errors import HttpError
from ninja.security import SessionAuth

from becq.api import schemas
from becq.api.calculators import add_calculators
from becq.api.data import add_data
from becq.api.errors import PlainParser, add_handlers
from becq.api.replans import add_replans
from becq.api.rules import add_rules
from becq.errors import InputError
from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.ledger import selectors as ledger
from becq.platform.ledger.models import Posting
from becq.platform.ledger.selectors import BalanceRow, Link
from becq.platform.market import selectors as market
from becq.platform.market import services as ordering
from becq.platform.market.models import Channel, Order
from becq.platform.network import selectors as networks
from becq.platform.plans import selectors as plans
from becq.platform.plans import services as planning
from becq.platform.plans.models import PlanRun

PAGE_SIZE = 200
MAX_POSTINGS = 1000
MOST_PAGES = 100_000

api = NinjaAPI(
    title="Becq",
    version="1",
    description="Orders, plans, network, stock, books, rules, calculators and data of the isotope chain.",
    auth=SessionAuth(csrf=True),
    docs_url=None,  # the pages of ninja load scripts from elsewhere
    urls_namespace="api-v1",
    parser=PlainParser(),
)
add_handlers(api)
add_calculators(api)
add_data(api)
add_rules(api)
add_replans(api)


# --- orders ---------------------------------------------------------------------------------------


@api.get("/orders", response=schemas.OrderPage, tags=["orders"], summary="Orders you may see")
def list_orders(
    request: HttpRequest,
    day: schemas.Day | None = None,
    days: int = Query(1, ge=1, le=366),
    product: str = "",
    site: str = "",
    status: str = "",
    short: bool = False,
    text: str = "",
    sort: str = "earliest",
    page: int = Query(1, ge=1, le=MOST_PAGES),
) -> dict[str, Any]:
    """``day``: windows that open then; ``status``: one, several with commas, or "open"."""
    found = market.orders(
        _viewer(request),
        day=day,
        days=days,
        product=product,
        site=site,
        status=[word for word in status.split(",") if word],
        short=short,
        text=text,
        sort=sort,
    )
    start = (page - 1) * PAGE_SIZE
    rows = [_order(order) for order in found[start : start + PAGE_SIZE]]
    return {"total": found.count(), "page": page, "orders": rows}


@api.post("/orders", response={201: schemas.OrderOut}, tags=["orders"], summary="Place an order")
def place_order(request: HttpRequest, order: schemas.OrderIn) -> tuple[int, dict[str, Any]]:
    placed = ordering.place_order(_viewer(request), source=Channel.API, **order.dict())
    return 201, _order(placed)


@api.post(
    "/orders/import",
    response={200: schemas.ImportOut, 422: schemas.ImportOut},
    tags=["orders"],
    summary="Place the orders of an Excel or CSV file",
)
def import_orders(
    request: HttpRequest,
    file: UploadedFile = File(...),  # noqa: B008
    skip_bad: bool = False,
    dry_run: bool = False,
) -> tuple[int, dict[str, Any]]:
    """All rows or none; with ``skip_bad`` the good ones. 422 with every problem where nothing was taken."""
    result = ordering.import_orders(
        _viewer(request), file.read(), file.name or "", skip_bad=skip_bad, dry_run=dry_run
    )
    body = {
        "orders": [_order(order) for order in result.orders],
        "problems": [problem.as_dict() for problem in result.problems],
        "warnings": [problem.as_dict() for problem in result.warnings],
        "skipped": result.skipped,
    }
    return (200 if result.orders or not result.problems else 422), body


@api.get("/orders/{code}", response=schemas.OrderOut, tags=["orders"], summary="One order")
def get_order(request: HttpRequest, code: str) -> dict[str, Any]:
    with _found():
        return _order(market.order(_viewer(request), code))


# --- plans ----------------------------------------------------------------------------------------


@api.get("/plans", response=list[schemas.RunOut], tags=["plans"], summary="Plans, newest first")
def list_plans(
    request: HttpRequest,
    status: str = "",
    committed: bool | None = None,
    page: int = Query(1, ge=1, le=MOST_PAGES),
) -> list[dict[str, Any]]:
    viewer = _viewer(request)
    found = plans.runs(viewer, status=status, committed=committed)
    return [_run(viewer, run) for run in found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]


@api.post("/plans", response={202: schemas.RunOut}, tags=["plans"], summary="Ask for a plan")
def request_plan(request: HttpRequest, plan: schemas.PlanIn) -> tuple[int, dict[str, Any]]:
    """It is made in the background: ask for it again until ``status`` is done, failed or cancelled."""
    viewer = _viewer(request)
    run = planning.request_plan(
        viewer,
        plan.first,
        plan.days,
        pins=plan.pins.dict() if plan.pins else None,
        base=_plan(viewer, plan.base) if plan.base else None,
        name=plan.name,
        rationing=plan.policy,
        time_limit_s=plan.time_limit_s,
    )
    return 202, _run(viewer, run)


@api.get("/plans/{code}", response=schemas.PlanOut, tags=["plans"], summary="One plan")
def get_plan(request: HttpRequest, code: str) -> dict[str, Any]:
    viewer = _viewer(request)
    run = _plan(viewer, code)
    document = plans.plan_document(viewer, run) if run.result is not None else None
    return {**_run(viewer, run), "plan": document}


@api.post("/plans/{code}/pins", response=schemas.RunOut, tags=["plans"], summary="Pin for the next plan")
def pin(request: HttpRequest, code: str, pins: schemas.PinChange) -> dict[str, Any]:
    viewer = _viewer(request)
    run = _plan(viewer, code)
    changed = planning.pin(viewer, run, batches=pins.batches, deliveries=pins.deliveries, unpin=pins.unpin)
    return _run(viewer, changed)


@api.post("/plans/{code}/replan", response={202: schemas.RunOut}, tags=["plans"], summary="Plan anew")
def replan(
    request: HttpRequest,
    code: str,
    options: schemas.ReplanIn = Body(schemas.ReplanIn()),  # noqa: B008
) -> tuple[int, dict[str, Any]]:
    viewer = _viewer(request)
    return 202, _run(viewer, planning.replan(viewer, _plan(viewer, code), name=options.name))


@api.post("/plans/{code}/cancel", response=schemas.RunOut, tags=["plans"], summary="Stop a run")
def cancel(request: HttpRequest, code: str) -> dict[str, Any]:
    viewer = _viewer(request)
    return _run(viewer, planning.cancel_run(viewer, _plan(viewer, code)))


@api.post("/plans/{code}/commit", response=schemas.RunOut, tags=["plans"], summary="Carry a plan out")
def commit(
    request: HttpRequest,
    code: str,
    options: schemas.CommitIn = Body(schemas.CommitIn()),  # noqa: B008
) -> dict[str, Any]:
    viewer = _viewer(request)
    return _run(viewer, planning.commit_plan(viewer, _plan(viewer, code), supersede=options.supersede))


# --- network, stock, books ------------------------------------------------------------------------


@api.get("/network", response=dict[str, Any], tags=["network"], summary="The network as its file writes it")
def get_network(request: HttpRequest) -> dict[str, Any]:
    return networks.definitions(_viewer(request))


@api.get("/stock", response=list[schemas.StockOut], tags=["books"], summary="What is where")
def get_stock(
    request: HttpRequest,
    at: schemas.Instant | None = None,
    site: str | None = None,
    nuclide: str | None = None,
    lot: str | None = None,
) -> list[dict[str, Any]]:
    """At ``at`` (default now; earlier from the books, later by decay alone)."""
    moment = _moment(at)
    rows = ledger.balances(_viewer(request), moment, site=site, nuclide=nuclide, lot=lot)
    return [_balance(row) for row in rows]


@api.get("/ledger/lots/{path:lot}", response=schemas.LotOut, tags=["books"], summary="A lot in the books")
def get_lot(request: HttpRequest, lot: str, at: schemas.Instant | None = None) -> dict[str, Any]:
    viewer = _viewer(request)
    postings = list(ledger.history(viewer, lot)[:MAX_POSTINGS])
    if not postings:
        raise HttpError(404, f"There is no lot '{lot}' in the books that you may see")
    family = ledger.genealogy(viewer, lot)
    return {
        "lot": lot,
        "ancestors": [_link(link) for link in family.ancestors],
        "descendants": [_link(link) for link in family.descendants],
        "balances": [_balance(row) for row in ledger.balances(viewer, _moment(at), lot=lot)],
        "postings": [_posting(posting) for posting in postings],
    }


# --- rows to JSON ---------------------------------------------------------------------------------


def _viewer(request: HttpRequest) -> User:
    return cast(User, request.user)


@contextmanager
def _found() -> Iterator[None]:
    """What the address names is not there: 404 instead of 400."""
    try:
        yield
    except InputError as error:
        raise HttpError(404, str(error)) from error


def _plan(viewer: User, code: str) -> PlanRun:
    with _found():
        return plans.run(viewer, code)


def _moment(at: datetime | None) -> datetime:
    if at is None:
        return clock.now()
    if at.tzinfo is None:
        raise InputError(f"{at.isoformat()} has no offset; write for example {at.isoformat()}+08:00")
    return at


def _order(order: Order) -> dict[str, Any]:
    same = (
        "code", "nuclide", "activity_bq", "earliest", "latest", "tolerance", "priority", "partial",
        "patients", "note", "source", "status", "confirmed_activity_bq", "confirmed_lot",
        "confirmed_arrival", "unmet_reason", "unmet_sentence", "unmet_sentence_zh", "delivered_at",
        "delivered_activity_bq", "cancelled_reason", "split", "least_part_bq", "most_parts", "alternatives",
        "confirmed_parts",
    )  # fmt: skip
    return {name: getattr(order, name) for name in same} | {
        "customer": order.customer.code,
        "site": order.site_code,
        "product": order.product_code,
        "calibration": order.calibration_at,
        "short": order.is_short,
        "plan": order.plan_code,
    }


def _run(viewer: User, run: PlanRun) -> dict[str, Any]:
    return plans.run_facts(viewer, run)


def _balance(row: BalanceRow) -> dict[str, Any]:
    names = ("holder", "site", "place", "lot", "nuclide", "activity_bq", "at")
    return {name: getattr(row, name) for name in names}


def _link(link: Link) -> dict[str, Any]:
    return {name: getattr(link, name) for name in ("parent", "child", "kind", "event_time", "holder")}


def _posting(posting: Posting) -> dict[str, Any]:
    same = ("sequence", "kind", "event_time", "recorded_time", "note", "hash")
    return {name: getattr(posting, name) for name in same} | {
        "uuid": str(posting.uuid),
        "holder": posting.holder.code,
        "entries": [
            {
                "account": entry.account.name,
                "lot": entry.lot,
                "nuclide": entry.nuclide,
                "activity_bq": entry.activity_bq,
                "uncertainty_bq": entry.uncertainty_bq,
            }
            for entry in posting.entries.all()
        ],
    }
