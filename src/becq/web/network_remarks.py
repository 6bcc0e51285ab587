"""What the checks of a network say of licences, approvals and roads, in the language of the page.

Patterns of the English sentences with their templates, as :func:`becq.web.problems.say` uses them.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

NETWORK_REMARKS = (
    (
        r"(?P<nuclide>\S+) is handled at '(?P<site>.+)' but not licensed there",
        gettext_lazy("%(nuclide)s is handled at “%(site)s” but not licensed there"),
    ),
    (
        r"add a possession limit for (?P<nuclide>\S+)",
        gettext_lazy("add a possession limit for %(nuclide)s"),
    ),
    (
        r"there is no operation '(?P<word>.+)'",
        gettext_lazy("there is no operation “%(word)s”"),
    ),
    (
        r"the workplace '(?P<place>.+)' is of class (?P<one>.) and of class (?P<two>.)(?: \(first .+\))?",
        gettext_lazy("the workplace “%(place)s” is of class %(one)s and of class %(two)s"),
    ),
    (
        r"a workplace has one class",
        gettext_lazy("a workplace has one class"),
    ),
    (
        r"(?P<nuclide>\S+) is listed twice for the workplace '(?P<place>.+?)'(?: \(first .+\))?",
        gettext_lazy("%(nuclide)s is listed twice for the workplace “%(place)s”"),
    ),
    (
        r"keep one row for each nuclide and operation",
        gettext_lazy("keep one row for each nuclide and operation"),
    ),
    (
        r"the yearly limit is below the daily limit",
        gettext_lazy("the yearly limit is below the daily limit"),
    ),
    (
        r"give a yearly_limit of at least daily_limit",
        gettext_lazy("give a yearly limit of at least the daily limit"),
    ),
    (
        r"'(?P<site>.+)' has no licence, so nothing may be handled there",
        gettext_lazy("“%(site)s” has no licence, so nothing may be handled there"),
    ),
    (
        r"add a row for it to the sheet licences",
        gettext_lazy("add a row for it to the sheet licences"),
    ),
    (
        r"'(?P<code>\d+)' is no division of GB/T 2260",
        gettext_lazy("“%(code)s” is no division of GB/T 2260"),
    ),
    (
        r"division (?P<code>\d+) lies in (?P<province>.+), not in '(?P<word>.+)'",
        gettext_lazy("division %(code)s lies in %(province)s, not in “%(word)s”"),
    ),
    (
        r"write (?P<zh>\S+) or (?P<en>.+), or correct the division",
        gettext_lazy("write %(zh)s or %(en)s, or correct the division"),
    ),
    (
        r"the jurisdiction (?P<word>\S+) does not hold in division (?P<code>\d+)",
        gettext_lazy("the jurisdiction %(word)s does not hold in division %(code)s"),
    ),
    (
        r"a site of kind (?P<kind>\w+) has no use licence for radiopharmaceuticals",
        gettext_lazy("this kind of site has no use licence for radiopharmaceuticals"),
    ),
    (
        r"leave it out: it belongs to hospitals",
        gettext_lazy("leave it out: it belongs to hospitals"),
    ),
    (
        r"the transfer ends where it starts, at '(?P<site>.+)'",
        gettext_lazy("the transfer ends where it starts, at “%(site)s”"),
    ),
    (
        r"the way ends where it starts, at '(?P<site>.+)'",
        gettext_lazy("the way ends where it starts, at “%(site)s”"),
    ),
    (
        r"name another destination",
        gettext_lazy("name another destination"),
    ),
    (
        r"the approval ends before it begins \(valid_until < valid_from\)",
        gettext_lazy("the approval ends before it begins"),
    ),
    (
        r"give a valid_until on or after valid_from",
        gettext_lazy("let the last day be on or after the first"),
    ),
    (
        r"the way from '(?P<one>.+)' to '(?P<two>.+)' is given twice(?: \(first .+\))?",
        gettext_lazy("the way from “%(one)s” to “%(two)s” is given twice"),
    ),
    (
        r"keep one of them \(both_ways counts in both directions\)",
        gettext_lazy("keep one of them (both ways counts in both directions)"),
    ),
    (
        r"(?P<km>\S+) km in this time is (?P<speed>\d+) km/h",
        gettext_lazy("%(km)s km in this time is %(speed)s km/h"),
    ),
    (
        r"no road is driven faster than (?P<speed>\S+) km/h: correct duration or distance_km",
        gettext_lazy(
            "no road is driven faster than %(speed)s km/h: correct the driving time or the distance"
        ),
    ),
    (
        r"(?P<code>\d+) is (?P<place>\S+); codes are listed in the table divisions",
        gettext_lazy("%(code)s is %(place)s; codes are listed in the table divisions"),
    ),
    (
        r"the shift ends before it starts \(shift_end <= shift_start\)",
        gettext_lazy("the shift ends before it starts"),
    ),
    (
        r"a shift lies within one day: give a shift_end after shift_start",
        gettext_lazy("a shift lies within one day: give an end after its start"),
    ),
    (
        r"the duty has no length",
        gettext_lazy("the duty has no length"),
    ),
    (
        r"give for example '9 h', or leave it out",
        gettext_lazy("give for example “9 h”, or leave it out"),
    ),
    (
        r"'(?P<word>.+)' is no material of a shield",
        gettext_lazy("“%(word)s” is no material of a shield"),
    ),
    (
        r"use (?P<names>air, water, .+)",
        gettext_lazy("use one of these: %(names)s"),
    ),
    (
        r"a shield needs both its material and its thickness",
        gettext_lazy("a shield needs both its material and its thickness"),
    ),
    (
        r"give shield and thickness_mm, or leave both out",
        gettext_lazy("give material and thickness, or leave both out"),
    ),
    (
        r"the shield is (?P<thick>\S+) mm thick in a package of radius (?P<radius>\S+) mm",
        gettext_lazy("the shield is %(thick)s mm thick in a package of radius %(radius)s mm"),
    ),
    (
        r"the radius counts from the activity to the outside: give a larger radius_mm",
        gettext_lazy("the radius counts from the activity to the outside: give a larger one"),
    ),
    (
        r"'(?P<word>.+)' is packed in two ways(?: \(first .+\))?",
        gettext_lazy("“%(word)s” is packed in two ways"),
    ),
    (
        r"name it under one packaging",
        gettext_lazy("name it under one packaging"),
    ),
)

__all__ = ["NETWORK_REMARKS"]
