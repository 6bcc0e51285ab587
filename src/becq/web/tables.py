"""Data tables: columns, filters, order and pages, all of them kept in the address of the page.

A view builds a :class:`Table` from a QuerySet or a list and hands it to ``{% data_table table %}``. Sorting,
filtering and paging are links and a GET form, so they work without scripts; with htmx only the table is
replaced. Rows may be model instances, dataclasses or mappings: a column looks up a dotted path.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _

from becq.physics.units import raised
from becq.web import frame as frames
from becq.web.states import state as find_state

Text = str | Promise
END_KINDS = frozenset({"number", "exact", "activity", "percent", "duration"})
PAGE_SIZES = (50, 100, 200)


def look_up(row: Any, path: str) -> Any:
    """The value at a dotted path of attributes or keys; None where the path breaks. Callables are called."""
    value = row
    for part in path.split("."):
        if value is None:
            return None
        value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
        if callable(value):
            value = value()
    return value


def text_of(value: Any, kind: str = "text") -> str:
    """A value as text: numbers with three figures, nothing as a dash."""
    if value is None or value == "":
        return "—"
    if kind == "percent":
        share = 100 * float(value)
        return f"{share:.1f} %" if 0 < abs(share) < 1 else f"{share:.0f} %"
    if kind == "number":
        return f"{value:,}" if isinstance(value, int) else f"{float(value):.3g}"
    if kind == "exact":
        return exact(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return str(value)


def exact(value: float) -> str:
    """A number with all its figures: as it is up to a million, as a power of ten beyond and below 10⁻⁴."""
    if isinstance(value, int):
        return str(value)
    if math.isinf(value):
        return _("unlimited") if value > 0 else "−∞"
    text = f"{value:.12g}"
    if "e" not in text and abs(value) >= 1e6:
        mantissa, _sign, exponent = f"{value:.11e}".partition("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return raised(text)


@dataclass(frozen=True)
class Column:
    """One column.

    ``kind``: text, code, number, exact (all figures), percent, activity, instant, duration, state, nuclide,
    nuclides, reaction, numbers (a folded list), cite (one line, cut short), site, lot, order.
    ``unit`` stands in the head.
    ``sort``: True for the key itself, or a field of the QuerySet / a dotted path of the row.
    ``path``, ``href``, ``at`` (reference time of an activity), ``nuclide`` and ``zone`` are dotted paths
    (the first three may be a function of the row; then ``sort`` names what it is sorted by). ``template``
    draws the cell from ``row`` instead. ``hidden`` columns are there to be chosen.
    """

    key: str
    label: Text
    kind: str = "text"
    path: str | Callable[[Any], Any] = ""
    sort: str | bool = False
    href: str | Callable[[Any], str] = ""
    at: str | Callable[[Any], Any] = ""
    nuclide: str = ""
    zone: str = ""
    show_at: bool = True
    wrap: bool = False
    hidden: bool = False
    template: str = ""
    unit: str = ""

    @staticmethod
    def look(row: Any, what: str | Callable[[Any], Any]) -> Any:
        """The value that a path or a function gives for a row."""
        return what(row) if callable(what) else look_up(row, what)

    def value(self, row: Any) -> Any:
        """The value of the cell."""
        return self.look(row, self.path or self.key)

    @property
    def css(self) -> str:
        """Classes of its cells."""
        return "end" if self.kind in END_KINDS else "wrap" if self.wrap else ""

    @property
    def sort_field(self) -> str:
        """What its order is taken from; "" where it has none."""
        if self.sort is True:
            return self.path if isinstance(self.path, str) and self.path else self.key
        return self.sort or ""


@dataclass(frozen=True)
class Filter:
    """One filter, a GET parameter of the same name.

    ``kind``: search (``fields`` are looked through), choice (``choices``), day, flag. ``field`` is the lookup
    of the QuerySet or the path of the row; ``apply`` does it by hand: ``(rows, value) -> rows``.
    """

    name: str
    label: Text
    kind: str = "choice"
    field: str = ""
    fields: Sequence[str] = ()
    choices: Iterable[tuple[str, Text]] = ()
    apply: Callable[[Any, str], Any] | None = None

    def narrow(self, rows: Any, value: str) -> Any:
        """The rows that pass."""
        if self.apply:
            return self.apply(rows, value)
        path = self.field or self.name
        if self.kind == "search":
            if isinstance(rows, QuerySet):
                wanted = Q()
                for each in self.fields:
                    wanted |= Q(**{f"{each.replace('.', '__')}__icontains": value})
                return rows.filter(wanted)
            needle = value.casefold()
            return [
                row
                for row in rows
                if any(needle in str(look_up(row, each) or "").casefold() for each in self.fields)
            ]
        if isinstance(rows, QuerySet):
            lookup = path.replace(".", "__") + ("__date" if self.kind == "day" else "")
            return rows.filter(**{lookup: True if self.kind == "flag" else value})
        if self.kind == "flag":
            return [row for row in rows if look_up(row, path)]
        if self.kind == "day":
            return [row for row in rows if str(look_up(row, path))[:10] == value]
        return [row for row in rows if str(look_up(row, path)) == value]


@dataclass(frozen=True)
class BulkAction:
    """Something done to the rows chosen: a POST of ``chosen`` (the row keys) to ``url``."""

    label: Text
    url: str
    css: str = ""


@dataclass
class Table:
    """A table as a page shows it. ``name`` is its element id; parameters of the address have no prefix."""

    request: HttpRequest
    rows: Any
    columns: Sequence[Column]
    caption: Text
    name: str = "table"
    filters: Sequence[Filter] = ()
    order: str = ""
    """Order at first, a column key, ``-`` before it for descending."""
    per_page: int = 50
    row_key: str = "pk"
    row_tone: str = ""
    """Path to a tone that marks the edge of a row."""
    group_by: str = ""
    """Path whose change starts a group; the rows must come in that order."""
    bulk: Sequence[BulkAction] = ()
    empty_title: Text = ""
    empty_sentence: Text = ""
    export_name: str = "becq"
    tall: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def filter_values(self) -> list[dict[str, Any]]:
        """Filters with their present values, for the form."""
        return [
            {
                "filter": each,
                "value": self.request.GET.get(each.name, ""),
                "choices": [(str(v), label) for v, label in each.choices],
            }
            for each in self.filters
        ]

    @property
    def is_filtered(self) -> bool:
        """True if any filter is set."""
        return any(each["value"] for each in self.filter_values)

    @cached_property
    def narrowed(self) -> Any:
        """All rows that pass the filters, in order."""
        rows = self.rows
        for each in self.filter_values:
            if each["value"]:
                rows = each["filter"].narrow(rows, each["value"])
        column = next((each for each in self.columns if each.key == self.sort_key and each.sort), None)
        if column is None:
            return rows
        if isinstance(rows, QuerySet):
            name = column.sort_field.replace(".", "__")
            return rows.order_by(f"-{name}" if self.descending else name, "pk")
        # Rows without a value come last in either direction.
        keyed = [(look_up(row, column.sort_field), row) for row in rows]
        full = [pair for pair in keyed if pair[0] is not None]
        full.sort(key=lambda pair: pair[0], reverse=self.descending)
        return [row for _value, row in full] + [row for value, row in keyed if value is None]

    @property
    def sort(self) -> str:
        """The order in force, as in the address."""
        wanted = self.request.GET.get("sort", "")
        keys = {each.key for each in self.columns if each.sort}
        return wanted if wanted.lstrip("-") in keys else self.order

    @property
    def sort_key(self) -> str:
        """Key of the column sorted by."""
        return self.sort.lstrip("-")

    @property
    def descending(self) -> bool:
        """True for the largest first."""
        return self.sort.startswith("-")

    @cached_property
    def page(self) -> Any:
        """The page of rows shown."""
        return Paginator(self.narrowed, self.page_size).get_page(self.request.GET.get("page"))

    @property
    def page_size(self) -> int:
        """Rows to a page."""
        wanted = self.request.GET.get("rows", "")
        return int(wanted) if wanted.isdecimal() and int(wanted) in PAGE_SIZES else self.per_page

    @property
    def page_sizes(self) -> tuple[int, ...]:
        """Choices of rows to a page."""
        return PAGE_SIZES

    @cached_property
    def shown(self) -> list[Column]:
        """Columns shown: those chosen (``?columns=a.b``), else all not hidden. The first always is."""
        wanted = [key for key in self.request.GET.get("columns", "").split(".") if key]
        if wanted:
            return [each for i, each in enumerate(self.columns) if i == 0 or each.key in wanted]
        return [each for each in self.columns if not each.hidden]

    @property
    def heads(self) -> list[dict[str, Any]]:
        """Columns shown with their links and states of sorting."""
        found = []
        for each in self.shown:
            here = each.key == self.sort_key
            found.append(
                {
                    "column": each,
                    "sortable": bool(each.sort),
                    "here": here,
                    "descending": here and self.descending,
                    "next": f"-{each.key}" if here and not self.descending else each.key,
                    "aria": ("descending" if self.descending else "ascending") if here and each.sort else "",
                }
            )
        return found

    @property
    def column_choices(self) -> list[dict[str, Any]]:
        """Every column but the first with the address that shows or hides it."""
        shown = [each.key for each in self.shown]
        found = []
        for each in self.columns[1:]:
            keys = [key for key in shown if key != each.key] if each.key in shown else [*shown, each.key]
            found.append({"column": each, "on": each.key in shown, "value": ".".join(keys)})
        return found

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Rows of this page with key, tone and the head of a new group."""
        found, last = [], object()
        for row in self.page.object_list:
            group = look_up(row, self.group_by) if self.group_by else None
            found.append(
                {
                    "row": row,
                    "key": look_up(row, self.row_key),
                    "tone": look_up(row, self.row_tone) if self.row_tone else "",
                    "group": group if self.group_by and group != last else None,
                }
            )
            last = group
        return found

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the filter form must carry along: everything of the address but filters and page."""
        own = {"page", "export", *(each.name for each in self.filters)}
        return [(name, value) for name, value in self.request.GET.items() if name not in own and value]

    @property
    def cleared(self) -> str:
        """The address without filters."""
        rest = self.request.GET.copy()
        for name in [*(each.name for each in self.filters), "page"]:
            rest.pop(name, None)
        return f"?{rest.urlencode()}" if rest else self.request.path

    @property
    def chosen_columns(self) -> bool:
        """True if the columns were chosen by hand."""
        return bool(self.request.GET.get("columns"))

    @property
    def span(self) -> int:
        """Number of columns of the drawing."""
        return len(self.shown) + (1 if self.bulk else 0)

    @property
    def wants_export(self) -> bool:
        """True if the address asks for the workbook: ``if table.wants_export: return table.export()``."""
        return self.request.GET.get("export") == "xlsx"

    def export(self) -> HttpResponse:
        """All rows that pass the filters as a workbook; activities in Bq, times in the zone of the page."""
        import xlsxwriter

        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(
            buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        sheet = book.add_worksheet(self.name[:31])
        head, stamp = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        zone = frames.zone(self.request)
        label = frames.zone_label(frames.moment(self.request), zone)
        for i, column in enumerate(self.shown):
            note = (
                " (Bq)"
                if column.kind == "activity"
                else " (s)"
                if column.kind == "duration"
                else f" ({label})"
                if column.kind == "instant"
                else f" ({column.unit})"
                if column.unit
                else ""
            )
            sheet.write_string(0, i, f"{column.label}{note}", head)
        for line, row in enumerate(self.narrowed, start=1):
            for i, column in enumerate(self.shown):
                value = column.value(row)
                if value is None:
                    continue
                if isinstance(value, datetime):
                    sheet.write_datetime(line, i, value.astimezone(zone).replace(tzinfo=None), stamp)
                elif isinstance(value, bool) or not (isinstance(value, int | float) and math.isfinite(value)):
                    text = (
                        str(find_state(str(value)).label)
                        if column.kind == "state"
                        else frames.named(value, str(value))
                        if column.kind == "site"
                        else text_of(value)
                    )
                    sheet.write_string(line, i, text)
                else:
                    sheet.write_number(line, i, value)
        sheet.freeze_panes(1, 1)
        sheet.autofit()
        book.close()
        response = HttpResponse(
            buffer.getvalue(),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
        response["Content-Disposition"] = f'attachment; filename="{self.export_name}.xlsx"'
        return response

    @property
    def none_title(self) -> str:
        """Title of the empty state."""
        return (
            _("Nothing matches these filters")
            if self.is_filtered
            else str(self.empty_title or _("Nothing here yet"))
        )
