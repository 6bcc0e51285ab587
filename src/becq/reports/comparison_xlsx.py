"""Plans side by side as an Excel workbook: figures of all, and what each changes against the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from becq.errors import InputError
from becq.planning.changes import Service, find_changes
from becq.planning.comparison import compare

Record = Mapping[str, Any]
LANGUAGES = ("en", "zh")
TIME_FORMAT = "yyyy-mm-dd hh:mm"

FIGURES: tuple[tuple[str, str, str, str], ...] = (
    ("orders_served", "orders served", "满足订单数", "0"),
    ("orders", "orders", "订单总数", "0"),
    ("served_fraction", "ordered activity served", "供应活度占订单", "0.00%"),
    ("gap", "proven gap", "已证明差距", "0.00%"),
    ("cost", "cost (CNY)", "费用（元）", "#,##0"),
    ("cost_of_batches", "cost of batches (CNY)", "生产费用（元）", "#,##0"),
    ("cost_of_transport", "cost of transport (CNY)", "运输费用（元）", "#,##0"),
    ("batches", "batches", "批次数", "0"),
    ("deliveries", "deliveries", "配送数", "0"),
    ("lost_share", "activity lost", "损失活度占比", "0.00%"),
    ("site_share_mean", "a site's orders served, mean", "各场所满足率均值", "0.0%"),
    ("site_share_least", "a site's orders served, least", "各场所满足率最低值", "0.0%"),
    ("sites_without", "sites that get nothing", "完全未供应的场所", "0"),
    ("jain", "fairness between sites (Jain)", "公平性（Jain指数）", "0.000"),
    ("gini", "inequality between sites (Gini)", "不均等（基尼系数）", "0.000"),
)
KINDS: Mapping[str, tuple[str, str]] = {
    "lost": ("lost", "失去供应"),
    "new": ("gained", "新获供应"),
    "refused": ("refused", "无法供应"),
    "changed": ("changed", "变更"),
    "added": ("added", "增加"),
    "dropped": ("dropped", "取消"),
    "other": ("otherwise", "变更"),
}
WORDS: Mapping[str, tuple[str, str]] = {
    "figures": ("figures", "指标"),
    "figure": ("figure", "指标"),
    "difference": ("difference", "差"),
    "provinces": ("provinces", "省份"),
    "province": ("province", "省份"),
    "orders": ("orders", "订单"),
    "batches": ("batches", "批次"),
    "order": ("order", "订单"),
    "site": ("site", "场所"),
    "product": ("product", "产品"),
    "change": ("change", "变更"),
    "before": ("activity before (Bq)", "原活度（Bq）"),
    "after": ("activity after (Bq)", "现活度（Bq）"),
    "arrives_before": ("arrives before", "原送达时间"),
    "arrives_after": ("arrives after", "现送达时间"),
    "sentence": ("in words", "说明"),
    "batch": ("batch", "批次"),
    "start": ("start", "开始"),
    "zone": ("all times in", "时间均为"),
}


def write_comparison_xlsx(plans: Mapping[str, Record], path: Path, language: str = "en") -> None:
    """Write figures, provinces where the plans tell of them, and the orders and batches of each other plan.

    ``plans`` are named plans as data (``Plan.as_dict(network)``), two or more; differences are from the
    first. Raises InputError for fewer, and for a language that there is not.
    """
    if language not in LANGUAGES:
        raise InputError(f"language {language!r}: the languages are {' and '.join(LANGUAGES)}")
    found = compare(plans)
    at = LANGUAGES.index(language)
    names = list(plans)
    first = plans[names[0]]
    zone = ZoneInfo(str(first.get("timezone") or "UTC"))
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheets = _Sheets(book, at)
        sheets.figures(found.measures, names, zone)
        if all((plan.get("fairness") or {}).get("provinces") for plan in plans.values()):
            sheets.provinces(plans)
        for number, name in enumerate(names[1:], start=1):
            changes = find_changes(first, plans[name])
            sheets.orders(f"{WORDS['orders'][at]} {number}", name, changes.orders, zone)
            sheets.batches(f"{WORDS['batches'][at]} {number}", name, changes.batches, zone)


class _Sheets:
    def __init__(self, book: Any, at: int) -> None:
        self.book, self.at = book, at
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.title = book.add_format({"italic": True})
        self.time = book.add_format({"num_format": TIME_FORMAT})
        self.number = book.add_format({"num_format": "0.00E+00"})
        self.formats: dict[str, Any] = {}

    def word(self, key: str) -> str:
        return WORDS[key][self.at]

    def format(self, code: str) -> Any:
        if code not in self.formats:
            self.formats[code] = self.book.add_format({"num_format": code})
        return self.formats[code]

    def add(self, name: str, heads: Sequence[str], widths: Sequence[int]) -> Any:
        sheet = self.book.add_worksheet(name[:31])
        for column, (text, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.write_string(0, column, text, self.head)
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 1)
        return sheet

    def figures(self, measures: Sequence[Any], names: Sequence[str], zone: ZoneInfo) -> None:
        heads = [self.word("figure"), names[0]]
        for name in names[1:]:
            heads += [name, self.word("difference")]
        sheet = self.add(self.word("figures"), heads, [34] + [22] * (len(heads) - 1))
        row = 0
        for row, (figure, english, chinese, code) in enumerate(FIGURES, start=1):
            sheet.write_string(row, 0, chinese if self.at else english)
            values = [float(getattr(each, figure)) for each in measures]
            sheet.write_number(row, 1, values[0], self.format(code))
            for number, value in enumerate(values[1:]):
                sheet.write_number(row, 2 + 2 * number, value, self.format(code))
                sheet.write_number(row, 3 + 2 * number, value - values[0], self.format(code))
        sheet.write_string(row + 2, 0, f"{self.word('zone')} {zone.key}", self.title)

    def provinces(self, plans: Mapping[str, Record]) -> None:
        shares = [
            {(row["province"], row["product"]): row["share"] for row in plan["fairness"]["provinces"]}
            for plan in plans.values()
        ]
        heads = [self.word("province"), self.word("product"), *plans]
        sheet = self.add(self.word("provinces"), heads, [18, 24] + [22] * len(plans))
        for row, key in enumerate(sorted({key for each in shares for key in each}), start=1):
            for column, text in enumerate(key):
                sheet.write_string(row, column, str(text))
            for column, each in enumerate(shares, start=2):
                if each.get(key) is not None:
                    sheet.write_number(row, column, each[key], self.format("0.0%"))

    def orders(self, name: str, plan: str, changes: Sequence[Any], zone: ZoneInfo) -> None:
        keys = ("order", "site", "product", "change", "before", "after", "arrives_before", "arrives_after",
                "sentence")  # fmt: skip
        heads = [self.word(key) for key in keys]
        heads[-1] = f"{heads[-1]} ({plan})"
        sheet = self.add(name, heads, [28, 22, 20, 12, 20, 20, 18, 18, 80])
        for row, change in enumerate(changes, start=1):
            for column, text in enumerate((change.order, change.site, change.product)):
                sheet.write_string(row, column, text)
            sheet.write_string(row, 3, KINDS[change.kind][self.at])
            for column, service in ((4, change.before), (5, change.after)):
                if service is not None:
                    sheet.write_number(row, column, service.activity_bq, self.number)
                    sheet.write_datetime(row, column + 2, _arrival(service, zone), self.time)
            sheet.write_string(row, 8, change.sentence_zh if self.at else change.sentence)

    def batches(self, name: str, plan: str, changes: Sequence[Any], zone: ZoneInfo) -> None:
        heads = [self.word(key) for key in ("batch", "site", "product", "change", "start")]
        heads[0] = f"{heads[0]} ({plan})"
        sheet = self.add(name, heads, [36, 22, 20, 12, 18])
        for row, change in enumerate(changes, start=1):
            for column, text in enumerate((change.batch, change.site, change.product)):
                sheet.write_string(row, column, text)
            sheet.write_string(row, 3, KINDS[change.kind][self.at])
            start = datetime.fromisoformat(change.start).astimezone(zone).replace(tzinfo=None)
            sheet.write_datetime(row, 4, start, self.time)


def _arrival(service: Service, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(service.arrive, UTC).astimezone(zone).replace(tzinfo=None)
