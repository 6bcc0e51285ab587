"""A plan read back from its JSON object, to be written out in another form.

What the object does not say is None: a part of a plan, as somebody sees it who may not see the whole, has
no figures that tell about everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from typing import Any

from becq.chain.network import Network
from becq.chain.process import Outage, Resource
from becq.chain.product import Product
from becq.chain.site import Site
from becq.planning.plan import Batch, Delivery, Plan, Unmet


def read_plan(document: Mapping[str, Any]) -> tuple[Plan, Network]:
    """The plan of ``Plan.as_dict(network)``, and as much of the network as is needed to draw it."""
    plan: dict[str, Any] = {each.name: document.get(each.name) for each in fields(Plan)}
    plan |= {
        "network": document["name"],
        "first": document["from"],
        "batches": [Batch(**_only(Batch, row)) for row in document["batches"]],
        "deliveries": [_delivery(row) for row in document["deliveries"]],
        "supplies": [_delivery(row) for row in document["supplies"]],
        "unmet": [Unmet(**_only(Unmet, row)) for row in document["unmet"]],
        "lost_bq": document.get("lost_bq") or {},
        "pins": document.get("pins") or {},
        **{name: document.get(name) or "" for name in ("now", "scenario")},
        **{name: document.get(name) or [] for name in ("events", "notes")},
    }
    return Plan(**plan), _network(document)


def _only(kind: type, row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of ``kind`` in a row; one with a default may be missing in a plan of an earlier version."""
    return {each.name: row[each.name] for each in fields(kind) if each.name in row or each.default is MISSING}


def _delivery(row: Mapping[str, Any]) -> Delivery:
    return Delivery(**_only(Delivery, {**row, "origin": row["from"], "destination": row["to"]}))


def _network(document: Mapping[str, Any]) -> Network:
    # Not validated: it was when the plan was made, and of each row only what is shown is there.
    return Network.model_construct(
        name=document["name"],
        timezone=document["timezone"],
        sites=[Site.model_construct(**row) for row in document["sites"]],
        products=[Product.model_construct(**row) for row in document["products"]],
        resources=[
            Resource.model_construct(**{**row, "outages": [_outage(each) for each in row["outages"]]})
            for row in document["resources"]
        ],
    )


def _outage(row: Mapping[str, str]) -> Outage:
    start, end = (datetime.fromisoformat(row[name]) for name in ("start", "end"))
    return Outage.model_construct(start=start, end=end, reason=row["reason"], reason_zh=row.get("reason_zh"))
