"""``becq network``: check, describe and convert network files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from becq.chain.network import SECTIONS
from becq.chain.reading import examine_network, read_network, write_network
from becq.chain.reading import write_template as write_empty
from becq.chain.schema import network_schema
from becq.errors import InputError

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
