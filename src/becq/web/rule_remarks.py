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
    # expressions
    (r"'(?P<word>.*)' cannot be read: (?P<why>.+)", gettext_lazy("“%(word)s” cannot be read: %(why)s")),
    (
        r"'(?P<word>.*)' is no fact of this subject; facts here are (?P<words>.+)",
        gettext_lazy("“%(word)s” is no fact of this subject; facts here are %(words)s"),
    ),
    (r"'(?P<word>.*)' is no fact of this subject", gettext_lazy("“%(word)s” is no fact of this subject")),
    (r"'(?P<word>.*)' is not true or false", gettext_lazy("“%(word)s” is not true or false")),
    (r"'(?P<word>.*)' is not a finite number", gettext_lazy("“%(word)s” is not a finite number")),
    (r"(?P<fact>\w+) is never '(?P<word>[^']*)'", gettext_lazy("%(fact)s is never “%(word)s”")),
    (
        r"(?P<fact>\w+) is never '(?P<word>[^']*)'; it is one of (?P<words>.+)",
        gettext_lazy("%(fact)s is never “%(word)s”; it is one of %(words)s"),
    ),
    (r"write '(?P<word>.*)'", gettext_lazy("write “%(word)s”")),
    (r"it has more than (?P<n>\d+) characters", gettext_lazy("it has more than %(n)s characters")),
    (
        r"there is no function (?P<word>\w+) here; functions are (?P<words>.+)",
        gettext_lazy("there is no function %(word)s here; functions are %(words)s"),
    ),
    (r"'(?P<word>.+)' means nothing here", gettext_lazy("“%(word)s” means nothing here")),
    (
        r"nothing is cast to (?P<word>\w+); a value is cast to (?P<words>.+)",
        gettext_lazy("nothing is cast to %(word)s; a value is cast to %(words)s"),
    ),
    (r"it looks at more than one row", gettext_lazy("it looks at more than one row")),
    (r"'(?P<word>.*)' is not a day", gettext_lazy("“%(word)s” is not a day")),
    (r"a day is compared with text", gettext_lazy("a day is compared with text")),
    (r"a day is compared with a number", gettext_lazy("a day is compared with a number")),
    (r"write it as DATE '2026-12-07'", gettext_lazy("write it as DATE '2026-12-07'")),
    (
        r"it is no complete expression; check its brackets, quotes and signs",
        gettext_lazy("it is no complete expression; check its brackets, quotes and signs"),
    ),
    (
        r"numbers, text, flags and days are mixed in it; compare each with its own kind",
        gettext_lazy("numbers, text, flags and days are mixed in it; compare each with its own kind"),
    ),
    (
        r"write a fact or a formula of facts, for example (?P<example>.+)",
        gettext_lazy("write a fact or a formula of facts, for example %(example)s"),
    ),
    (r"note, warn or block|use note, warn or block", gettext_lazy("use note, warn or block")),
    (r"<=, <, >= or >|use <=, <, >= or >", gettext_lazy("use <=, <, >= or >")),
    (
        r"\"(?P<word>.*)\" is not a unit of the rules; use for example (?P<words>.+)",
        gettext_lazy("“%(word)s” is not a unit of the rules; use for example %(words)s"),
    ),
    (r"subjects are (?P<words>.+)", gettext_lazy("subjects are %(words)s")),
    # facts and documents
    (r"(?P<value>.+) is not a number", gettext_lazy("%(value)s is not a number")),
    (r"(?P<value>.+) is not a flag", gettext_lazy("%(value)s is not true or false")),
    (r"(?P<value>.+) is not a nuclides?", gettext_lazy("%(value)s is not a nuclide")),
    (r"(?P<value>.+) is not a text", gettext_lazy("%(value)s is not text")),
    (r"(?P<value>.+) is not a day", gettext_lazy("%(value)s is not a day")),
    (r"(?P<value>.+) is not finite", gettext_lazy("%(value)s is not finite")),
    (r"(?P<value>.+) is below zero", gettext_lazy("%(value)s is below zero")),
    (r"'?(?P<value>.+?)'? is not a choice", gettext_lazy("“%(value)s” is not a choice")),
    (r"choices are (?P<words>.+)", gettext_lazy("choices are %(words)s")),
    (r"write a number", gettext_lazy("write a number")),
    (r"write a number in (?P<unit>\S+)", gettext_lazy("write a number in %(unit)s")),
    (r"write a number, zero or more", gettext_lazy("write a number, zero or more")),
    (
        r"write a number in (?P<unit>\S+), zero or more",
        gettext_lazy("write a number in %(unit)s, zero or more"),
    ),
    (
        r"write a number(?: in (?P<unit>\S+))?, or leave it out where it is not known",
        gettext_lazy("write a number, or leave it out where it is not known"),
    ),
    (r"write true or false", gettext_lazy("write true or false")),
    (r"write it as text", gettext_lazy("write it as text")),
    (r"write a nuclide such as I-131", gettext_lazy("write a nuclide such as I-131")),
    (r"(?P<kind>\w+) holds no rows", gettext_lazy("%(kind)s holds no rows")),
    (
        r"write a list of mappings, one for each subject",
        gettext_lazy("write a list of mappings, one for each subject"),
    ),
    (
        r".*: facts are rows by subject, for example discharge: \[...\]",
        gettext_lazy("Facts are rows by subject, for example discharge: [...]"),
    ),
    (r"the key stands twice", gettext_lazy("the key stands twice")),
    (r"keep one of them", gettext_lazy("keep one of them")),
    (
        r"several containers are called (?P<words>.+); number them",
        gettext_lazy("several containers are called %(words)s; number them"),
    ),
    (
        r"(?:.+: )?(?:several packages are called (?P<words>.+))",
        gettext_lazy("several packages are called %(words)s"),
    ),
    (r"number them", gettext_lazy("number them")),
    (r"this is not JSON: .+", gettext_lazy("this is not JSON")),
    (r"write JSON or .yaml", gettext_lazy("write JSON, or YAML in a file whose name ends in .yaml")),
    (r".*: the document is nested too deeply", gettext_lazy("The document is nested too deeply")),
    (
        r".*: the document is not UTF-8 text; save it as UTF-8|the file is not UTF-8 text",
        gettext_lazy("the file is not UTF-8 text"),
    ),
    (r"save it as UTF-8", gettext_lazy("save it as UTF-8")),
    (r"the columns are separated by (?P<sign>.+)", gettext_lazy("the columns are separated by %(sign)s")),
    (r"save it as CSV with commas", gettext_lazy("save it as CSV with commas")),
    (r"the row has more cells than the header", gettext_lazy("the row has more cells than the header")),
    (r"quote cells that hold commas", gettext_lazy("quote cells that hold commas")),
    (r"add it to the header", gettext_lazy("add it to the header")),
    (
        r"start with 'rules:' and '- id: ...'",
        gettext_lazy("start with “rules:” and “- id: ...”"),
    ),
    (r"the file is no list of rules", gettext_lazy("the file is no list of rules")),
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
