"""Orders that repeat weekly, and the single orders made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from becq.chain.definition import define
from becq.chain.network import Network
from becq.chain.order import Order as ChainOrder
from becq.chain.order import StandingOrder as ChainStandingOrder
from becq.chain.source import Source
from becq.chain.validation import validate
from becq.errors import ConflictError, InputError, ProblemsError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.market import selectors
from becq.platform.market.models import LAST, Channel, Order, StandingOrder, Status
from becq.platform.market.rows import (
    COLUMNS,
    cancel_all,
    difference_of,
    fill,
    fill_standing,
    given,
    new_order,
    new_standing,
    require_customer,
    tell,
)
from becq.platform.market.validation import form_source
from becq.platform.network import selectors as networks
from becq.platform.network.models import Site


def place_standing_order(actor: User, *, code: str, site: str, **fields: Any) -> StandingOrder:
    """An order that repeats weekly.

    :param fields: as the network file has them: product, activity ("7.4 GBq"), days ("mon, wed"),
        earliest, latest, calibration ("08:00", zone of the site), calibration_day_offset, tolerance,
        priority, partial, patients, split, least_part, most_parts, alternatives, valid_from, valid_to.
    :raises ProblemsError: with every field that does not fit.
    """
    where = networks.site(actor, site)
    require_customer(actor, "order.place", where)
    network = networks.supply_network(actor)
    wanted = _read_standing({"id": code, "site": site, **given(fields)}, network)
    if StandingOrder.objects.filter(code=wanted.id).exists():
        raise ConflictError(f"There is a standing order '{wanted.id}' already")
    standing = new_standing(actor, wanted, where, network, LAST)
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
        require_customer(actor, "order.place", where)
        if not standing.active:
            raise ConflictError(f"Standing order {standing.code} has ended; make a new one")
        network = networks.supply_network(actor)
        wanted = _read_standing(given({**standing.definition, **fields}), network)
        if wanted.id != standing.code or wanted.site != standing.site_code:
            raise InputError("Code and site of a standing order cannot be changed")
        fill_standing(standing, wanted, where, network)
        standing.save()
        follow(actor, standing, where, network)
    return standing


def end_standing_order(actor: User, standing: StandingOrder, *, reason: str) -> StandingOrder:
    """End a standing order and cancel its future orders that are not promised yet."""
    if not reason.strip():
        raise InputError("Say why the standing order ends")
    with transaction.atomic():
        standing = StandingOrder.objects.select_for_update().get(pk=standing.pk)
        require_customer(actor, "order.place", networks.site(actor, standing.site_code))
        standing.active = False
        standing.save(update_fields=["active"])
        cancel_all(actor, untouched(standing), reason.strip())
    return standing


def expected_orders(actor: User, first: date, days: int) -> list[Order]:
    """Single orders that standing orders would make in ``days`` days from ``first`` and that are not in the
    book, as far as the person may see them. They are not saved.
    """
    if not 1 <= days <= 366:
        raise InputError(f"Orders are made for 1 to 366 days ahead, not {days}")
    return _missing(actor, list(selectors.standing_orders(actor)), first, days)


def materialise_standing_orders(
    actor: User, first: date, days: int, *, only: Collection[str] | None = None
) -> list[Order]:
    """Make the single orders of standing orders for ``days`` days from ``first``; existing ones stay.

    :param only: codes of the orders to make; None for all.
    :returns: the orders made now.
    """
    policy.require(actor, "order.import")
    if not 1 <= days <= 366:
        raise InputError(f"Orders are made for 1 to 366 days ahead, not {days}")
    with transaction.atomic():
        found = list(selectors.standing_orders(actor).select_for_update(of=("self",)))
        new = _missing(actor, found, first, days)
        if only is not None:
            new = [order for order in new if order.code in only]
        Order.objects.bulk_create(new)
        tell(actor, new, "placed", note="standing order")
    return new


def _missing(actor: User, found: list[StandingOrder], first: date, days: int) -> list[Order]:
    network = networks.supply_network(actor)
    sites = {site.code: site for site in networks.sites(actor)}
    wanted = [(standing, order) for standing in found for order in _expand(standing, network, first, days)]
    codes = [order.id for _, order in wanted]
    taken: set[str] = set()
    for start in range(0, len(codes), 500):
        known = Order.objects.filter(code__in=codes[start : start + 500])
        taken.update(known.values_list("code", flat=True))
    new: list[Order] = []
    for standing, occurrence in wanted:
        if occurrence.id not in taken:
            where = sites[standing.site_code]
            order = new_order(actor, occurrence, where, network, Channel.STANDING, Status.PLACED)
            order.standing = standing
            new.append(order)
    return new


def untouched(standing: StandingOrder) -> list[Order]:
    """Future orders of a standing order that nobody has amended or answered."""
    return list(
        Order.objects.select_for_update(of=("self",)).filter(
            standing=standing, status=Status.PLACED, amended_at=None, earliest__gt=clock.now()
        )
    )


def follow(actor: User, standing: StandingOrder, where: Site, network: Network) -> None:
    """Make the untouched orders of a changed standing order agree with it, or cancel them."""
    orders = untouched(standing)
    if not orders:
        return
    first = clock.now().astimezone(ZoneInfo(where.timezone)).date()
    last = max(order.earliest for order in orders).astimezone(ZoneInfo(where.timezone)).date()
    span = (last - first + timedelta(days=1)).days
    wanted = {occurrence.id: occurrence for occurrence in _expand(standing, network, first, span)}
    for order in orders:
        if order.code not in wanted or order.definition == define(wanted[order.code]):
            continue
        before = {name: getattr(order, name) for name in COLUMNS}
        fill(order, wanted[order.code], where, network)
        order.save()
        difference = difference_of(before, order, COLUMNS)
        tell(actor, [order], "amended", changes=[difference], note="standing order")
    cancel_all(actor, [order for order in orders if order.code not in wanted], "standing order changed")


def _expand(standing: StandingOrder, network: Network, first: date, days: int) -> Iterable[ChainOrder]:
    wanted = ChainStandingOrder.model_validate(standing.definition)
    return wanted.expand(network.site[wanted.site], first, days)


def _read_standing(values: Mapping[str, Any], network: Network) -> ChainStandingOrder:
    row = form_source({}).locate  # the same places: the field alone
    source = Source("standing order", {**define(network), "standing_orders": [dict(values)]}, row)
    found, problems = validate(source)
    if found is None:
        raise ProblemsError(problems)
    return found.standing_orders[0]
