"""What is done to orders.

``place_order``, ``amend_order``, ``cancel_order`` and their standing counterparts are the customer's;
``confirm_orders``, ``mark_delivered`` and ``mark_fulfilled`` are called when a plan is committed, a
consignment received, and the activity used.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from becq.chain.definition import define
from becq.chain.network import Network
from becq.chain.order import Order as ChainOrder
from becq.chain.order import StandingOrder as ChainStandingOrder
from becq.chain.product import Product
from becq.chain.source import Source
from becq.chain.validation import validate
from becq.errors import ConflictError, InputError, PermissionDeniedError, Problem, ProblemsError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, User
from becq.platform.market import selectors
from becq.platform.market.models import (
    LAST,
    OPEN,
    Channel,
    Order,
    OrderEvent,
    StandingOrder,
    Status,
)
from becq.platform.market.order_file import CODE, read_order_file, write_orders
from becq.platform.market.order_file import order_template as write_template
from becq.platform.market.validation import form_source, only, validate_orders
from becq.platform.network import selectors as networks
from becq.platform.network.models import Site

AMENDABLE = OPEN | {Status.DRAFT}
_FIELDS = ("product", "activity", "calibration", "earliest", "latest", "tolerance", "priority", "partial",
           "patients")  # fmt: skip
_COLUMNS = ("site_code", "product_code", "nuclide", "activity_bq", "calibration_at", "earliest", "latest",
            "tolerance", "priority", "partial", "patients", "customer_id", "definition")  # fmt: skip
_SILENT = frozenset({"definition", "customer_id"})
"""Columns whose change is not told in the audit strip."""


@dataclass(slots=True)
class OrderImport:
    """What became of an uploaded file. Nothing is written while there is a problem, unless asked for.

    :ivar problems: what is wrong, by row and column.
    :ivar warnings: what was taken but looks odd (duplicates).
    :ivar skipped: rows left out because of their problems (with ``skip_bad``).
    """

    orders: list[Order] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a committed plan answers to an order: a promise, a refusal with its reason, or less than asked.

    :ivar activity_bq: promised at the calibration time; None where nothing is.
    """

    order: str
    activity_bq: float | None = None
    lot: str = ""
    arrival: datetime | None = None
    supplier: Organisation | None = None
    reason: str = ""
    sentence: str = ""
    sentence_zh: str = ""


# --- orders -------------------------------------------------------------------------------------


def place_order(
    actor: User,
    *,
    site: str,
    product: str,
    activity: str | float,
    calibration: datetime | str,
    earliest: datetime | str,
    latest: datetime | str,
    tolerance: float | str = 0.1,
    priority: int = 2,
    partial: bool = False,
    patients: int | None = None,
    note: str = "",
    code: str = "",
    source: str = Channel.FORM,
    draft: bool = False,
) -> Order:
    """A new order, placed at once or kept as a draft.

    :param activity: text with its unit ("7.4 GBq"), or Bq; at the calibration time.
    :param calibration: times without an offset are in the zone of the site.
    :param code: given by the customer; a new one where left out.
    :raises ProblemsError: with every field that does not fit.
    """
    values = {
        "site": site, "product": product, "activity": activity, "calibration": calibration,
        "earliest": earliest, "latest": latest, "tolerance": tolerance, "priority": priority,
        "partial": partial, "patients": patients,
    }  # fmt: skip
    where = networks.site(actor, site)
    _require_customer(actor, "order.place", where)
    if source not in Channel.values:
        raise InputError(f"Unknown source {source!r}; use one of {', '.join(Channel.values)}")
    network = networks.supply_network(actor)
    try:
        with transaction.atomic():
            chosen = code.strip() or _new_codes(1)[0]
            if Order.objects.filter(code=chosen).exists():
                raise ConflictError(f"There is an order '{chosen}' already; leave the code out for a new one")
            wanted = _read_form(chosen, values, where, network)
            order = _order(actor, wanted, where, network, source, Status.DRAFT if draft else Status.PLACED)
            order.note = note.strip()
            order.save(force_insert=True)
            _tell(actor, [order], "drafted" if draft else "placed")
    except IntegrityError as error:
        raise ConflictError("Somebody else took this order code just now; place the order again") from error
    return order


