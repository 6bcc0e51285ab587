"""What is wrong with a rule or a document, as the core says it, for pages in Chinese."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

RULE_REMARKS = (
    (r"is empty", gettext_lazy("is empty")),
    (r"'(?P<word>.*)' is not a date", gettext_lazy("“%(word)s” is not a date")),
    (r"write YYYY-MM-DD", gettext_lazy("write YYYY-MM-DD")),
    (r"the rule ends before it begins", gettext_lazy("the rule ends before it begins")),
    (r"give a later day", gettext_lazy("give a later day")),
    (
        r"write it in English, in Chinese, or in both",
        gettext_lazy("write it in English, in Chinese, or in both"),
    ),
    (
        r"a short name in lower case, for example 'hospital-i131-store'",
        gettext_lazy("a short name in lower case, for example hospital-i131-store"),
    ),
    (
        r"whose rule it is, for example CN, CN-51 or IAEA",
        gettext_lazy("whose rule it is, for example CN, CN-51 or IAEA"),
    ),
    (r"what it speaks of, for example 'holding'", gettext_lazy("what it speaks of, for example holding")),
    (
        r"the fact that is compared, for example 'activity_bq'",
        gettext_lazy("the fact that is compared, for example activity_bq"),
    ),
    (
        r"a number in the unit, or a fact such as 'possession_limit_bq'",
        gettext_lazy("a number in the unit, or a fact such as possession_limit_bq"),
    ),
    (r"the text and article that says so", gettext_lazy("the text and article that says so")),
    (r"'(?P<word>.*)' is not a name", gettext_lazy("“%(word)s” is not a name")),
    (r"'(?P<word>.*)' is not one", gettext_lazy("“%(word)s” is none of those possible")),
    (r"there is no subject '(?P<word>.*)'", gettext_lazy("there is no subject “%(word)s”")),
    (r"there is no column '(?P<word>.*)'", gettext_lazy("there is no column “%(word)s”")),
    (r"there is no field '(?P<word>.*)'", gettext_lazy("there is no field “%(word)s”")),
    (r"there is no such fact", gettext_lazy("there is no such fact")),
    (r"it reads no fact", gettext_lazy("it reads no fact")),
    (r"\{(?P<word>\w*)\} is no fact of (?P<kind>\w+)", gettext_lazy("{%(word)s} is no fact of this subject")),
    (r"'(?P<word>.*)' does not fit (?P<fact>\w+)", gettext_lazy("“%(word)s” does not fit %(fact)s")),
    (r"no unit does not fit (?P<fact>\w+)", gettext_lazy("%(fact)s needs a unit")),
    (r"give a unit of (?P<dimension>.+)", gettext_lazy("give a unit of %(dimension)s")),
    (r"'(?P<word>.*)' is there twice", gettext_lazy("“%(word)s” is there twice")),
    (r"give each its own name", gettext_lazy("give each its own name")),
    (
        r"There is a rule '(?P<word>.*)' already; give the new one a name of its own",
        gettext_lazy("There is a rule “%(word)s” already; give the new one a name of its own"),
    ),
    (
        r"The licence of '(?P<word>.*)' is not yours to see; name a site of your own",
        gettext_lazy("The licence of “%(word)s” is not yours to see; name a site of your own"),
    ),
    (
        r".*: a document has one key that says what it is: (?P<kinds>.+); not (?P<given>.*)",
        gettext_lazy("A document has one key that says what it is: %(kinds)s; not %(given)s"),
    ),
    (
        r"The day of the filing, (?P<day>\S+), is in the future; today is (?P<today>\S+)",
        gettext_lazy("The day of the filing, %(day)s, is in the future; today is %(today)s"),
    ),
    (
        r"The day of the filing, (?P<day>\S+), is before what was filed, (?P<event>\S+)",
        gettext_lazy("The day of the filing, %(day)s, is before what was filed, %(event)s"),
    ),
)
"""Sentence of the core (a pattern) → its template in the catalogue."""
