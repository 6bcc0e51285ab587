"""Problems of the core in the language of the page, and beside the field of a form they speak of.

The core says in plain English what is wrong and what would be right, because files, the command line and
the API say it too. Pages say the common ones in Chinese; what is not listed here stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy

from becq.chain.sheets import column_zh
from becq.errors import BecqError, Problem, ProblemsError
from becq.web import frame
from becq.web.event_remarks import EVENT_REMARKS
from becq.web.move_remarks import MOVE_REMARKS
from becq.web.network_remarks import NETWORK_REMARKS
from becq.web.order_remarks import ORDER_REMARKS
from becq.web.refusals import REFUSALS
from becq.web.remarks import REMARKS
from becq.web.rule_remarks import RULE_REMARKS
from becq.web.states import state

_SENTENCES = [
    (re.compile(pattern), template)
    for pattern, template in (
        # what is wrong
        (r"(?P<name>\w+) is missing", gettext_lazy("%(name)s is missing")),
        (r"the column (?P<name>\w+) is missing", gettext_lazy("the column %(name)s is missing")),
        (r"(?P<name>\w+) is empty", gettext_lazy("%(name)s is empty")),
        (r"there is no column '(?P<word>.*)' here", gettext_lazy("there is no column “%(word)s” here")),
        (r"there is no field '(?P<word>.*)' here", gettext_lazy("there is no field “%(word)s” here")),
        (r"'(?P<word>.*)' is not defined under sites", gettext_lazy("there is no site “%(word)s”")),
        (r"'(?P<word>.*)' is not defined under products", gettext_lazy("there is no product “%(word)s”")),
        (r"'(?P<word>.*)' is defined twice in \w+", gettext_lazy("“%(word)s” stands here twice")),
        (
            r"the delivery window is over since (?P<at>.+)",
            gettext_lazy("the delivery window is over since %(at)s"),
        ),
        (
            r"the delivery window is more than two years ahead",
            gettext_lazy("the delivery window is more than two years ahead"),
        ),
        (
            r"the delivery window is longer than (?P<days>\d+) days",
            gettext_lazy("the delivery window is longer than %(days)s days"),
        ),
        (
            r"the delivery window ends before it starts \(latest < earliest\)",
            gettext_lazy("the delivery window ends before it starts"),
        ),
        (
            r"the calibration time is (?P<gap>.+) after the window ends",
            gettext_lazy("the calibration time is %(gap)s after the window ends"),
        ),
        (
            r"the calibration time is (?P<gap>.+) before the window opens",
            gettext_lazy("the calibration time is %(gap)s before the window opens"),
        ),
        (
            r"the activity is beyond anything that is ever sent",
            gettext_lazy("the activity is beyond anything that is ever sent"),
        ),
        (r"activity (?P<value>.+) has no unit", gettext_lazy("the activity %(value)s has no unit")),
        (r"\"(?P<value>.*)\" has no unit", gettext_lazy("“%(value)s” has no unit")),
        (
            r"\"(?P<value>.*)\" is not an activity",
            gettext_lazy("“%(value)s” is not an activity"),
        ),
        (
            r"\"(?P<value>.*)\": an activity is a finite number, not below zero",
            gettext_lazy("“%(value)s”: an activity is a finite number, not below zero"),
        ),
        (
            r"\"(?P<value>.*)\": unknown (?:activity |time )?unit \"(?P<unit>.*?)\"",
            gettext_lazy("“%(value)s”: unknown unit “%(unit)s”"),
        ),
        (
            r"\"(?P<value>.*)\": \"(?P<unit>.*)\" could be (?P<meanings>[^;]*)",
            gettext_lazy("“%(value)s”: “%(unit)s” could be %(meanings)s"),
        ),
        (r"(?P<value>.+) is not a date and time", gettext_lazy("%(value)s is not a date and time")),
        (r"(?P<value>.+) is not a time of day", gettext_lazy("%(value)s is not a time of day")),
        (r"(?P<value>.+) is not a date", gettext_lazy("%(value)s is not a date")),
        (r"(?P<value>.+) is not a number", gettext_lazy("%(value)s is not a number")),
        (r"(?P<value>.+) is not a day of the week", gettext_lazy("%(value)s is not a day of the week")),
        (r"(?P<value>.+) is neither true nor false", gettext_lazy("%(value)s is neither yes nor no")),
        (
            r"(?P<value>.+) is not a choice for (?P<name>\w+)",
            gettext_lazy("%(value)s is not a choice for %(name)s"),
        ),
        (r"(?P<name>\w+) (?P<value>\S+) is out of range", gettext_lazy("%(name)s %(value)s is out of range")),
        (
            r"'(?P<site>.*)' is a site of kind (?P<kind>\w+) and cannot order",
            gettext_lazy("the site “%(site)s” cannot order"),
        ),
        (
            r"no lane leads to '(?P<site>.*)', so .* cannot be delivered",
            gettext_lazy("no lane leads to “%(site)s”, so nothing can be delivered there"),
        ),
        (r"you may not order for '(?P<site>.*)'", gettext_lazy("you may not order for “%(site)s”")),
        (r"there is an order '(?P<code>.*)' already", gettext_lazy("there is an order “%(code)s” already")),
        (
            r"There is an order '(?P<code>.*)' already; leave the code out for a new one",
            gettext_lazy("There is an order “%(code)s” already; leave the number out for a new one"),
        ),
        (
            r"There is a standing order '(?P<code>.*)' already",
            gettext_lazy("There is a standing order “%(code)s” already"),
        ),
        (
            r"the same site, product and calibration time as order (?P<code>.+)",
            gettext_lazy("the same site, product and calibration time as order %(code)s"),
        ),
        (
            r"the same site, product and calibration time as row (?P<row>\d+)",
            gettext_lazy("the same site, product and calibration time as row %(row)s"),
        ),
        (r"the file holds no orders", gettext_lazy("the file holds no orders")),
        (r"the file holds (?P<number>\d+) orders", gettext_lazy("the file holds %(number)s orders")),
        (r"the file is empty", gettext_lazy("the file is empty")),
        (r"the file is not text", gettext_lazy("the file is not text")),
        (r"the file is too large", gettext_lazy("the file is too large")),
        (r"files of type '(?P<type>.*)' are not read", gettext_lazy("files of type “%(type)s” are not read")),
        (
            r"the standing order ends before it begins \(valid_to < valid_from\)",
            gettext_lazy("the standing order ends before it begins"),
        ),
        (
            r"Order (?P<code>\S+) is (?P<state>\w+) and can no longer be cancelled",
            gettext_lazy("Order %(code)s is %(state)s and can no longer be cancelled"),
        ),
        (
            r"Order (?P<code>\S+) is (?P<state>\w+) and can no longer be changed",
            gettext_lazy("Order %(code)s is %(state)s and can no longer be changed"),
        ),
        (
            r"(?P<measured>.+) of (?P<nuclide>\S+) is more than the (?P<grown>.+) that has grown on the "
            r"generators at (?P<site>\S+); check the unit and the time of the last elution",
            gettext_lazy(
                "%(measured)s of %(nuclide)s is more than the %(grown)s that has grown on the generators at "
                "%(site)s; check the unit and the time of the last elution"
            ),
        ),
        # what would be right
        (r"did you mean '(?P<word>.*)'\?", gettext_lazy("did you mean “%(word)s”?")),
        (r"(?:define it under \w+, or )?use (?P<words>[^;]+)", gettext_lazy("use %(words)s")),
        (r"write for example (?P<example>.+)", gettext_lazy("write for example %(example)s")),
        (
            r"write a number and a unit, like 7.4 GBq or 200 mCi",
            gettext_lazy("write a number and a unit, like 7.4 GBq or 200 mCi"),
        ),
        (r"write HH:MM, for example '08:00'", gettext_lazy("write for example 08:00")),
        (r"write a whole number, for example 3", gettext_lazy("write a whole number, for example 3")),
        (r"write a plain number, for example 1.5", gettext_lazy("write a plain number, for example 1.5")),
        (
            r"write the unit in the right case",
            gettext_lazy("write the unit with capitals where they belong: MBq, mCi"),
        ),
        (r"it is at least (?P<bound>\S+)", gettext_lazy("it is at least %(bound)s")),
        (r"it is at most (?P<bound>\S+)", gettext_lazy("it is at most %(bound)s")),
        (r"it is above (?P<bound>\S+)", gettext_lazy("it is above %(bound)s")),
        (r"for (?P<nuclide>\S+) at most (?P<gap>.+)", gettext_lazy("for %(nuclide)s at most %(gap)s")),
        (r"give a later window", gettext_lazy("give a later window")),
        (r"give a latest time after the earliest", gettext_lazy("give a latest time after the earliest")),
        (r"narrow it", gettext_lazy("narrow it")),
        (r"check the year", gettext_lazy("check the year")),
        (r"check the unit", gettext_lazy("check the unit")),
        (r"give a value, or leave the field out", gettext_lazy("give a value, or leave the field out")),
        (
            r"leave the id blank for a new order, or amend that one",
            gettext_lazy("leave the number blank for a new order, or amend that one"),
        ),
        (
            r"cancel one of them unless both are meant",
            gettext_lazy("cancel one of them unless both are meant"),
        ),
        (r"ask your administrator", gettext_lazy("ask your administrator")),
        (r"at most (?P<number>\d+) at once", gettext_lazy("at most %(number)s at once")),
        (r"fill in the sheet orders", gettext_lazy("fill in the sheet orders")),
        (r"start from the template", gettext_lazy("start from the template")),
        (r"save it as CSV UTF-8", gettext_lazy("save it as CSV UTF-8")),
        (r"orders are read from \.xlsx or \.csv", gettext_lazy("orders are read from .xlsx or .csv")),
        (
            r"give each an identifier of its own",
            gettext_lazy("give each an identifier of its own"),
        ),
        (
            r"name a hospital, radiopharmacy or producer",
            gettext_lazy("name a hospital, a radiopharmacy or a producer"),
        ),
        (
            r"give a valid_to on or after valid_from",
            gettext_lazy("let the last day be on or after the first"),
        ),
    )
]


# Those of the calculators first: they are the more exact ones.
_OTHERS = (
    *REMARKS,
    *REFUSALS,
    *NETWORK_REMARKS,
    *RULE_REMARKS,
    *ORDER_REMARKS,
    *MOVE_REMARKS,
    *EVENT_REMARKS,
)
_SENTENCES[:0] = [(re.compile(pattern), template) for pattern, template in _OTHERS]
_REMEDY = re.compile(r"[;:,.?] (?=(?:write|use|did you mean|leave|give|remove|it is|Write) )")
"""Where what is wrong ends and what would be right begins."""


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as a page shows it."""

    row: int | None
    column: str
    message: str
    remedy: str