def submit_order(actor: User, order: Order) -> Order:
    """Place a draft."""
    with transaction.atomic():
        order = _lock(order)
        _require_customer(actor, "order.place", _site(actor, order))
        if order.status != Status.DRAFT:
            raise ConflictError(f"Order {order.code} is {order.status}; only a draft is placed")
        if order.latest < clock.now():
            raise ConflictError(f"The delivery window of {order.code} is over; amend it first")
        order.status = Status.PLACED
        order.save(update_fields=["status"])
        _tell(actor, [order], "placed")
    return order


def amend_order(actor: User, order: Order, *, reason: str = "", **changes: Any) -> Order:
    """Change an order that is not delivered. What was promised for it no longer holds: it is placed anew.

    :param changes: product, activity, calibration, earliest, latest, tolerance, priority, partial,
        patients, note, as for ``place_order``.
    :raises ProblemsError: with every field that does not fit.
    :raises ConflictError: it is delivered, fulfilled or cancelled.
    """
    unknown = set(changes) - {*_FIELDS, "note"}
    if unknown:
        raise InputError(f"{', '.join(sorted(unknown))} of an order cannot be changed")
    with transaction.atomic():
        order = _lock(order)
        where = _site(actor, order)
        _require_customer(actor, "order.place", where)
        if order.status not in AMENDABLE:
            raise ConflictError(f"Order {order.code} is {order.status} and can no longer be changed")
        network = networks.supply_network(actor)
        note = changes.pop("note", None)
        values: dict[str, Any] = {
            **{name: value for name, value in order.definition.items() if name != "id"},
            **changes,
        }
        wanted = _read_form(order.code, values, where, network)
        before = {name: getattr(order, name) for name in _COLUMNS}
        _fill(order, wanted, where, network)
        difference = _difference(before, order, _COLUMNS)
        if note is not None and note.strip() != order.note:
            difference["note"] = [order.note, note.strip()]
            order.note = note.strip()
        if difference.keys() - {"note"}:
            _forget_promise(order)
            order.amended_at = clock.now()
        if difference:
            order.save()
            _tell(actor, [order], "amended", changes=[difference], note=reason)
    return order


def cancel_order(actor: User, order: Order, *, reason: str) -> Order:
    """Take an order back, for good. Drafts too: nothing is ever deleted."""
    if not reason.strip():
        raise InputError("Say why the order is cancelled")
    with transaction.atomic():
        order = _lock(order)
        _require_customer(actor, "order.place", _site(actor, order))
        if order.status not in AMENDABLE:
            raise ConflictError(f"Order {order.code} is {order.status} and can no longer be cancelled")
        order.status = Status.CANCELLED
        order.cancelled_reason = reason.strip()
        order.save(update_fields=["status", "cancelled_reason"])
        _tell(actor, [order], "cancelled", note=reason.strip())
    return order


# --- files --------------------------------------------------------------------------------------


