"""``becq dose-rate``: dose rate behind a shield, thickness for a limit, transport index."""

from __future__ import annotations

from typing import Annotated

import typer

from becq.cli.answers import answer


def dose_rate(
    nuclide: Annotated[str, typer.Argument(metavar="NUCLIDE", help="In any spelling: Lu-177, 镥-177.")],
    activity: Annotated[str, typer.Option(help="Activity of the source: 7.4GBq, 200 mCi.")],
    distance: Annotated[str, typer.Option(help="From the source to the point: 1m.")],
    shield: Annotated[str, typer.Option(help="Layers from the source outwards: lead:3mm,water:5cm.")] = "",
    limit: Annotated[str, typer.Option(help="Dose rate to be kept: finds the thickness. 2.5uSv/h.")] = "",
    radius: Annotated[str, typer.Option(help="Radius of a package: gives the transport index. 15cm.")] = "",
    material: Annotated[str, typer.Option(help="Material for the limit; lead where not given.")] = "",
    age: Annotated[str, typer.Option(help="Since the nuclide was pure, instead of equilibrium: 10d.")] = "",
    absorber: Annotated[str, typer.Option(help="What stops the beta particles; water if not given.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Dose rate of a point source behind a shield, with build-up and bremsstrahlung."""
    texts = {
        "nuclide": nuclide,
        "activity": activity,
        "distance": distance,
        "shield": shield,
        "limit": limit,
        "radius": radius,
        "material": material,
        "age": age,
        "absorber": absorber,
    }
    answer("dose-rate", texts, as_json)
