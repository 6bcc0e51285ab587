"""``becq manage``: Django's own commands; and how a command starts the platform."""

from __future__ import annotations

import os
import sys

import typer

from becq.errors import BecqError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    }
)
def manage(context: typer.Context) -> None:
    """Run a command of Django: migrate, check, shell, changepassword, ... (``becq manage help``)."""
    from django.core.management import execute_from_command_line

    _name_settings()
    try:
        execute_from_command_line(["becq manage", *(context.args or ["help"])])
    except BrokenPipeError:
        sys.exit(1)


def start_platform(*, migrated: bool = True) -> None:
    """Make models and settings usable in this process.

    :param migrated: whether the database must be up to date.
    :raises BecqError: if it must and is not, or cannot be reached.
    """
    import django
    from django.db import OperationalError

    _name_settings()
    django.setup()
    if not migrated:
        return
    try:
        waiting = unapplied()
    except OperationalError as error:
        raise BecqError(f"The database cannot be reached: {_first_line(error)}") from error
    if waiting:
        raise BecqError(
            f"The database is not set up for this version ({len(waiting)} migrations wait); "
            "run: becq manage migrate"
        )


def unapplied() -> list[str]:
    """Names of migrations that the database has not seen yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _name_settings() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "becq.platform.settings")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
