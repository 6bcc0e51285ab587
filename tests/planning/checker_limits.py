"""The referee's chapter on permissions: approvals, senders, use licences, workplaces, possession, indexes.

Written from the texts of the rules (Regulations 449, the announcement of 2015 on radiopharmaceuticals, GB 18871
annex C, GB 11806-2019) and the fields of the network; it shares no code with what plans by them or judges by them.
Only what blocks is a fault, and only where China's rules hold.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

import radioactivedecay as rd

from becq.chain.approval import Approval
from becq.chain.network import Network

REL = 1e-6
CLASS_BOUND_BQ = {"B": 4e9, "C": 2e7}
POSITRON = {"C-11", "N-13", "O-15", "F-18", "Cu-64", "Ga-68", "Rb-82", "Zr-89", "I-124"}
TRANSIT = ("airport", "station")
HANDLED = ("generator_manufacture", "labelling", "generator_elution")
FROM_A_MACHINE = ("reactor_irradiation", "accelerator_run", "solution_reactor_campaign", "import")
VEHICLE_INDEX = {"train": 50.0, "flight": 200.0}
"""Whether an aircraft carries passengers, and then 50 only, is not known of a lane."""
DAY_S = 86400.0

Row = dict[str, Any]


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    text = files("becq.data").joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def rate(nuclide: str) -> float:
    return math.log(2) / float(rd.Nuclide(nuclide).half_life("s"))


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@cache
def _weight(nuclide: str, operation: str | None) -> float:
    """Factor of the radiotoxicity group over the factor of the operation; nothing where one is unknown."""
    groups = {
        row["form"]: row["group"] for row in _table("radiotoxicity_groups.csv") if row["nuclide"] == nuclide
    }
    group = groups.get("") or (next(iter(groups.values())) if len(set(groups.values())) == 1 else None)
    if group is None and "vapour" in groups and not {"inorganic", "organic"} & set(groups):
        group = groups["vapour"]
    divisor = next(
        (row["factor"] for row in _table("operation_factors.csv") if row["code"] == operation), None
    )
    if group is None or divisor is None:
        return 0.0
    factor = next(row["factor"] for row in _table("radiotoxicity_factors.csv") if row["group"] == group)
    return float(factor) / float(divisor)


@cache
def _exempt_bq(nuclide: str) -> float:
    found = next((row for row in _table("exemption_levels.csv") if row["nuclide"] == nuclide), None)
    return float(found["activity_bq"]) if found else 0.0


def limit_faults(network: Network, plan: Row) -> list[str]:
    """Every permission that the plan (``Plan.as_dict``) oversteps."""
    return [
        *_transfers(network, plan),
        *_uses(network, plan),
        *_workplaces(network, plan),
        *_holdings(network, plan),
        *_indexes(network, plan),
        *_impurities(network, plan),
    ]


def _holds_here(network: Network, site: str) -> bool:
    return network.site[site].jurisdiction.split("-")[0] == "CN"


def _day(network: Network, site: str, moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(network.site[site].zone).date()


def _transfers(network: Network, plan: Row) -> Iterator[str]:
    """From holder to holder only with an approval of the year, within its activity, from who may sell."""
    under: dict[str, float] = defaultdict(float)
    carried = {row["order"]: row for row in plan["supplies"]}
    ways: dict[tuple[str, str, str], list[Approval]] = defaultdict(list)
    for each in network.approvals:
        ways[each.origin, each.destination, each.nuclide].append(each)
    for row in (*plan["deliveries"], *plan["supplies"]):
        origin, lot = row["from"], row["lot"]
        while network.site[origin].kind in TRANSIT and lot in carried:
            origin, lot = carried[lot]["from"], carried[lot]["lot"]
        sender, receiver = network.site[origin], network.site[row["to"]]
        if receiver.kind in TRANSIT or (sender.organisation or sender.id) == (
            receiver.organisation or receiver.id
        ):
            continue
        if not _holds_here(network, receiver.id):
            continue
        nuclide, day = row["nuclide"], _day(network, receiver.id, row["arrive"])
        licence = sender.licence
        if sender.kind not in TRANSIT and not (
            licence and {"sell", "produce"} & set(licence.scope) and licence.limit_bq(nuclide) is not None
        ):
            yield f"{row['id']}: {sender.id} may not sell {nuclide}"
        if not network.approvals:
            continue
        same = ways[sender.id, receiver.id, nuclide]
        if not same:
            yield f"{row['id']}: no approval to transfer {nuclide} from {sender.id} to {receiver.id}"
            continue
        in_force = [each for each in same if each.valid_from <= day <= each.valid_until]
        if not in_force:
            yield f"{row['id']}: no approval is in force on {day}"
            continue
        used = max(in_force, key=lambda each: (each.valid_until, each.id))
        if network.product[row["product"]].kind != "bulk" and used.valid_from.year != day.year:
            yield f"{row['id']}: the approval is for {used.valid_from.year}"
        under[used.id] += row["activity_depart_bq"]
    for approval in network.approvals:
        if under[approval.id] > approval.activity * (1 + REL):
            yield f"{approval.id}: {under[approval.id]:.4g} transferred, {approval.activity:.4g} approved"


def _uses(network: Network, plan: Row) -> Iterator[str]:
    for row in plan["deliveries"]:
        site, product = network.site[row["to"]], network.product[row["product"]]
        if site.kind != "hospital" or site.use_class is None or not _holds_here(network, site.id):
            continue
        needed = 1
        if (product.daughter or product.nuclide) in POSITRON:
            needed = 3 if row["from"] == row["to"] else 2
        if site.use_class < needed:
            yield f"{row['id']}: needs a use licence of class {needed}, {site.id} has class {site.use_class}"


def _workplaces(network: Network, plan: Row) -> Iterator[str]:
    handled: dict[tuple[str, date], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in plan["batches"]:
        if row["kind"] in HANDLED:
            handled[row["site"], _day(network, row["site"], row["reference_time"])][row["nuclide"]] += row[
                "activity_bq"
            ]
    for row in plan["deliveries"]:
        site = network.site[row["to"]]
        generator = network.product[row["product"]].kind == "generator"
        if site.kind == "hospital" and not generator and row["from"] != row["to"]:
            handled[site.id, _day(network, site.id, row["reference_time"])][row["nuclide"]] += row[
                "activity_bq"
            ]
    for (code, day), amounts in handled.items():
        licence = network.site[code].licence
        if licence is None or not licence.operations or not _holds_here(network, code):
            continue
        daily: dict[str, float] = defaultdict(float)
        for operation in licence.operations:
            daily[operation.nuclide] += operation.daily_limit
        for nuclide, activity in amounts.items():
            allowed = daily.get(nuclide, _exempt_bq(nuclide))
            if activity > allowed * (1 + REL):
                yield f"{code} on {day}: handles {activity:.4g} of {nuclide}, {allowed:.4g} a day"
        equivalent: dict[tuple[str, str], float] = defaultdict(float)
        for operation in licence.operations:
            share = amounts.get(operation.nuclide, 0.0) * operation.daily_limit / daily[operation.nuclide]
            weight = _weight(operation.nuclide, operation.operation)
            equivalent[operation.workplace, operation.workplace_class] += share * weight
        for (workplace, kind), activity in equivalent.items():
            if activity > CLASS_BOUND_BQ.get(kind, math.inf) * (1 + REL):
                yield f"{code} on {day}: daily equivalent of {workplace} is {activity:.4g}, class {kind}"


def _holdings(network: Network, plan: Row) -> Iterator[str]:
    """What makers hold at every EOB, release and arrival: batches from EOB, stock, receipts, less what left."""
    batches = {row["id"]: row for row in plan["batches"]}
    making = {
        (row["site"], row["nuclide"]) for row in plan["batches"] if row["kind"] not in ("stock", "free")
    }
    changes: dict[tuple[str, str], list[tuple[float, float, bool]]] = defaultdict(list)  # when, Bq, a coming

    def stays(site: str, nuclide: str, since: float, until: float, activity: float) -> None:
        """Comes and goes; below zero it leaves what is counted until then."""
        if (site, nuclide) in making:
            gone = -activity * math.exp(-rate(nuclide) * (until - since))
            changes[site, nuclide] += [(since, activity, activity > 0), (until, gone, False)]

    sends = [*plan["deliveries"], *plan["supplies"]]
    last: dict[str, float] = defaultdict(float)
    for row in sends:
        last[row["lot"]] = max(last[row["lot"]], seconds(row["depart"]))
    till: dict[str, float] = {}
    for row in plan["batches"]:
        till[row["id"]] = max(seconds(row["expires"]), last[row["id"]])
        if row["kind"] in ("stock", "free"):
            continue
        release = seconds(row["release"])
        if row["kind"] in FROM_A_MACHINE:
            stays(row["site"], row["nuclide"], seconds(row["eob"]), release, row["activity_eob_bq"])
        stays(row["site"], row["nuclide"], release, till[row["id"]], row["activity_bq"])
    for lot in network.stock:
        product = network.product[lot.product]
        at = network.instant(lot.reference_time).timestamp()
        ends = network.instant(lot.expires).timestamp() if lot.expires else at + product.shelf_life
        till[lot.id] = max(ends, last[lot.id])
        since = min(at, seconds(plan["from"]))
        stays(
            lot.site,
            product.nuclide,
            since,
            till[lot.id],
            lot.activity * math.exp(rate(product.nuclide) * (at - since)),
        )
    for row in sends:
        source = batches[row["lot"]]
        left = -row["activity_depart_bq"]
        stays(source["site"], row["nuclide"], seconds(row["depart"]), till[row["lot"]], left)
        if row["order"] in batches:
            until = seconds(batches[row["order"]]["release"])
        elif network.product[row["product"]].kind == "generator":
            until = seconds(source["expires"])
        else:
            until = seconds(row["reference_time"]) + DAY_S
        arrive = seconds(row["arrive"])
        stays(row["to"], row["nuclide"], arrive, max(until, arrive), row["activity_arrive_bq"])
    for (site, nuclide), found in changes.items():
        licence = network.site[site].licence
        limit = licence.limit_bq(nuclide) if licence else None
        if limit is None or not _holds_here(network, site):
            continue
        held, before = 0.0, -math.inf
        for now, together in groupby(sorted(found), key=lambda change: change[0]):
            rows = list(together)
            held = (held * math.exp(-rate(nuclide) * (now - before)) if held else 0.0) + sum(
                a for _, a, _ in rows
            )
            before = now
            if held > limit * (1 + REL) and any(coming for *_, coming in rows):
                moment = datetime.fromtimestamp(now, network.site[site].zone)
                yield f"{site}: makes and holds {held:.4g} of {nuclide} at {moment:%d %H:%M}, {limit:.4g} allowed"


def _indexes(network: Network, plan: Row) -> Iterator[str]:
    """Sum of the transport indexes aboard each departure: its own limit and that of its kind of vehicle."""
    aboard: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in (*plan["deliveries"], *plan["supplies"]):
        index = transport_indexes(network, row)
        for leg in row["legs"]:
            aboard[leg["lane"], leg["from"], leg["start"]] += index
    for (name, origin, start), total in aboard.items():
        lane = network.lane[name]
        if not lane.departures:
            continue
        leaves = datetime.fromtimestamp(seconds(start) + lane.cut_off, network.site[origin].zone)
        limits = [
            getattr(line, "transport_index_limit", None)
            for line in lane.departures
            if line.time == leaves.time()
        ]
        known = [limit for limit in limits if limit is not None]
        if _holds_here(network, origin):
            known.append(VEHICLE_INDEX[lane.mode])
        if known and total > min(known) + 1e-6:
            yield f"{name} at {start}: transport indexes add up to {total:.1f}, {min(known):g} allowed"


def transport_indexes(network: Network, row: Row) -> float:
    """Sum over the packages of a delivery at departure: dose rate at 1 m in mSv/h times 100, up to a tenth."""
    packing = next((each for each in network.packagings if row["product"] in each.products), None)
    if packing is None:
        return 0.0
    activity = row["activity_depart_bq"]
    count = max(1, math.ceil(activity / packing.capacity - 1e-9)) if packing.capacity else 1
    one_metre = _one_metre_sv_h_bq(row["nuclide"], packing.shield, packing.thickness_mm, packing.radius_mm)
    index = activity / count * one_metre * 1e3 * 100
    return 0.0 if index <= 0.05 else count * math.ceil(round(index * 10, 9)) / 10


@cache
def _one_metre_sv_h_bq(nuclide: str, shield: str | None, thickness_mm: float, radius_mm: float) -> float:
    from becq.physics.radiation.packages import package_radiation

    layers = [(shield, thickness_mm * 1e-3)] if shield else []
    found = package_radiation({nuclide: 1.0}, layers, outer_radius_m=radius_mm * 1e-3)
    return float(found.one_metre_sv_h) if found.complete else 0.0


UNIT = {"%": 1e-2, "kBq/MBq": 1e-3, "MBq/GBq": 1e-3, "Bq/Bq": 1.0, "1": 1.0}


def _impurities(network: Network, plan: Row) -> Iterator[str]:
    """No more of another nuclide than the drug may have, at the moments for which its limits are given."""
    batches = {row["id"]: row for row in plan["batches"]}
    for row in plan["deliveries"]:
        drug, batch = network.product[row["product"]].drug, batches[row["lot"]]
        shares = _shares(network, batches, batch) if drug else None
        if not shares:
            continue
        for limit in _table("purity_limits.csv"):
            name = limit["species"]
            if limit["drug"] != drug or limit["quantity"] != "impurity" or name not in shares:
                continue
            if limit["comparison"] not in ("<=", "<"):
                continue
            moments = {"any": ("arrive", "reference_time"), "labelling": ("release",), "expiry": ("expires",)}
            allowed = float(limit["limit"]) * UNIT[limit["unit"]]
            for key in moments.get(limit["at"], ("reference_time",)):
                moment = seconds((batch if key in ("release", "expires") else row)[key])
                share = _aged(row["nuclide"], name, shares[name], moment - seconds(batch["eob"]))
                if share > allowed * (1 + REL):
                    yield f"{row['id']}: {share:.3g} of {name}, {allowed:.3g} allowed ({limit['at']})"


def _aged(nuclide: str, impurity: str, share: float, time: float) -> float:
    return share * math.exp((rate(nuclide) - rate(impurity)) * time)


def _shares(network: Network, batches: dict[str, Row], row: Row) -> dict[str, float] | None:
    """Impurities of a batch at its EOB, of a conversion those of what went in; None where not known."""
    process = network.process.get(row["process"] or "")
    if process is None:
        return None
    if process.impurities or not row["inputs"]:
        return {each.nuclide: each.share for each in process.impurities} or None
    total = sum(item["activity_bq"] for item in row["inputs"])
    mixed: dict[str, float] = defaultdict(float)
    for item in row["inputs"]:
        source = batches[item["lot"]]
        shares = _shares(network, batches, source)
        if shares is None:
            return None
        for name, share in shares.items():
            aged = _aged(row["nuclide"], name, share, seconds(row["eob"]) - seconds(source["eob"]))
            mixed[name] += aged * item["activity_bq"] / total
    return mixed
