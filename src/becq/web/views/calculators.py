"""Calculators: a form in the address, an answer with its chart, table, sources, JSON and command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from becq.calculators import registry
from becq.calculators.calculator import Calculator
from becq.calculators.result import Chart, Result
from becq.calculators.words import Words
from becq.errors import BecqError
from becq.physics.nuclides import nuclide
from becq.web import frame
from becq.web.problems import put_beside
from becq.web.templatetags.calculators import set_nuclides, words


class CalculatorForm(forms.Form):
    """The fields of a calculator as text; their reading is the calculator's own."""

    def __init__(self, calculator: Calculator, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.calculator = calculator
        for each in calculator.fields:
            self.fields[each.name] = self._field(each)

    @staticmethod
    def _field(each: Any) -> forms.Field:
        common = {"label": words(each.label), "help_text": words(each.help), "required": each.required}
        if each.choices:
            choices = [
                (value, set_nuclides(words(label))) for value, label in each.choices if value != each.default
            ]
            blank = [("", words(dict(each.choices).get(each.default, "—")))]
            return forms.CharField(
                widget=forms.Select(choices=choices if each.required else [*blank, *choices]), **common
            )
        attrs = {"autocomplete": "off", "spellcheck": "false", "placeholder": each.example}
        if each.suggestions is not None:
            attrs["list"] = f"suggest-{each.name}"
        if each.activity:
            attrs["data-activity"] = ""
        found = forms.CharField(widget=forms.TextInput(attrs=attrs), **common)
        found.suggestions = each.suggestions() if each.suggestions is not None else ()  # type: ignore[attr-defined]
        return found

    def full_clean(self) -> None:
        """Nothing is checked here: the calculator says what is wrong (and what would be right)."""
        required = {name: field.required for name, field in self.fields.items()}
        for field in self.fields.values():
            field.required = False
        super().full_clean()
        for name, field in self.fields.items():
            field.required = required[name]

    @property
    def usual(self) -> list[forms.BoundField]:
        """The fields that are always seen."""
        return [self[each.name] for each in self.calculator.fields if not each.advanced]

    @property
    def rare(self) -> list[forms.BoundField]:
        """The fields that are folded."""
        return [self[each.name] for each in self.calculator.fields if each.advanced]

    @property
    def rare_open(self) -> bool:
        """True where a folded field is filled in or wrong."""
        return any((each.value() and each.name != "zone") or each.errors for each in self.rare)

    @property
    def suggested(self) -> list[tuple[str, tuple[str, ...]]]:
        """Field → what is offered while one types."""
        found = [(name, getattr(field, "suggestions", ())) for name, field in self.fields.items()]
        return [(f"suggest-{name}", offered) for name, offered in found if offered]


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All calculators, each with its worked examples."""
    rows = [{"calculator": each, "examples": _examples(each)} for each in registry.calculators()]
    return render(request, "web/calculators/index.html", {"rows": rows})


@login_required
def calculator(request: HttpRequest, name: str) -> HttpResponse:
    """One calculator; what is asked stands in the address, so that the page can be sent to somebody."""
    if name not in registry.names():
        raise Http404(name)
    found = registry.calculator(name)
    short = _short(request)
    if short is not None and not request.headers.get("HX-Request"):
        return redirect(short)
    answer = _page(request, found)
    if short is not None:
        answer.headers["HX-Push-Url"] = short
    return answer


def _short(request: HttpRequest) -> str | None:
    """The address without its empty parameters; None where it has none."""
    given = [(key, text) for key, texts in request.GET.lists() for text in texts]
    kept = [(key, text) for key, text in given if text.strip()]
    if len(kept) == len(given):
        return None
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def _page(request: HttpRequest, found: Calculator) -> HttpResponse:
    texts = {f.name: request.GET.get(f.name, "") for f in found.fields}
    asked = any(text.strip() for text in texts.values())
    if asked and "zone" in texts and not texts["zone"].strip():
        texts["zone"] = frame.zone(request).key
    context: dict[str, Any] = {"calculator": found, "examples": _examples(found), "others": _others(found)}
    if not asked:
        context["form"] = CalculatorForm(found, initial=_first(request, found))
        return render(request, "web/calculators/calculator.html", context)
    form = CalculatorForm(found, texts)
    form.full_clean()
    context["form"] = form
    try:
        found.once(dict(request.GET.lists()))
        inputs = found.read(texts)
        result = found.calculate(inputs)
    except BecqError as error:
        put_beside(form, error)
        return render(request, "web/calculators/calculator.html", context)
    query = urlencode(inputs.texts)
    context |= {
        "result": result,
        "charts": _charts(request, result),
        "tables": result.tables,
        "zone_words": _zone_words(request, result),
        "line": found.command_words(inputs),
        "json": f"{reverse(f'api-v1:calculate-{found.name}')}?{query}",
    }
    return render(request, "web/calculators/calculator.html", context)


def _zone_words(request: HttpRequest, result: Result) -> str:
    """The time zone of all moments of an answer, said once; "" where it has none."""
    cells = (cell for grid in result.tables for row in grid.rows for cell in row)
    moments = (each for figure in result.figures for each in (figure.at, figure.value))
    first = next((each for each in (*moments, *cells) if isinstance(each, datetime) and each.tzinfo), None)
    if first is None:
        return ""
    zone = first.tzinfo if isinstance(first.tzinfo, ZoneInfo) else frame.zone(request)
    return f"{zone.key}, {frame.zone_label(first, zone)}"


def _first(request: HttpRequest, found: Calculator) -> dict[str, str]:
    """What the fields hold before anything was asked: the time zone of the page, nothing else."""
    return {"zone": frame.zone(request).key} if any(f.name == "zone" for f in found.fields) else {}


def _examples(found: Calculator) -> list[dict[str, Any]]:
    address = reverse("calculator", args=[found.name])
    return [
        {"title": title, "href": f"{address}?{urlencode(texts)}#answer"} for title, texts in found.examples
    ]


def _others(found: Calculator) -> list[dict[str, Any]]:
    """Links to all calculators, this one marked: the tabs of the page."""
    return [
        {
            "title": each.title,
            "href": reverse("calculator", args=[each.name]),
            "here": each.name == found.name,
        }
        for each in registry.calculators()
    ]


def _charts(request: HttpRequest, result: Result) -> list[dict[str, Any]]:
    found = []
    for chart in result.charts:
        over_time = chart.start is not None and chart.y.kind == "activity"
        data = _over_time(request, chart) if over_time else _over_x(chart)
        found.append(
            {
                "island": "decay" if over_time else "curve",
                "id": f"chart-{chart.name}",
                "title": chart.title,
                "data": data,
            }
        )
    return found


def _over_x(chart: Chart) -> dict[str, Any]:
    """The JSON of the curve island."""
    return {
        "title": _both(chart.title),
        "x": {**_both(chart.x.label), "kind": chart.x.kind},
        "y": {**_both(chart.y.label), "kind": chart.y.kind},
        "curves": [
            {**_name(each), "points": _points(each.x.tolist(), each.y.tolist())} for each in chart.curves
        ],
        "marks": [{"x": each.x, **_both(each.label)} for each in chart.marks],
        "log": chart.log,
        "level": chart.level,
    }


def _over_time(request: HttpRequest, chart: Chart) -> dict[str, Any]:
    """The JSON of the decay island: moments instead of durations."""
    start = chart.start
    assert start is not None
    epoch = start.timestamp()

    def moments(xs: Any) -> list[str]:
        seconds = np.asarray(xs, dtype=np.float64) + epoch
        return [str(each) + "Z" for each in np.datetime_as_string((seconds * 1e3).astype("datetime64[ms]"))]

    last = max(float(each.x[-1]) for each in chart.curves)
    return {
        "timezone": getattr(start.tzinfo, "key", None) or frame.zone(request).key,
        "from": moments([0.0])[0],
        "to": moments([last])[0],
        "series": [
            {
                "id": f"curve-{i}",
                **_name(each),
                "points": [
                    list(pair) for pair in zip(moments(each.x), _rounded(each.y.tolist()), strict=True)
                ],
            }
            for i, each in enumerate(chart.curves)
        ],
        "marks": [{"at": moments([each.x])[0], **_both(each.label)} for each in chart.marks],
        "log": chart.log,
        **({"need_bq": chart.level} if chart.level else {}),
    }


def _both(text: Words) -> dict[str, str]:
    return {"name": text.en, "name_zh": text.zh}


def _name(curve: Any) -> dict[str, str]:
    if not curve.nuclide:
        return _both(curve.label)
    found = nuclide(curve.nuclide)
    more = {"en": f" {curve.label.en}".rstrip(), "zh": f" {curve.label.zh}".rstrip()}
    return {"name": found.isotope_markup + more["en"], "name_zh": found.name_zh + more["zh"]}


def _rounded(values: list[float]) -> list[float]:
    """Six figures are more than a screen shows."""
    return [float(f"{value:.6g}") for value in values]


def _points(xs: list[float], ys: list[float]) -> list[list[float]]:
    return [list(pair) for pair in zip(_rounded(xs), _rounded(ys), strict=True)]