def import_orders(
    actor: User, content: bytes, filename: str, *, skip_bad: bool = False, dry_run: bool = False
) -> OrderImport:
    """Orders from an uploaded Excel or CSV file, all of them or none.

    A blank ``id`` gets a new code; a blank ``site`` is that of the person, where there is only one. Times
    without an offset are in the zone of the network.

    :param skip_bad: take the good rows and leave out the others.
    :param dry_run: look only.
    """
    policy.require(actor, "order.import")
    own = [site.code for site in _orderable_sites(actor)]
    optional = CODE | {"site"} if len(own) == 1 else CODE
    source = read_order_file(content, filename, optional)
    if source.data is None:
        return OrderImport(problems=list(source.problems))
    network = networks.supply_network(actor)
    rows: list[dict[str, Any]] = source.data.get("orders", [])
    given = [str(row["id"]) if row.get("id") is not None else "" for row in rows]
    for row in rows:
        if len(own) == 1:
            row.setdefault("site", own[0])
    numbers = [source.locate(("orders", index)).row for index in range(len(rows))]
    try:
        with transaction.atomic():
            free = iter(_new_codes(sum(not code for code in given)))
            for row, code in zip(rows, given, strict=True):
                row["id"] = code or next(free)
            result = OrderImport()
            orders, result.problems = validate_orders(source, network, clock.now())
            foreign = _foreign(actor, source, rows, own)
            result.problems = _sorted([*result.problems, *foreign])
            kept = list(range(len(rows)))
            if result.problems and skip_bad:
                bad = {problem.row for problem in result.problems}
                if not bad <= {*numbers}:
                    return result  # what is wrong with the file as a whole cannot be skipped
                kept = [index for index in kept if numbers[index] not in bad]
                result.skipped = sorted(number for number in bad if number is not None)
                good = only(source, kept)
                orders, more = validate_orders(good, network, clock.now())
                if more:
                    result.problems, result.skipped = _sorted([*result.problems, *more]), []
                    return result
            elif result.problems:
                return result
            result.warnings = _repeated(actor, source, orders, kept, network)
            sites = {site.code: site for site in _orderable_sites(actor)}
            result.orders = [
                _order(actor, wanted, sites[wanted.site], network, Channel.FILE, Status.PLACED)
                for wanted in orders
            ]
            if not dry_run:
                Order.objects.bulk_create(result.orders)
                _tell(actor, result.orders, "placed", note=source.file)
    except IntegrityError as error:
        raise ConflictError("Somebody else took one of these order codes just now; try again") from error
    return result


def order_template(viewer: User) -> bytes:
    """An empty workbook for orders, listing the sites one may order for and what can be ordered."""
    policy.require(viewer, "network.read")
    return write_template(
        [(site.code, site.name_zh or site.name) for site in _orderable_sites(viewer)],
        [(product.id, product.name_zh or product.name) for product in networks.products(viewer)],
    )


def export_orders(viewer: User, **filters: Any) -> bytes:
    """The orders that ``selectors.orders(viewer, **filters)`` finds, as an Excel workbook."""
    found = list(selectors.orders(viewer, **filters))
    return write_orders(found, dict(networks.sites(viewer).values_list("code", "timezone")))


# --- standing orders ----------------------------------------------------------------------------


def place_standing_order(actor: User, *, code: str, site: str, **fields: Any) -> StandingOrder:
    """An order that repeats weekly.

    :param fields: as the network file has them: product, activity ("7.4 GBq"), days ("mon, wed"),
        earliest, latest, calibration ("08:00", zone of the site), calibration_day_offset, tolerance,
        priority, partial, patients, valid_from, valid_to.
    :raises ProblemsError: with every field that does not fit.
    """
    where = networks.site(actor, site)
    _require_customer(actor, "order.place", where)
    network = networks.supply_network(actor)
    wanted = _read_standing({"id": code, "site": site, **_given(fields)}, network)
    if StandingOrder.objects.filter(code=wanted.id).exists():
        raise ConflictError(f"There is a standing order '{wanted.id}' already")
    standing = _standing(actor, wanted, where, network, LAST)
    try:
        with transaction.atomic():
            standing.save(force_insert=True)
    except IntegrityError as error:
        raise ConflictError(f"There is a standing order '{wanted.id}' already") from error
    return standing


def edit_standing_order(actor: User, standing: StandingOrder, **fields: Any) -> StandingOrder:
    """Change a standing order; its future orders that are only placed and were not amended follow.

    :param fields: as for ``place_standing_order``; None takes a field back to its default.
    """
    with transaction.atomic():
        standing = StandingOrder.objects.select_for_update().get(pk=standing.pk)
        where = networks.site(actor, standing.site_code)
        _require_customer(actor, "order.place", where)
        if not standing.active:
            raise ConflictError(f"Standing order {standing.code} has ended; make a new one")
        network = networks.supply_network(actor)
        wanted = _read_standing(_given({**standing.definition, **fields}), network)
        if wanted.id != standing.code or wanted.site != standing.site_code:
            raise InputError("Code and site of a standing order cannot be changed")
        _fill_standing(standing, wanted, where, network)
        standing.save()
        _follow(actor, standing, where, network)
    return standing


