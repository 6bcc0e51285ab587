"""Loads of a plan by day, as far as a person may see them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from becq.errors import InputError
from becq.planning.load_days import DailyLoad, daily_loads
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.network import selectors as networks
from becq.platform.plans import selectors
from becq.platform.plans.material import has_material, material_of
from becq.platform.plans.models import PlanRun

KEPT = 4
"""Plans whose loads are remembered: a page asks for the same ones again and again."""
_known: OrderedDict[tuple[object, ...], list[DailyLoad]] = OrderedDict()


def plan_loads(viewer: User, run: PlanRun) -> list[DailyLoad]:
    """Loads of the resources, departures and licences of a finished plan.

    Others than the operator's people see those of their own sites; how full a departure is tells about others
    and is theirs to see only.

    :raises InputError: the plan is not made, or not the viewer's to see.
    """
    policy.require(viewer, "plan.read")
    if run.result is None or not selectors.runs(viewer).filter(pk=run.pk).exists():
        raise InputError(f"There is no plan '{run.code}' with a result")
    found = _loads(run, run.result)
    if policy.coordinates(viewer):
        return found
    own = networks.own_site_codes(viewer)
    return [each for each in found if each.kind != "departure" and each.site in own]


def _loads(run: PlanRun, result: dict[str, Any]) -> list[DailyLoad]:
    # The time of the solver tells runs apart that bear one number, as after a database was begun anew.
    key = run.pk, run.days, run.finished_at, run.solve_s
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    if has_material(run):
        made = material_of(run)
        found = daily_loads(made.network, made.document)
    elif run.requested_by is not None:  # of an earlier release: the network may have changed since
        found = daily_loads(networks.supply_network(run.requested_by), result)
    else:
        found = []
    _known[key] = found
    while len(_known) > KEPT:
        _known.popitem(last=False)
    return found
