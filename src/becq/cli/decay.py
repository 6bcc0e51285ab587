"""``becq decay``: the activities of a nuclide and of its progeny after a time."""

from __future__ import annotations

from typing import Annotated

import typer

from becq.cli.answers import answer


def decay(
    name: Annotated[str, typer.Argument(metavar="NUCLIDE", help="In any spelling: Ac-225, 225Ac, 锕-225.")],
    activity: Annotated[str, typer.Option(help="Activity at the start: 1GBq, 200 mCi, 2 吉贝可.")],
    after: Annotated[str, typer.Option(help="Time that passes: 10d, 66 h, 2 h 15 min, 3天.")],
    limit: Annotated[str, typer.Option(help="An activity whose time is looked for.")] = "",
    uncertainty: Annotated[str, typer.Option(help="Standard uncertainty of the start: 2%.")] = "",
    steps: Annotated[str, typer.Option(help="Rows of the table of times.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Activity of a nuclide and of its radioactive progeny after a time, and on the way there."""
    texts = {
        "nuclide": name,
        "activity": activity,
        "after": after,
        "limit": limit,
        "uncertainty": uncertainty,
        "steps": steps,
    }
    answer("decay", texts, as_json)
