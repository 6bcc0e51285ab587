"""What a consignment asks of its package: the least type, UN numbers, and how much of the limits it takes."""

from __future__ import annotations

from dataclasses import dataclass

from becq.platform.accounts.models import User
from becq.platform.dispatch.models import Consignment
from becq.platform.measured import decayed
from becq.platform.network import selectors as network
from becq.rules.transport import exempt_fraction, limit_of, smallest_package, type_a_fraction, un_numbers


@dataclass(frozen=True, slots=True)
class Carriage:
    """Activity at departure and what follows from it under the transport rules of a jurisdiction.

    :ivar package_type: exempt, excepted, A or B(U), by activity alone: an excepted package also has at most
        5 µSv/h on its surface.
    :ivar un_numbers: those that the package may carry; none for an exempt consignment.
    :ivar fraction_a2: sum of activity over A2.
    :ivar is_default: whether the default limits for unlisted nuclides were taken.
    """

    jurisdiction: str
    activity_bq: float
    package_type: str
    un_numbers: tuple[str, ...]
    fraction_a2: float
    fraction_exempt: float
    a2_bq: float
    is_default: bool


def carriage(viewer: User, row: Consignment) -> Carriage | None:
    """What the package of a consignment must be; None where it stays on the same site.

    The material counts as liquid, except in a generator: the stricter limit of an excepted package.
    """
    if not row.legs:
        return None
    jurisdiction = network.licensed_site(row.to_site).jurisdiction
    if row.dispatched_bq is not None:
        activity_bq = row.dispatched_bq
    else:
        activity_bq = decayed(row.nuclide, row.planned_activity_bq, row.reference_time, row.planned_depart)
    held = {row.nuclide: activity_bq}
    generator = network.product(viewer, row.product).kind == "generator"
    kind = str(smallest_package(held, "solid" if generator else "liquid", jurisdiction=jurisdiction))
    limit = limit_of(row.nuclide, jurisdiction)
    return Carriage(
        jurisdiction=jurisdiction,
        activity_bq=activity_bq,
        package_type=kind,
        un_numbers=() if kind == "exempt" else un_numbers(kind),
        fraction_a2=float(type_a_fraction(held, jurisdiction=jurisdiction)),
        fraction_exempt=float(exempt_fraction(held, jurisdiction=jurisdiction)),
        a2_bq=limit.values.a2_bq,
        is_default=limit.is_default,
    )
