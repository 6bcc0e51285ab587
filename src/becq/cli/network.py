"""``becq network``: check, describe and convert network files."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from becq.chain.network import SECTIONS
from becq.chain.reading import examine_network, read_network, write_network
from becq.chain.reading import write_template as write_empty
from becq.chain.schema import network_schema
from becq.errors import InputError
from becq.physics.quantities import format_activity

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Network files: YAML and Excel."
)


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(help="A .yaml or .xlsx file, or a folder with network.yaml (and .csv tables).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List every problem of a network file, or what it holds; exit status 2 if there are problems."""
    network, problems = examine_network(file)
    counts = {section: len(getattr(network, section)) for section in SECTIONS} if network else {}
    if as_json:
        report = {
            "file": str(file),
            "name": network.name if network else None,
            "counts": counts,
            "problems": [problem.as_dict() for problem in problems],
        }
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    elif network:
        typer.echo(f"{file}: {network.name}: no problems")
        for section, count in counts.items():
            typer.echo(f"{count:>7} {section.replace('_', ' ')}")
    else:
        for problem in problems:
            typer.echo(str(problem), err=True)
        typer.echo(f"{len(problems)} problem{'s' if len(problems) != 1 else ''}", err=True)
    if problems:
        raise typer.Exit(2)


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="A .yaml or .xlsx file, or a folder with network.yaml.")],
    by: Annotated[
        str, typer.Option("--by", help="province, prefecture, county or jurisdiction.", metavar="LEVEL")
    ] = "province",
    on: Annotated[
        str | None, typer.Option("--on", help="Count standing orders in force on this day, YYYY-MM-DD.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Sites by region: how many of each kind, and the activity they order in a week by nuclide."""
    from becq.chain.divisions import divisions
    from becq.chain.regions import GROUPINGS, regions
    from becq.cli.answers import columns_of_terminal, pad

    if by not in GROUPINGS:
        raise InputError(f"--by {by}: use {', '.join(GROUPINGS)}")
    found = regions(read_network(file), by, _day(on) if on else None)
    if as_json:
        rows = [
            {
                "code": each.code,
                "name": each.name_en,
                "name_zh": each.name_zh,
                "is_coarse": each.is_coarse,
                "sites": len(each.sites),
                "kinds": each.kinds,
                "standing_orders": each.standing,
                "weekly_activity_bq": each.weekly_activity_bq,
                "weekly_patients": each.weekly_patients,
            }
            for each in found
        ]
        typer.echo(json.dumps({"by": by, "regions": rows}, ensure_ascii=False, indent=2))
        return
    if not any(each.code for each in found):
        more = "jurisdiction" if by == "province" else "province or --by jurisdiction"
        typer.echo(f"No site names a {by} of China: try --by {more}.")
    abroad = by == "province" and any(each.code and each.code not in divisions() for each in found)
    heads = (
        "code",
        "province or country" if abroad else by,
        "sites",
        "kinds",
        "standing orders",
        "ordered in a week",
    )
    cells = [
        (
            each.code if each.code in divisions() or by == "jurisdiction" else "-",
            (each.name_en or "not given") + (f" (no {by})" if each.is_coarse else ""),
            str(len(each.sites)),
            ", ".join(f"{number} {kind}" for kind, number in each.kinds.items()),
            str(each.standing),
            ", ".join(f"{name} {format_activity(bq)}" for name, bq in each.weekly_activity_bq.items()) or "-",
        )
        for each in found
    ]
    widths = [max(columns_of_terminal(row[i]) for row in (heads, *cells)) for i in range(len(heads))]
    for row in (heads, *cells):
        line = [
            pad(cell, width, end=i in (2, 4)) for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        typer.echo("  ".join(line).rstrip())


@app.command()
def roads(
    source: Annotated[Path, typer.Argument(metavar="NETWORK", help="The network to read.")],
    server: Annotated[
        str, typer.Option("--server", help="Address of an OSRM server, as http://127.0.0.1:5000.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The file or folder to write.")],
    max_km: Annotated[
        float | None, typer.Option("--max-km", min=0, help="Longest great circle to ask about.")
    ] = None,
    profile: Annotated[str, typer.Option("--profile", help="Profile of the server.")] = "driving",
    points: Annotated[int, typer.Option("--points", min=2, help="Coordinates of one request at most.")] = 100,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds to wait for an answer.")] = 60,
    renew: Annotated[bool, typer.Option("--renew", help="Measure again what is there already.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Fill in distances and driving times by road, asked of a road server."""
    from becq.chain.measured_roads import measure_roads
    from becq.chain.road_server import RoadServer

    asked = RoadServer(server, profile=profile, points=points, timeout_s=timeout)
    network = read_network(source)
    _may_write(out, force)
    today = datetime.now().astimezone().date().isoformat()
    row_source = f"OSRM table service at {asked.url}, profile {profile}, {today}"
    found = measure_roads(network, asked, row_source, max_km=max_km, renew=renew)
    write_network(found.network, out)
    typer.echo(f"{out}: {len(found.network.roads)} roads; {found.asked} pairs asked about")
    for origin, destination in found.unreachable[:20]:
        typer.echo(f"no road from {origin} to {destination}: plans go on estimating it", err=True)
    if len(found.unreachable) > 20:
        typer.echo(f"and {len(found.unreachable) - 20} more without a road", err=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--on {text}: write YYYY-MM-DD, for example 2026-12-07") from error


@app.command()
def schema() -> None:
    """Print the JSON Schema of the network file, for editors."""
    typer.echo(json.dumps(network_schema(), ensure_ascii=False, indent=2))


@app.command()
def template(
    out: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write an empty workbook to fill in, with notes."""
    if out.suffix.lower() != ".xlsx":
        raise InputError(f"{out}: a template is an Excel workbook; give a name that ends in .xlsx")
    _may_write(out, force)
    write_empty(out)
    typer.echo(f"{out}: fill it in, then run: becq network check {out}")


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="The network file to read.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="The file to write, .yaml or .xlsx, or a folder.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Convert a network between YAML, Excel and a folder of CSV files; comments are not kept."""
    network = read_network(source)
    _may_write(target, force)
    write_network(network, target)
    typer.echo(f"{target}: {network.name}")


def _may_write(path: Path, force: bool) -> None:
    if path.is_dir():
        if any(path.iterdir()) and not force:
            raise InputError(f"the folder {path} is not empty; give another name, or --force to replace it")
    elif path.exists() and not force:
        raise InputError(f"{path} exists already; give another name, or --force to replace it")