def end_standing_order(actor: User, standing: StandingOrder, *, reason: str) -> StandingOrder:
    """End a standing order and cancel its future orders that are not promised yet."""
    if not reason.strip():
        raise InputError("Say why the standing order ends")
    with transaction.atomic():
        standing = StandingOrder.objects.select_for_update().get(pk=standing.pk)
        _require_customer(actor, "order.place", networks.site(actor, standing.site_code))
        standing.active = False
        standing.save(update_fields=["active"])
        _cancel(actor, _untouched(standing), reason.strip())
    return standing


def materialise_standing_orders(actor: User, first: date, days: int) -> list[Order]:
    """Make the single orders of standing orders for ``days`` days from ``first``; existing ones stay.

    :returns: the orders made now.
    """
    policy.require(actor, "order.import")
    if not 1 <= days <= 366:
        raise InputError(f"Orders are made for 1 to 366 days ahead, not {days}")
    network = networks.supply_network(actor)
    sites = {site.code: site for site in networks.sites(actor)}
    with transaction.atomic():
        new: list[Order] = []
        found = selectors.standing_orders(actor).select_for_update(of=("self",))
        wanted = [
            (standing, order) for standing in found for order in _expand(standing, network, first, days)
        ]
        codes = [order.id for _, order in wanted]
        taken: set[str] = set()
        for start in range(0, len(codes), 500):
            known = Order.objects.filter(code__in=codes[start : start + 500])
            taken.update(known.values_list("code", flat=True))
        for standing, occurrence in wanted:
            if occurrence.id in taken:
                continue
            where = sites[standing.site_code]
            order = _order(actor, occurrence, where, network, Channel.STANDING, Status.PLACED)
            order.standing = standing
            new.append(order)
        Order.objects.bulk_create(new)
        _tell(actor, new, "placed", note="standing order")
    return new


# --- what the plan and the chain answer -----------------------------------------------------------


def confirm_orders(actor: User, *, plan_code: str, answers: Sequence[Answer]) -> list[Order]:
    """Write what a committed plan promises or refuses.

    :raises ConflictError: an order is no longer open.
    """
    policy.require(actor, "order.confirm")
    with transaction.atomic():
        found = _by_code([answer.order for answer in answers])
        kinds: dict[str, list[Order]] = {"confirmed": [], "unmet": []}
        for answer in answers:
            order = found.get(answer.order)
            if order is None:
                raise InputError(f"There is no order '{answer.order}'")
            policy.require(actor, "order.confirm", organisation=order.customer)
            if order.status not in OPEN:
                raise ConflictError(f"Order {order.code} is {order.status}; it can no longer be confirmed")
            promised = answer.activity_bq is not None and answer.activity_bq > 0
            order.status = Status.CONFIRMED if promised else Status.UNMET
            order.confirmed_activity_bq = answer.activity_bq if promised else None
            order.confirmed_lot = answer.lot if promised else ""
            order.confirmed_arrival = answer.arrival if promised else None
            order.supplier = answer.supplier if promised else None
            order.plan_code = plan_code
            order.unmet_reason = answer.reason
            order.unmet_sentence, order.unmet_sentence_zh = answer.sentence, answer.sentence_zh
            kinds[order.status].append(order)
        changed = [order for orders in kinds.values() for order in orders]
        Order.objects.bulk_update(
            changed,
            [
                "status", "confirmed_activity_bq", "confirmed_lot", "confirmed_arrival", "supplier",
                "plan_code", "unmet_reason", "unmet_sentence", "unmet_sentence_zh",
            ],
            batch_size=200,
        )  # fmt: skip
        for kind, orders in kinds.items():
            _tell(actor, orders, kind, note=plan_code)
    return changed


