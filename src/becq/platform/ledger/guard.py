"""Triggers by which the database itself refuses to change or remove what is posted.

A migration that alters ``Posting`` or ``Entry`` must end with ``install`` again: SQLite rebuilds a table
to alter it, and the triggers go with the old one. ``missing`` tells, and ``verify`` asks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

TABLES = ("ledger_posting", "ledger_entry")
_MESSAGE = "posted is posted"


def _names(vendor: str) -> list[tuple[str, str]]:
    """(trigger name, table) of every trigger."""
    # SQLite's INSERT OR REPLACE removes the old row without a delete trigger, but not without an insert one.
    kinds = ("update", "delete", "truncate" if vendor == "postgresql" else "insert")
    return [(f"{table}_no_{kind}", table) for table in TABLES for kind in kinds]


def install(connection: Any) -> None:
    """Create the triggers (again)."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; "
                "END $$"
            )
        for name, table in _names(connection.vendor):
            kind = name.rsplit("_", 1)[1].upper()
            if connection.vendor == "postgresql":
                each = "STATEMENT" if kind == "TRUNCATE" else "ROW"
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {kind} ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION ledger_refuse()"
                )
            else:
                same = f"SELECT 1 FROM {table} WHERE id = NEW.id"  # noqa: S608 - a name of ours
                taken = f"WHEN EXISTS ({same}) " if kind == "INSERT" else ""
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {kind} ON {table} {taken}"
                    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
                )


def remove(connection: Any) -> None:
    """Drop the triggers. For migrations and for emptying a test database only."""
    with connection.cursor() as cursor:
        for name, table in _names(connection.vendor):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: Any) -> list[str]:
    """Names of triggers that should be in the database and are not (or are switched off)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND n.nspname = current_schema()"
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = {row[0] for row in cursor.fetchall()}
    return [name for name, _ in _names(connection.vendor) if name not in present]


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Within the block the tables can be emptied. For test databases only."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)