def say(sentence: str) -> str:
    """A sentence of the core in the language of the page."""
    if not frame.is_chinese() or not sentence:
        return sentence
    for pattern, template in _SENTENCES:
        match = pattern.fullmatch(sentence)
        if match:
            parts = match.groupdict()
            if "name" in parts:
                parts["name"] = column_zh(parts["name"])
            if "why" in parts:
                parts["why"] = say(parts["why"])
            if "state" in parts:
                parts["state"] = str(state(parts["state"]).label)
            for name in ("example", "meanings", "meant", "words"):
                if name in parts:
                    parts[name] = parts[name].replace(" or ", " 或 ")
            return str(template % parts)
    first, *rest = _REMEDY.split(sentence, maxsplit=1)
    if rest and say(first) + say(rest[0]) != first + rest[0]:
        return f"{say(first)}。{say(rest[0])}"
    return sentence


def tell(problem: Problem) -> Told:
    """A problem of a file, for a row of a table."""
    column = problem.column or ""
    plain = re.fullmatch(r"(?:[A-Z]+ \((?P<label>.+)\)|(?P<name>\w+))", column)
    if frame.is_chinese() and plain and plain["name"]:
        column = column_zh(column)
    return Told(problem.row, column, say(problem.message), say(problem.remedy))


def put_beside(form: forms.Form, error: BecqError, names: dict[str, str] | None = None) -> None:
    """The problems of a refusal as errors of the fields they speak of; the rest above the form.

    :param names: column → field, where they differ.
    """
    if not isinstance(error, ProblemsError):
        form.add_error(None, say(str(error)))
        return
    for problem in error.problems:
        name = (names or {}).get(problem.column or "", problem.column)
        told = tell(problem)
        stop = "。" if frame.is_chinese() else ". "
        mark = "" if told.message.endswith(("?", "？", ".", "。")) else stop
        remedy = told.remedy if frame.is_chinese() else told.remedy[:1].upper() + told.remedy[1:]
        sentence = f"{told.message}{mark}{remedy}".strip()
        sentence = sentence[:1].upper() + sentence[1:]
        form.add_error(name if name in form.fields else None, sentence)


__all__ = ["Told", "put_beside", "say", "tell"]
