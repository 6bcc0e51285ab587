"""What is aboard a vehicle, aircraft or ship: the facts of the subject vehicle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from becq.rules.industrial import load_fraction
from becq.rules.package_facts import Carriage, is_object, material_group

if TYPE_CHECKING:
    from becq.rules.consignment import Package, Vehicle

Rows = Sequence[Mapping[str, object]]
"""The facts of the packages aboard, one mapping each."""


def vehicle_facts(
    vehicle: Vehicle, packages: Sequence[Package], rows: Rows, carriage: Carriage
) -> dict[str, object]:
    """The facts of what carries a consignment.

    :param rows: facts of ``packages``, in the same order.
    """
    fissile = [row for row in rows if row["fissile_number"]]
    load, gap, gap_zh = _industrial_load(packages, rows, inland=carriage.mode == "inland-water")
    return {
        "mode": carriage.mode,
        "exclusive_use": carriage.exclusive_use,
        "passenger_aircraft": carriage.passenger_aircraft,
        "transport_index_sum": index_sum(rows, "transport_index", vehicle.other_transport_index),
        "criticality_safety_index_sum": index_sum(
            fissile, "criticality_safety_index", vehicle.other_criticality_index
        ),
        "industrial_load_fraction": load,
        "industrial_load_fraction_gap": gap or None,
        "industrial_load_fraction_gap_zh": gap_zh or None,
        "dose_rate_surface_sv_h": vehicle.dose_rate_surface,
        "dose_rate_2m_sv_h": vehicle.dose_rate_2m,
        "dose_rate_driver_sv_h": vehicle.dose_rate_driver,
        "individual_monitoring": vehicle.individual_monitoring,
    }


def index_sum(rows: Sequence[Mapping[str, object]], name: str, more: float) -> float | None:
    """Sum of an index over packages of a vehicle, of each the larger of measured and declared.

    None where a package lacks both. Excepted and exempt packages and LSA-I have no index that counts.
    """
    total = more
    for row in rows:
        if row["package_type"] in ("exempt", "excepted") or row["material_group"] == "LSA-I":
            continue
        known = [float(str(row[key])) for key in (name, f"declared_{name}") if row.get(key) is not None]
        if not known:
            return None
        total += max(known)
    return total


def _industrial_load(
    packages: Sequence[Package], rows: Rows, *, inland: bool
) -> tuple[float | None, str, str]:
    """LSA material and SCO aboard over what a conveyance may hold, or what leaves that open.

    Both groups of objects have the same limit, so that a UN number of objects is enough.
    """
    total, unsure = 0.0, ""
    for package, row in zip(packages, rows, strict=True):
        if not package.type.startswith("IP-"):
            continue
        group = material_group(package) or ("SCO-II" if is_object(package.un_number) else None)
        if group is None:
            return None, f"which LSA material or SCO {package.id} holds", f"{package.id}所装物品的类别"
        a2_multiple = float(str(row["type_a_fraction"]))
        total += (
            load_fraction(a2_multiple, group, package.state, combustible=package.combustible, inland=inland)
            or 0.0
        )
        open_ = package.combustible is None and group in ("LSA-II", "LSA-III") and package.state == "solid"
        unsure = unsure or (package.id if open_ else "")
    if unsure and total > 1:
        return None, f"whether {unsure} burns", f"{unsure}的内容物是否可燃"
    return total, "", ""
