"""``becq demo``: an example network, planned and played for some days, ready to be looked at."""

from __future__ import annotations

import os
import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from becq.chain.reading import read_network
from becq.errors import InputError
from becq.physics.quantities import format_activity
from becq.platform.demo import clear_home

if TYPE_CHECKING:
    from becq.platform.demo.stage import Outcome


def demo(
    home: Annotated[
        Path, typer.Option(envvar="BECQ_HOME", help="Folder of the demo's database; an earlier demo goes.")
    ] = Path("var/demo"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any free one.")] = 8000,
    serve: Annotated[bool, typer.Option(help="Serve the pages afterwards.")] = True,
    days: Annotated[int, typer.Option(min=0, max=13, help="Days to play, and the morning after.")] = 7,
    example: Annotated[str, typer.Option(help="An example by name, or a network file.")] = "sichuan",
    seed: Annotated[int, typer.Option(help="Of the deviations; the same seed gives the same days.")] = 1,
) -> None:
    """Make a demo: plan an example network, play the first days, and serve the pages."""
    home = home.resolve()
    network = read_network(_example(example))
    clear_home(home)
    os.environ["BECQ_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)  # a demo never touches another database
    from becq.cli.manage import start_platform

    start_platform(migrated=False)
    from django.core.management import call_command

    from becq.platform.demo.stage import stage

    _tell(f"Setting up {home}")
    call_command("migrate", interactive=False, verbosity=0)
    outcome = stage(network, days=days, seed=seed, report=_tell)
    _print(outcome, network.zone)
    if serve:
        from becq.cli.serve import serve as serve_platform

        serve_platform(host="127.0.0.1", port=port, threads=8, migrate=False, worker=True)


def _example(name: str) -> Path:
    """An example of the package (or of the source tree) by name, or a path."""
    if not name.replace("-", "").replace("_", "").isalnum():
        return Path(name)
    packed = Path(str(resources.files("becq"))) / "examples" / name
    source = Path(__file__).resolve().parents[3] / "examples" / name
    for folder in (packed, source):
        if folder.is_dir():
            return folder
    if Path(name).exists():
        return Path(name)
    raise InputError(f"There is no example '{name}'; give the path of a network file, or: sichuan")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _print(outcome: Outcome, zone: object) -> None:
    from becq.platform.demo.people import PASSWORD

    found = outcome.summary
    say = typer.echo
    say(f"Plan {outcome.plan}: {outcome.orders_served} of {outcome.orders} orders planned in full.")
    say(f"It is {outcome.now:%Y-%m-%d %H:%M} in this demo. Up to now:")
    for name in ("orders", "consignments", "doses"):
        say(f"  {name:14}" + ", ".join(f"{number} {status}" for status, number in found[name].items()))
    say("  happened      " + ", ".join(f"{number} {what}" for what, number in sorted(outcome.done.items())))
    say("Activity, as measured when it happened (decayed closes each line):")
    columns = ("made", "used", "to waste", "unaccounted", "here now", "decayed")
    say("  " + f"{'':8}" + "".join(f"{name:>13}" for name in columns))
    for row in found["nuclides"]:
        values = (
            row.made_bq, row.used_bq, row.to_waste_bq, row.unaccounted_bq, row.now_bq, row.decayed_bq,
        )  # fmt: skip
        say("  " + f"{row.nuclide:8}" + "".join(f"{format_activity(value):>13}" for value in values))
    verdict = "whole" if not outcome.problems else f"NOT WHOLE: {outcome.problems[0]}"
    say(
        f"Books: {outcome.postings} postings, {verdict}; "
        f"all accounts together are zero to {found['residue']:.0e}."
    )
    say("Took " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in outcome.seconds.items()))
    say(f"Log in as (password {PASSWORD}, for demos only):")
    for username, role, holder in outcome.logins:
        say(f"  {username:32}{role:15}{holder}")
