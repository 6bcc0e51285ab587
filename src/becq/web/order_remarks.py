"""What is wrong with the parts and alternatives of an order, in the language of the page.

Patterns of the English sentences with their templates, as :func:`becq.web.problems.say` uses them.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

ORDER_REMARKS = (
    (
        r"\w+ is given for an order that does not come in parts",
        gettext_lazy("this is for orders that come in parts"),
    ),
    (r"say split: true, or leave it out", gettext_lazy("let it come in parts, or leave this out")),
    (
        r"a part is larger than the whole order \(least_part > activity\)",
        gettext_lazy("a part is larger than the whole order"),
    ),
    (r"give a least_part of at most the activity", gettext_lazy("give at most the activity ordered")),
    (
        r"'(?P<code>.*)' is ordered already and cannot be its own alternative",
        gettext_lazy("“%(code)s” is ordered already and cannot be its own alternative"),
    ),
    (r"name other products", gettext_lazy("name other products")),
    (r"'(?P<text>.*)' is not an alternative", gettext_lazy("“%(text)s” is not an alternative")),
    (
        r"the alternative '(?P<code>.*)' is named twice",
        gettext_lazy("the alternative “%(code)s” is named twice"),
    ),
    (r"leave one of them out", gettext_lazy("leave one of them out")),
    (
        r"the cost '(?P<cost>.*)' of an alternative is no number of zero or more",
        gettext_lazy("the cost “%(cost)s” of an alternative is no number of zero or more"),
    ),
    (r"an alternative lacks its \w+", gettext_lazy("an alternative needs a product and an activity")),
    (
        r"write for example '(?P<text>\S+ = .* @ \d+)'",
        gettext_lazy("write for example “%(text)s”"),
    ),
)
