"""``becq compare``: saved plans side by side."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from becq.errors import InputError

LANGUAGES = ("en", "zh")
MANY = 20
"""Changed orders that are listed of each plan without --all."""


def compare(
    plans: Annotated[
        list[Path],
        typer.Argument(metavar="PLAN PLAN ...", help="plan.json files, or the folders they lie in."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    changes: Annotated[
        bool, typer.Option("--changes", help="List what each order gets otherwise than in the first plan.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="List all of them, not the first 20.")] = False,
    lang: Annotated[str, typer.Option(help="Language: en or zh.")] = "en",
) -> None:
    """Service, cost, loss and fairness of plans side by side, and what separates them from the first."""
    from becq.cli.saved_plans import label_plans, read_saved_plan
    from becq.planning.changes import find_changes
    from becq.planning.comparison import compare as compare_plans

    if lang not in LANGUAGES:
        raise InputError(f"--lang {lang}: the languages are {' and '.join(LANGUAGES)}")
    documents = [read_saved_plan(path) for path in plans]
    named = dict(zip(label_plans(plans, documents), documents, strict=True))
    found = compare_plans(named)
    (first, *others) = named
    listed = {name: find_changes(named[first], named[name]) for name in others} if changes else {}
    if as_json:
        document = found.as_dict() | {"warnings": list(_warnings(named, "en"))}
        document |= {"changes": {name: each.as_dict() for name, each in listed.items()}}
        typer.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
        return
    for line in (*_table(found, lang), *_warnings(named, lang)):
        typer.echo(line)
    for name, each in listed.items():
        typer.echo("")
        typer.echo(f"{name}:")
        orders = each.orders if everything else each.orders[:MANY]
        for order in orders:
            typer.echo(f"  {order.sentence_zh if lang == 'zh' else order.sentence}")
        if len(orders) < len(each.orders):
            rest = len(each.orders) - len(orders)
            typer.echo(f"  另有{rest}份（--all）" if lang == "zh" else f"  and {rest} more (--all)")


def _share(value: Any) -> str:
    return f"{value:.1%}"


def _known_share(value: Any) -> str:
    return "–" if value is None else _share(value)


def _whole(value: Any) -> str:
    return f"{value:,.0f}"


def _known_index(value: Any) -> str:
    return "–" if value is None else _index(value)


def _index(value: Any) -> str:
    return f"{value:.3f}"


ROWS: tuple[tuple[str, str, str, Callable[[Any], str]], ...] = (
    ("orders_served", "orders served", "满足订单数", _whole),
    ("orders", "of orders", "订单总数", _whole),
    ("served_fraction", "ordered activity served", "供应活度占订单", _share),
    ("gap", "proven gap", "已证明差距", lambda value: f"{value:.2%}"),
    ("cost", "cost (CNY)", "费用（元）", _whole),
    ("cost_of_batches", "  of batches", "  其中生产", _whole),
    ("cost_of_transport", "  of transport", "  其中运输", _whole),
    ("batches", "batches", "批次数", _whole),
    ("lost_share", "activity lost", "损失活度占比", _share),
    ("site_share_mean", "a site's orders served, mean", "各场所满足率均值", _share),
    ("site_share_least", "  least", "  最低", _share),
    ("sites_without", "sites that get nothing", "完全未供应的场所", _whole),
    ("jain", "fairness (Jain)", "公平性（Jain指数）", _index),
    ("gini", "inequality (Gini)", "不均等（基尼系数）", _index),
    ("jain_products", "fairness of a product, mean (Jain)", "各产品公平性均值（Jain指数）", _known_index),
    ("province_share_least", "least share of a province", "省份最低满足率", _known_share),
)
KINDS: Mapping[str, tuple[str, str]] = {
    "lost": ("orders lost", "失去供应的订单"),
    "new": ("orders gained", "新获供应的订单"),
    "refused": ("new orders refused", "无法供应的新订单"),
    "changed": ("orders changed", "变更的订单"),
}


def _warnings(named: Mapping[str, Mapping[str, Any]], lang: str) -> Iterator[str]:
    """What makes plans hard to compare: another network, other days."""
    (first, base), *others = named.items()
    for name, plan in others:
        here, there = base["name"], plan["name"]
        if here != there:
            yield (
                f"注意：{name}是另一网络（{there}）的计划，{first}的网络为{here}"
                if lang == "zh"
                else f"note: {name} is a plan of another network ({there}) than {first} ({here})"
            )
        spans = [f"{each['from'][:10]} – {each['to'][:10]}" for each in (plan, base)]
        if spans[0] != spans[1]:
            yield (
                f"注意：{name}的日期（{spans[0]}）与{first}（{spans[1]}）不同"
                if lang == "zh"
                else f"note: {name} covers other days ({spans[0]}) than {first} ({spans[1]})"
            )


def _table(found: Any, lang: str) -> Iterator[str]:
    from becq.reports.plan_words import POLICY_WORDS

    zh = lang == "zh"
    rows = [["", *(each.name for each in found.measures)]]
    policies = [POLICY_WORDS[lang].get(each.policy, each.policy) for each in found.measures]
    rows.append(["分配政策" if zh else "rationing", *policies])
    rows += [
        [chinese if zh else english, *(write(getattr(each, name)) for each in found.measures)]
        for name, english, chinese, write in ROWS
    ]
    for kind, (english, chinese) in KINDS.items():
        counts = [each.orders.get(kind, 0) for each in found.differences]
        rows.append([chinese if zh else english, "", *(_whole(count) for count in counts)])
    moved = [sum(each.batches.values()) for each in found.differences]
    rows.append(["变更的批次" if zh else "batches changed", "", *(_whole(count) for count in moved)])
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        head = row[0] + " " * (widths[0] - _width(row[0]))
        cells = [" " * (width - _width(text)) + text for text, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join([head, *cells]).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
