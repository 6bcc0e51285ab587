"""``becq decay``: the activities of a nuclide and of its progeny after a time."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from becq.errors import InputError
from becq.physics import decay as physics
from becq.physics import decay_data
from becq.physics.nuclides import parse_nuclide
from becq.physics.quantities import format_activity, format_duration, parse_activity, parse_duration


def decay(
    name: Annotated[str, typer.Argument(metavar="NUCLIDE", help="In any spelling: Ac-225, 225Ac, 锕-225.")],
    activity: Annotated[str, typer.Option(help="Activity at the start: 1GBq, 200 mCi, 2 吉贝可.")],
    after: Annotated[str, typer.Option(help="Time that passes: 10d, 66 h, 2 h 15 min, 3天.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Activity of a nuclide and of its radioactive progeny after a time."""
    nuclide = parse_nuclide(name)
    if nuclide.stable:
        raise InputError(f"{nuclide.name} ({nuclide.name_zh}) is stable: it has no activity")
    start_bq, after_s = parse_activity(activity, nuclide=nuclide.name), parse_duration(after)
    result = physics.decay(nuclide, start_bq, after_s)
    activities = dict(zip(result.members, result.activities_bq.tolist(), strict=True))
    if as_json:
        answer = {"nuclide": nuclide.name, "after_s": after_s, "activities_bq": activities}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{nuclide.name}, {format_activity(start_bq)} at the start, after {format_duration(after_s)}:")
    for member, bq in activities.items():
        shown = format_activity(bq) if bq >= 1e-6 or bq == 0 else f"{bq:.2e} Bq"
        text = decay_data.record(member).half_life_text
        typer.echo(
            f"  {member:<8} {shown:>12} {format_activity(bq, 'Ci') if bq >= 1e-3 else '':>12}  T½ {text}"
        )
