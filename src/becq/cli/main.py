"""The command ``becq``: a table of commands, each imported only when it is called.

A new command is one line in :data:`COMMANDS`. Its target is a plain function or a Typer app. A
:class:`~becq.errors.BecqError` becomes one message on stderr and exit status 2, and so does a usage error;
output that cannot be written is one line and exit status 1. Anything else is an internal error: one line,
exit status 1, the traceback only with BECQ_DEBUG=1.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command as typer_command

from becq import __version__
from becq.errors import BecqError


class Target(NamedTuple):
    """Where a command lives ("module:function" or "module:app") and its line in the help."""

    where: str
    help: str


COMMANDS: dict[str, Target] = {
    "nuclide": Target("becq.cli.nuclide:nuclide", "Names, half-life and decay of a nuclide."),
    "decay": Target("becq.cli.decay:decay", "Activity of a nuclide and its progeny after a time."),
    "yield": Target("becq.cli.yields:app", "What a beam, a reactor or fission makes."),
    "generator": Target("becq.cli.generator:generator", "Eluates of a generator over days."),
    "dose-rate": Target("becq.cli.dose_rate:dose_rate", "Dose rate of a source behind a shield."),
    "network": Target("becq.cli.network:app", "Check, describe and convert network files."),
    "rules": Target("becq.cli.rules:app", "What the rules are, and what they say of a document."),
    "data": Target("becq.cli.data:app", "The reference tables: list, show, explain, check."),
    "plan": Target("becq.cli.plan:plan", "Plan a network: JSON, Excel and a page."),
    "rounds": Target("becq.cli.rounds:rounds", "Drive a plan's deliveries: rounds of each vehicle."),
    "replan": Target("becq.cli.replan:replan", "A saved plan made anew from now."),
    "explain": Target("becq.cli.explain:explain", "How an order is served, or why not."),
    "compare": Target("becq.cli.compare:compare", "Saved plans side by side."),
    "demo": Target("becq.cli.demo:demo", "Plan an example, play its first days, and serve the pages."),
    "serve": Target("becq.cli.serve:serve", "Serve the platform and run its background work."),
    "ledger": Target("becq.cli.ledger:app", "Verify the books; rebuild what is derived from them."),
    "manage": Target("becq.cli.manage:app", "Run a command of Django: migrate, check, shell, ..."),
}


class LazyGroup(TyperGroup):
    """A command group that lists :data:`COMMANDS` without importing them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A stand-in that carries the help line; the command itself is loaded on resolution."""
        target = COMMANDS.get(cmd_name)
        return None if target is None else TyperCommand(cmd_name, help=target.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the command that is about to run."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            command = load(name)
        return name, command, rest


def load(name: str) -> Any:
    """The command ``name`` of :data:`COMMANDS` as a click command."""
    module, _, attribute = COMMANDS[name].where.partition(":")
    target: typer.Typer | Callable[..., Any] = getattr(import_module(module), attribute)
    if not isinstance(target, typer.Typer):
        function, target = target, typer.Typer(add_completion=False, rich_markup_mode=None)
        target.command(name)(function)
    command = typer_command(target)
    command.name = name
    return command


# plain text: one line per error on stderr, and no import of a renderer
app = typer.Typer(cls=LazyGroup, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"becq {__version__}")
        raise typer.Exit


@app.callback()
def becq(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print it."
    ),
) -> None:
    """Becq (贝可): the open platform for the medical-isotope chain."""


def spare_encodings() -> None:
    """Let a terminal that cannot show Chinese print "?" rather than stop the answer."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


# typer brings the click it is built on: its own, or that of the package of this name
USAGE_ERROR: Any = typer.BadParameter.__mro__[1]
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def main() -> NoReturn:
    """Run the command line and exit: 0 done, 2 the input or the usage was wrong, 1 anything else."""
    spare_encodings()
    try:
        status = app(prog_name="becq", standalone_mode=False)
        sys.stdout.flush()
    except BecqError as error:
        print(f"becq: {error}", file=sys.stderr)
        sys.exit(2)
    except USAGE_ERROR as error:
        _say_usage(error)
        sys.exit(2)
    except typer.Abort:
        sys.exit(1)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            where = f"{error.filename}" if error.filename else "the output"
            print(f"becq: {where} cannot be written: {error.strerror}", file=sys.stderr)
            _drop_output()
            sys.exit(1)
        if os.environ.get("BECQ_DEBUG") == "1":
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"becq: internal error ({what}); rerun with BECQ_DEBUG=1 for details", file=sys.stderr)
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def _say_usage(error: Any) -> None:
    """One line that says what is wrong with the call; the help where a command was not named at all."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return
    path = error.ctx.command_path if error.ctx is not None else "becq"
    what = " ".join(error.format_message().split()).rstrip(".")
    what = what[:1].lower() + what[1:]
    print(f"{path}: {what}; see '{path} --help'", file=sys.stderr)


def _drop_output() -> None:
    """Forget what still waits to be written, so that the interpreter does not fail on it once more."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # no file behind it
        return


if __name__ == "__main__":
    main()
