"""``becq data``: the reference tables, what their columns mean, and whether they are sound."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from becq.cli.answers import columns_of_terminal, pad
from becq.errors import InputError, Problem
from becq.reports.catalogue.dictionary import NUMERIC, STEPS, ReferenceColumn, entry, tables
from becq.reports.catalogue.document import describe, page
from becq.reports.catalogue.selection import columns_named, mentions, read_condition, select
from becq.reports.catalogue.selection import find as find_in
from becq.reports.catalogue.table import ReferenceTable, row_counts, table, write_csv
from becq.reports.catalogue.validation import validate, validate_all

MOST_ROWS = 40
WIDEST = 44
"""Columns of the terminal that a cell of text takes at most; --json and --csv print all of it."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="The reference tables, each row with its source.",
)
Name = Annotated[str, typer.Argument(metavar="TABLE", help="A table; 'becq data list' names them.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_tables(as_json: Json = False) -> None:
    """Name every table, with its rows and what it holds."""
    counts = row_counts()
    if as_json:
        found = [describe(each, counts[each.name]) for each in tables().values()]
        typer.echo(json.dumps({"tables": found}, ensure_ascii=False, indent=2))
        return
    width = max(map(len, tables()))
    step = ""
    for each in tables().values():
        if each.step != step:
            typer.echo(("\n" if step else "") + f"{STEPS[each.step][0]}:")
            step = each.step
        typer.echo(f"  {each.name:<{width}}  {counts[each.name]:>6}  {each.title_en}")


@app.command()
def show(
    name: Name,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Only rows with nuclide=Mo-99, a1_tbq>=1, note~word, ...; may be repeated."),
    ] = None,
    find: Annotated[str, typer.Option(help="Only rows that contain this nuclide or text.")] = "",
    columns: Annotated[str, typer.Option(help="Only these columns, in this order: nuclide,a1_tbq.")] = "",
    limit: Annotated[
        int | None, typer.Option(min=0, help=f"At most so many rows, 0 for all; as text {MOST_ROWS}.")
    ] = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, cells as in the file.")] = False,
) -> None:
    """Print rows of a table, each with its source; as JSON and CSV all of them where no --limit is given."""
    if as_json and as_csv:
        raise InputError("--json and --csv: choose one of them")
    found = table(name)
    rows = select(found, [read_condition(found, each) for each in where or ()])
    if find.strip():
        hits = set(find_in(found, find))
        rows = [row for row in rows if row in hits]
    wanted = [each.strip() for each in columns.split(",") if each.strip()]
    at = columns_named(found, wanted) if wanted else list(range(len(found.columns)))
    total = len(rows)
    most = limit if limit is not None else 0 if as_json or as_csv else MOST_ROWS
    rows = rows[: most or None]
    if as_json:
        typer.echo(json.dumps(page(found, rows, at, total), ensure_ascii=False, indent=2))
    elif as_csv:
        lines = [[found.texts[row][i] for i in at] for row in rows]
        typer.echo(write_csv([found.columns[i].name for i in at], lines), nl=False)
    elif total:
        typer.echo("\n".join(_lines(found, rows, at, total)))
    else:
        typer.echo("\n".join(_nothing(found)))


@app.command("find")
def find_rows(
    text: Annotated[str, typer.Argument(help="A nuclide in any spelling, or any text.")],
    as_json: Json = False,
) -> None:
    """Say in which tables a nuclide or a text stands, and in how many rows."""
    found = mentions(text)
    if as_json:
        typer.echo(json.dumps({"text": text, "rows": found}, ensure_ascii=False, indent=2))
        return
    width = max(map(len, found), default=0)
    for name, count in found.items():
        typer.echo(f"{name:<{width}}  {count:>6}  {tables()[name].title_en}")
    if not found:
        typer.echo(f"No reference table contains '{text}'")


@app.command()
def columns(name: Name, as_json: Json = False) -> None:
    """Say what a table holds, what it rests on, and what each of its columns means."""
    found = entry(name)
    if as_json:
        typer.echo(json.dumps(describe(found, row_counts()[found.name]), ensure_ascii=False, indent=2))
        return
    typer.echo(f"{found.name}: {found.title_en}\n{found.about_en}\n")
    width = max(len(each.name) for each in found.columns)
    kinds = [_kind(each) for each in found.columns]
    wide = max(map(len, kinds))
    for each, kind in zip(found.columns, kinds, strict=True):
        typer.echo(f"  {each.name:<{width}}  {kind:<{wide}}  {_meaning(each)}")
    typer.echo(f"\nBasis: {found.basis_en}" + (f"; {found.licence}" if found.licence else ""))
    if found.gaps_en:
        typer.echo(f"Gaps: {found.gaps_en}")
    typer.echo(f"More: {found.doc}")


@app.command()
def check(
    name: Annotated[str, typer.Argument(metavar="[TABLE]", help="A table; all of them if left out.")] = "",
    file: Annotated[
        Path | None, typer.Option(help="Check this file as the new text of the table before it is put there.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List every problem of a table, or of all; exit status 2 if there are any."""
    if file is not None and not name:
        raise InputError("--file: say which table the file is to be")
    problems = validate(name, _text(file)) if name else validate_all()
    if as_json:
        typer.echo(
            json.dumps({"problems": [each.as_dict() for each in problems]}, ensure_ascii=False, indent=2)
        )
    else:
        _say(problems, entry(name).name if name else f"{len(tables())} tables")
    if problems:
        raise typer.Exit(2)


def _say(problems: Sequence[Problem], what: str) -> None:
    for each in problems:
        typer.echo(str(each), err=True)
    if problems:
        typer.echo(f"{len(problems)} problem{'s' if len(problems) != 1 else ''}", err=True)
    else:
        typer.echo(f"{what}: no problems")


def _text(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"{file} cannot be read: {why}") from None


def _kind(column: ReferenceColumn) -> str:
    unit = f", {column.unit}" if column.unit not in {"", "1"} else ""
    return f"{column.type}{unit}" + (" (key)" if column.key else "")


def _meaning(column: ReferenceColumn) -> str:
    said = column.meaning_en
    if column.choices:
        said += f": {', '.join(column.choices)}"
    if column.reference:
        said += f" (in {column.reference})"
    return said if column.required else f"{said}; may be empty"


def _lines(found: ReferenceTable, rows: Sequence[int], at: Sequence[int], total: int) -> list[str]:
    heads = [found.columns[i].name for i in at]
    sources: dict[str, int] = {}
    body = [
        [
            _cited(found.texts[row][i], sources)
            if found.columns[i].name == "source"
            else _short(found.texts[row][i])
            for i in at
        ]
        for row in rows
    ]
    ends = [found.columns[i].type in NUMERIC for i in at]
    widths = [max(columns_of_terminal(cells[i]) for cells in [heads, *body]) for i in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(pad(c, w, end=e) for c, w, e in zip(cells, widths, ends, strict=True)).rstrip()

    lines = [f"{found.name}: {found.entry.title_en}, {total} row{'s' if total != 1 else ''}", line(heads)]
    lines += [line(cells) for cells in body]
    if len(rows) < total:
        lines.append(f"... {total - len(rows)} more rows; --limit 0 prints all, --where fewer")
    return lines + [f"[{number}] {source}" for source, number in sources.items()]


def _nothing(found: ReferenceTable) -> list[str]:
    """What is said where no row is meant: what the table is known to lack, and where else to look."""
    lines = [f"{found.name}: {found.entry.title_en}, 0 rows of {len(found.rows)}"]
    if found.entry.gaps_en:
        lines.append(f"Gaps: {found.entry.gaps_en}")
    return [
        *lines,
        f"'becq data columns {found.name}' says what it holds, 'becq data find TEXT' looks in all",
    ]


def _cited(source: str, sources: dict[str, int]) -> str:
    """The number of a source; they stand in full under the table."""
    return f"[{sources.setdefault(source, len(sources) + 1)}]" if source else ""


def _short(text: str) -> str:
    words = text.split()
    if len(words) > 6 and all(_is_number(word) for word in words):
        text = f"{words[0]} ... {words[-1]} ({len(words)} values)"
    while columns_of_terminal(text) > WIDEST:
        text = text[: max(1, len(text) - 4 if text.endswith("...") else len(text) - 3)].rstrip() + "..."
    return text


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
