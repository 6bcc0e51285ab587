"""The calculators as JSON: ``GET /calculators/<name>`` with the texts that the pages and commands take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI

from becq.calculators import registry
from becq.calculators.calculator import Calculator
from becq.errors import Problem, ProblemsError


def add_calculators(api: NinjaAPI) -> None:
    """Give ``api`` one operation for every calculator, its inputs described."""
    for calculator in registry.calculators():
        api.get(
            f"/calculators/{calculator.name}",
            response=dict[str, Any],
            tags=["calculators"],
            summary=calculator.title.en,
            description=_describe(calculator),
            url_name=f"calculate-{calculator.name}",
            operation_id=f"calculate_{calculator.name.replace('-', '_')}",
            openapi_extra={"parameters": [_parameter(field) for field in calculator.fields]},
        )(_view(calculator))


def _view(calculator: Calculator) -> Callable[[HttpRequest], dict[str, Any]]:
    known = [field.name for field in calculator.fields]

    def calculate(request: HttpRequest) -> dict[str, Any]:
        unknown = [name for name in request.GET if name not in known]
        if unknown:  # a slip in a name would silently compute something else
            remedy = f"use {', '.join(known)}"
            raise ProblemsError(
                [Problem(calculator.name, None, name, "there is no such input", remedy) for name in unknown]
            )
        return calculator.ask(calculator.once(dict(request.GET.lists()))).as_dict()

    return calculate


def _parameter(field: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "title": field.label.en}
    if field.choices:
        schema["enum"] = [value for value, _ in field.choices]
    return {
        "in": "query",
        "name": field.name,
        "required": field.required,
        "description": " ".join(part for part in (f"{field.label.en}.", field.help.en) if part),
        "schema": schema,
        **({"example": field.example} if field.example else {}),
    }


def _describe(calculator: Calculator) -> str:
    texts = calculator.examples[0][1]
    line = calculator.command_line(calculator.read(texts))
    return (
        f"{calculator.sentence.en} Inputs are texts with their units. On the command line: `{line} --json`."
    )