def mark_delivered(
    actor: User, code: str, activity_bq: float | None = None, at: datetime | None = None
) -> Order:
    """The consignment of an order was received. A cancelled order stays so: what came is only noted.

    :param activity_bq: received, referred to the order's calibration time.
    """
    with transaction.atomic():
        order = _one(code)
        policy.require(actor, "dispatch.receive", organisation=order.customer, site=order.site_code)
        if order.status in OPEN:
            order.status = Status.DELIVERED
        order.delivered_at = at or clock.now()
        order.delivered_activity_bq = activity_bq
        order.save(update_fields=["status", "delivered_at", "delivered_activity_bq"])
        _tell(actor, [order], "delivered")
    return order


def mark_undelivered(actor: User, code: str, *, reason: str, sentence: str, sentence_zh: str = "") -> Order:
    """What was promised will not come (rejected at receipt, failed batch, lost): the order is unmet again."""
    with transaction.atomic():
        order = _one(code)
        if not any(
            policy.may(actor, action, organisation=organisation)
            for action, organisation in (
                ("order.confirm", order.customer),
                ("dispatch.receive", order.customer),
                ("order.confirm", order.supplier or order.customer),
            )
        ):
            raise PermissionDeniedError(f"{actor.username} may not take back what {order.code} was promised")
        if order.status not in OPEN | {Status.DELIVERED}:
            raise ConflictError(f"Order {order.code} is {order.status}")
        _forget_promise(order)
        order.status = Status.UNMET
        order.unmet_reason, order.unmet_sentence, order.unmet_sentence_zh = reason, sentence, sentence_zh
        order.delivered_at = order.delivered_activity_bq = None
        order.save()
        _tell(actor, [order], "unmet", note=sentence)
    return order


def mark_fulfilled(actor: User, code: str) -> Order:
    """What was delivered has been used. Once is enough: a second call changes nothing."""
    with transaction.atomic():
        order = _one(code)
        policy.require(actor, "clinic.administer", organisation=order.customer, site=order.site_code)
        if order.status == Status.FULFILLED:
            return order
        if order.status != Status.DELIVERED:
            raise ConflictError(f"Order {order.code} is {order.status}; only a delivered one is fulfilled")
        order.status = Status.FULFILLED
        order.save(update_fields=["status"])
        _tell(actor, [order], "fulfilled")
    return order


def release_promises(actor: User, *, plan_code: str, but: Collection[str] = ()) -> list[Order]:
    """What a plan promised no longer holds (another plan replaces it): its open orders are placed again.

    :param but: orders whose promise holds, because what serves them is under way.
    """
    policy.require(actor, "order.confirm")
    if not policy.coordinates(actor):
        raise PermissionDeniedError("Only the operator's people may release the promises of a plan")
    with transaction.atomic():
        found = list(
            Order.objects.select_for_update(of=("self",)).filter(
                plan_code=plan_code, status__in=[Status.CONFIRMED, Status.UNMET]
            )
        )
        found = [order for order in found if order.code not in but]
        for order in found:
            _forget_promise(order)
            order.save()
        _tell(actor, found, "released", note=plan_code)
    return found


# --- the network file -----------------------------------------------------------------------------


