"""``becq ledger``: proof that the books are whole, and their projections made anew."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from becq.cli.manage import start_platform
from becq.errors import InputError

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def ledger() -> None:
    """The books: verify that nothing was altered; rebuild what is derived from them."""


@app.command()
def verify(
    holder: Annotated[str, typer.Option(help="Code of one organisation; all if left out.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compute every seal, sum, balance and lineage anew. Exit status 1 if anything is wrong."""
    start_platform()
    from becq.platform.accounts.models import Organisation
    from becq.platform.ledger import audit

    found = Organisation.objects.filter(code=holder).first() if holder else None
    if holder and found is None:
        raise InputError(f'There is no organisation "{holder}"')
    report = audit.verify(found)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{report.postings} postings, {report.entries} entries, {report.balances} balances")
        for head in report.heads:
            typer.echo(f"  {head.holder:<20} {head.postings:>7} postings, end {head.hash or '-'}")
        for problem in report.problems:
            typer.echo(f"WRONG: {problem}")
        if report.found > len(report.problems):
            typer.echo(f"... and {report.found - len(report.problems)} more")
        typer.echo("The books are whole." if report.ok else f"{report.found} problems found.")
    if not report.ok:
        raise typer.Exit(1)


@app.command()
def rebuild() -> None:
    """Drop balances and lineage and compute them from the postings. Exit status 1 if they differed."""
    start_platform()
    from becq.platform.ledger import audit

    result = audit.rebuild()
    typer.echo(f"{result.balances} balances and {result.lineage} lineage rows rebuilt")
    typer.echo("Identical." if result.identical else f"{result.different} rows differ from what was there.")
    if not result.identical:
        raise typer.Exit(1)
