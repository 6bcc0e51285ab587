"""How the API answers when something is wrong: {"error": {"message", "problems"}} with a 4xx status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from becq.errors import BecqError, ConflictError, PermissionDeniedError, Problem, ProblemsError


def status_of(error: BecqError) -> int:
    """403 forbidden, 409 the state does not allow it, 422 several problems, 400 one wrong value."""
    if isinstance(error, PermissionDeniedError):
        return 403
    if isinstance(error, ConflictError):
        return 409
    return 422 if isinstance(error, ProblemsError) else 400


def answer(status: int, message: str, problems: Sequence[dict[str, Any]] = ()) -> HttpResponse:
    """The body of every error."""
    body = json.dumps({"error": {"message": message, "problems": list(problems)}}, ensure_ascii=False)
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")


class PlainParser(Parser):
    """Reads bodies and addresses; refuses text with NUL characters, which no database takes."""

    def parse_body(self, request: HttpRequest) -> Any:
        body = super().parse_body(request)
        _refuse_nul(body)
        return body

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> Any:
        found = super().parse_querydict(data, list_fields, request)
        _refuse_nul(found)
        return found


def _refuse_nul(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise HttpError(400, "Text with NUL characters is not taken")
    elif isinstance(value, dict):
        for name, each in value.items():
            _refuse_nul(name)
            _refuse_nul(each)
    elif isinstance(value, list):
        for each in value:
            _refuse_nul(each)


@csrf_exempt
def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """404 for every address that the API does not have."""
    return answer(404, f"There is no '{request.path}' in the API")


def add_handlers(api: NinjaAPI) -> None:
    """Let ``api`` answer every error in the one form."""

    def on_becq(request: HttpRequest, error: BecqError) -> HttpResponse:
        problems = error.problems if isinstance(error, ProblemsError) else []
        return answer(status_of(error), str(error), [problem.as_dict() for problem in problems])

    def on_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
        problems = [
            Problem("request", None, ".".join(str(part) for part in detail["loc"][1:]), detail["msg"])
            for detail in error.errors
        ]
        message = "; ".join(f"{problem.column}: {problem.message}" for problem in problems)
        return answer(422, message, [problem.as_dict() for problem in problems])

    def on_authentication(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(401, "Log in first: the API takes the session of the pages")

    def on_http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(error.status_code, str(error))

    def on_beyond(request: HttpRequest, error: Exception) -> HttpResponse:
        return answer(400, "A number, a day or a text of the request is beyond what can be taken")

    api.add_exception_handler(OverflowError, on_beyond)
    api.add_exception_handler(DataError, on_beyond)
    api.add_exception_handler(BecqError, on_becq)
    api.add_exception_handler(ValidationError, on_validation)
    api.add_exception_handler(AuthenticationError, on_authentication)
    api.add_exception_handler(HttpError, on_http)