def take_over(actor: User, network: Network, *, replace: bool) -> None:
    """Make the order book hold the orders and standing orders of an imported network.

    Part of ``network.services.import_network``, inside its transaction, after the sites are written.

    :param replace: cancel open orders that came from a file and are not in this one, and those whose site
        or product is gone; end standing orders that are not in it.
    """
    policy.require(actor, "network.edit")
    if not policy.coordinates(actor):
        raise PermissionDeniedError("Only the operator's people may replace the order book")
    sites = {site.code: site for site in networks.sites(actor)}
    now = clock.now()
    with transaction.atomic():
        old = {row.code: row for row in StandingOrder.objects.select_for_update()}
        for position, wanted in enumerate(network.standing_orders):
            where = sites[wanted.site]
            if wanted.id in old:
                standing = old.pop(wanted.id)
                _fill_standing(standing, wanted, where, network)
                standing.position, standing.active = position, True
                standing.save()
                _follow(actor, standing, where, network)
            else:
                _standing(actor, wanted, where, network, position).save(force_insert=True)
        if replace:
            for standing in old.values():
                if standing.active:
                    standing.active = False
                    standing.save(update_fields=["active"])
                    _cancel(actor, _untouched(standing), "not in the imported network")
        known = _by_code([order.id for order in network.orders])
        new, changed, unchanged = [], [], []
        for position, order_wanted in enumerate(network.orders):
            where = sites[order_wanted.site]
            order = known.get(order_wanted.id)
            if order is None:
                order = _order(actor, order_wanted, where, network, Channel.FILE, Status.PLACED)
                order.position = position
                new.append(order)
                continue
            if order.status in {Status.DELIVERED, Status.FULFILLED}:
                continue
            order.position = position
            if order.definition == define(order_wanted) and order.status in OPEN:
                unchanged.append(order)
                continue
            _fill(order, order_wanted, where, network)
            _forget_promise(order)
            order.status, order.cancelled_reason, order.amended_at = Status.PLACED, "", now
            changed.append(order)
        Order.objects.bulk_create(new)
        for order in changed:
            order.save()
        Order.objects.bulk_update(unchanged, ["position"], batch_size=200)
        _tell(actor, new, "placed", note="network file")
        _tell(actor, changed, "amended", note="network file")
        if replace:
            products = {product.id for product in network.products}
            codes = {order.id for order in network.orders}
            gone = [
                order
                for order in Order.objects.filter(status__in=OPEN | {Status.DRAFT})
                if (order.source == Channel.FILE and order.code not in codes)
                or order.site_code not in network.site
                or order.product_code not in products
            ]
            _cancel(actor, gone, "not in the imported network")


# --- within ---------------------------------------------------------------------------------------


def _require_customer(actor: User, action: str, site: Site) -> None:
    """Refuse unless the actor may order for this site."""
    if site.organisation is None:
        policy.require(actor, action)
        raise ConflictError(f"Nobody holds the site '{site.code}', so nobody can order for it")
    policy.require(actor, action, organisation=site.organisation, site=site.code)


def _orderable_sites(actor: User) -> list[Site]:
    found = networks.sites(actor).exclude(organisation=None)
    return [
        site
        for site in found
        if policy.may(actor, "order.place", organisation=site.organisation, site=site.code)
        or policy.may(actor, "order.import", organisation=site.organisation, site=site.code)
    ]


def _read_form(code: str, values: Mapping[str, Any], where: Site, network: Network) -> ChainOrder:
    """The order of a form.

    :raises ProblemsError: with every field that does not fit.
    """
    row = {"id": code, **_given(values)}
    zone = ZoneInfo(where.timezone)
    for name in ("calibration", "earliest", "latest"):
        row[name] = _aware(row.get(name), zone)
    row = _given(row)
    orders, problems = validate_orders(form_source(row), network, clock.now())
    if problems:
        raise ProblemsError(problems)
    return orders[0]


def _aware(value: Any, zone: ZoneInfo) -> Any:
    """A time of a form in the site's zone; text that is no time is left for the reader to refuse."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip().replace(" ", "T"))
        except ValueError:
            return value
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=zone)
    return value


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, activities in Bq written with their unit."""
    row = {name: value for name, value in values.items() if value is not None and value != ""}
    if isinstance(row.get("activity"), int | float) and not isinstance(row["activity"], bool):
        row["activity"] = f"{float(row['activity'])!r} Bq"
    return row


def _read_standing(values: Mapping[str, Any], network: Network) -> ChainStandingOrder:
    row = form_source({}).locate  # the same places: the field alone
    source = Source("standing order", {**define(network), "standing_orders": [dict(values)]}, row)
    found, problems = validate(source)
    if found is None:
        raise ProblemsError(problems)
    return found.standing_orders[0]


def _order(actor: User, wanted: ChainOrder, where: Site, network: Network, source: str, status: str) -> Order:
    order = Order(code=wanted.id, source=source, status=status, created_by=actor, created_at=clock.now())
    _fill(order, wanted, where, network)
    return order


