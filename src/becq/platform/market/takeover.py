"""The order book made to hold what an imported network file holds."""

from __future__ import annotations

from django.db import transaction

from becq.chain.definition import define
from becq.chain.network import Network
from becq.errors import PermissionDeniedError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.market.models import OPEN, Channel, Order, StandingOrder, Status
from becq.platform.market.rows import (
    by_code,
    cancel_all,
    fill,
    fill_standing,
    forget_promise,
    new_order,
    new_standing,
    tell,
)
from becq.platform.market.standing import follow, untouched
from becq.platform.network import selectors as networks


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
                fill_standing(standing, wanted, where, network)
                standing.position, standing.active = position, True
                standing.save()
                follow(actor, standing, where, network)
            else:
                new_standing(actor, wanted, where, network, position).save(force_insert=True)
        if replace:
            for standing in old.values():
                if standing.active:
                    standing.active = False
                    standing.save(update_fields=["active"])
                    cancel_all(actor, untouched(standing), "not in the imported network")
        known = by_code([order.id for order in network.orders])
        new, changed, unchanged = [], [], []
        for position, order_wanted in enumerate(network.orders):
            where = sites[order_wanted.site]
            order = known.get(order_wanted.id)
            if order is None:
                order = new_order(actor, order_wanted, where, network, Channel.FILE, Status.PLACED)
                order.position = position
                new.append(order)
                continue
            if order.status in {Status.DELIVERED, Status.FULFILLED}:
                continue
            order.position = position
            if order.definition == define(order_wanted) and order.status in OPEN:
                unchanged.append(order)
                continue
            fill(order, order_wanted, where, network)
            forget_promise(order)
            order.status, order.cancelled_reason, order.amended_at = Status.PLACED, "", now
            changed.append(order)
        Order.objects.bulk_create(new)
        for order in changed:
            order.save()
        Order.objects.bulk_update(unchanged, ["position"], batch_size=200)
        tell(actor, new, "placed", note="network file")
        tell(actor, changed, "amended", note="network file")
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
            cancel_all(actor, gone, "not in the imported network")
