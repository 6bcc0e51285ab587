"""Orders from uploaded files: all of them or none, every problem by row and column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction

from becq.chain.network import Network
from becq.chain.order import Order as ChainOrder
from becq.chain.source import Source
from becq.errors import ConflictError, Problem
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.market import selectors
from becq.platform.market.models import Channel, Order, Status
from becq.platform.market.order_file import CODE, read_order_file, write_orders
from becq.platform.market.order_file import order_template as write_template
from becq.platform.market.rows import (
    new_codes,
    new_order,
    orderable_sites,
    tell,
)
from becq.platform.market.validation import only, validate_orders
from becq.platform.network import selectors as networks


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
    own = [site.code for site in orderable_sites(actor)]
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
            free = iter(new_codes(sum(not code for code in given)))
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
            sites = {site.code: site for site in orderable_sites(actor)}
            result.orders = [
                new_order(actor, wanted, sites[wanted.site], network, Channel.FILE, Status.PLACED)
                for wanted in orders
            ]
            if not dry_run:
                Order.objects.bulk_create(result.orders)
                tell(actor, result.orders, "placed", note=source.file)
    except IntegrityError as error:
        raise ConflictError("Somebody else took one of these order codes just now; try again") from error
    return result


def order_template(viewer: User) -> bytes:
    """An empty workbook for orders, listing the sites one may order for and what can be ordered."""
    policy.require(viewer, "network.read")
    return write_template(
        [(site.code, site.name_zh or site.name) for site in orderable_sites(viewer)],
        [(product.id, product.name_zh or product.name) for product in networks.products(viewer)],
    )


def export_orders(viewer: User, **filters: Any) -> bytes:
    """The orders that ``selectors.orders(viewer, **filters)`` finds, as an Excel workbook."""
    found = list(selectors.orders(viewer, **filters))
    return write_orders(found, dict(networks.sites(viewer).values_list("code", "timezone")))


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