def _fill(order: Order, wanted: ChainOrder, where: Site, network: Network) -> None:
    _fill_common(order, wanted, where, network.product[wanted.product])
    order.calibration_at = network.instant(wanted.calibration).astimezone(UTC)
    order.earliest = network.instant(wanted.earliest).astimezone(UTC)
    order.latest = network.instant(wanted.latest).astimezone(UTC)


def _fill_common(
    row: Order | StandingOrder, wanted: ChainOrder | ChainStandingOrder, where: Site, product: Product
) -> None:
    assert where.organisation is not None
    row.customer = where.organisation
    row.site_code = wanted.site
    row.product_code = wanted.product
    row.nuclide = product.nuclide
    row.activity_bq = wanted.activity
    row.tolerance = wanted.tolerance
    row.priority = wanted.priority
    row.partial = wanted.partial
    row.patients = wanted.patients
    row.definition = define(wanted)


def _standing(
    actor: User, wanted: ChainStandingOrder, where: Site, network: Network, position: int
) -> StandingOrder:
    standing = StandingOrder(code=wanted.id, created_by=actor, created_at=clock.now(), position=position)
    _fill_standing(standing, wanted, where, network)
    return standing


def _fill_standing(
    standing: StandingOrder, wanted: ChainStandingOrder, where: Site, network: Network
) -> None:
    _fill_common(standing, wanted, where, network.product[wanted.product])
    standing.days = ",".join(wanted.days)
    standing.earliest, standing.latest = wanted.earliest, wanted.latest
    standing.calibration = wanted.calibration
    standing.calibration_day_offset = wanted.calibration_day_offset
    standing.valid_from, standing.valid_to = wanted.valid_from, wanted.valid_to


def _expand(standing: StandingOrder, network: Network, first: date, days: int) -> Iterable[ChainOrder]:
    wanted = ChainStandingOrder.model_validate(standing.definition)
    return wanted.expand(network.site[wanted.site], first, days)


def _untouched(standing: StandingOrder) -> list[Order]:
    """Future orders of a standing order that nobody has amended or answered."""
    return list(
        Order.objects.select_for_update(of=("self",)).filter(
            standing=standing, status=Status.PLACED, amended_at=None, earliest__gt=clock.now()
        )
    )


def _follow(actor: User, standing: StandingOrder, where: Site, network: Network) -> None:
    """Make the untouched orders of a changed standing order agree with it, or cancel them."""
    orders = _untouched(standing)
    if not orders:
        return
    first = clock.now().astimezone(ZoneInfo(where.timezone)).date()
    last = max(order.earliest for order in orders).astimezone(ZoneInfo(where.timezone)).date()
    span = (last - first + timedelta(days=1)).days
    wanted = {occurrence.id: occurrence for occurrence in _expand(standing, network, first, span)}
    for order in orders:
        if order.code not in wanted or order.definition == define(wanted[order.code]):
            continue
        before = {name: getattr(order, name) for name in _COLUMNS}
        _fill(order, wanted[order.code], where, network)
        order.save()
        difference = _difference(before, order, _COLUMNS)
        _tell(actor, [order], "amended", changes=[difference], note="standing order")
    _cancel(actor, [order for order in orders if order.code not in wanted], "standing order changed")


def _cancel(actor: User, orders: Sequence[Order], reason: str) -> None:
    for order in orders:
        order.status, order.cancelled_reason = Status.CANCELLED, reason
    Order.objects.bulk_update(orders, ["status", "cancelled_reason"], batch_size=200)
    _tell(actor, orders, "cancelled", note=reason)


def _forget_promise(order: Order) -> None:
    """What was promised or refused no longer holds."""
    if order.status in OPEN:
        order.status = Status.PLACED
    order.confirmed_activity_bq = order.confirmed_arrival = order.supplier = None
    order.confirmed_lot = order.plan_code = ""
    order.unmet_reason = order.unmet_sentence = order.unmet_sentence_zh = ""


def _tell(
    actor: User,
    orders: Sequence[Order],
    kind: str,
    *,
    changes: Sequence[dict[str, Any]] | None = None,
    note: str = "",
) -> None:
    at = clock.now()
    OrderEvent.objects.bulk_create(
        OrderEvent(
            order=order, at=at, actor=actor, kind=kind, note=note, changes=changes[i] if changes else {}
        )
        for i, order in enumerate(orders)
    )


def _difference(
    before: Mapping[str, Any], row: Order | StandingOrder, columns: Iterable[str]
) -> dict[str, Any]:
    return {
        name: [_plain(before[name]), _plain(getattr(row, name))]
        for name in columns
        if name not in _SILENT and before[name] != getattr(row, name)
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _lock(order: Order) -> Order:
    return Order.objects.select_for_update(of=("self",)).select_related("customer").get(pk=order.pk)


def _one(code: str) -> Order:
    found = (
        Order.objects.select_for_update(of=("self",))
        .select_related("customer", "supplier")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise InputError(f"There is no order '{code}'")
    return found


def _by_code(codes: Sequence[str]) -> dict[str, Order]:
    found: dict[str, Order] = {}
    for start in range(0, len(codes), 500):
        rows = Order.objects.select_for_update(of=("self",)).select_related("customer")
        found.update({row.code: row for row in rows.filter(code__in=codes[start : start + 500])})
    return found


def _site(actor: User, order: Order) -> Site:
    return networks.site(actor, order.site_code)


def _new_codes(number: int) -> list[str]:
    """So many order codes that nobody has, in a row: O260302-0001."""
    prefix = f"O{clock.now():%y%m%d}-"
    taken = Order.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    used = [int(code[len(prefix) :]) for code in taken if re.fullmatch(r"\d{1,9}", code[len(prefix) :])]
    start = max(used, default=0) + 1
    return [f"{prefix}{n:04d}" for n in range(start, start + number)]


def _foreign(
    actor: User, source: Source, rows: Sequence[Mapping[str, Any]], own: Sequence[str]
) -> list[Problem]:
    """Rows for sites that the person may not order for, and codes that are taken."""
    codes = [str(row["id"]) for row in rows]
    taken = set()
    for start in range(0, len(codes), 500):
        known = Order.objects.filter(code__in=codes[start : start + 500])
        taken.update(known.values_list("code", flat=True))
    known_sites = {site.code for site in networks.sites(actor)}
    problems = []
    for index, row in enumerate(rows):
        site = str(row.get("site", "")).strip()
        place = source.locate(("orders", index, "site"))
        if site in known_sites and site not in own:
            message = f"you may not order for '{site}'"
            remedy = f"use {', '.join(own[:8])}" if own else "ask your administrator"
            problems.append(Problem(source.file, place.row, place.column, message, remedy, place.sheet))
        if codes[index].strip() in taken:
            place = source.locate(("orders", index, "id"))
            message = f"there is an order '{codes[index]}' already"
            remedy = "leave the id blank for a new order, or amend that one"
            problems.append(Problem(source.file, place.row, place.column, message, remedy, place.sheet))
    return problems


def _repeated(
    actor: User, source: Source, orders: Sequence[ChainOrder], kept: Sequence[int], network: Network
) -> list[Problem]:
    """Warnings: the same site, product and calibration time as another order, in the file or placed."""
    seen: dict[tuple[str, str, datetime], str] = {}
    if orders:
        moments = [network.instant(order.calibration) for order in orders]
        placed = selectors.orders(actor, status="open").filter(
            calibration_at__gte=min(moments), calibration_at__lte=max(moments)
        )
        for order in placed:
            seen[order.site_code, order.product_code, order.calibration_at] = f"order {order.code}"
    warnings = []
    for order, index in zip(orders, kept, strict=True):
        key = (order.site, order.product, network.instant(order.calibration).astimezone(UTC))
        place = source.locate(("orders", index))
        if key in seen:
            message = f"the same site, product and calibration time as {seen[key]}"
            remedy = "cancel one of them unless both are meant"
            warnings.append(Problem(source.file, place.row, None, message, remedy, place.sheet))
        seen.setdefault(key, f"row {place.row}")
    return warnings


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(problems), key=lambda problem: problem.row or 0)
