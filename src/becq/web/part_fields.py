"""The fields of an order that say in which parts it may come and which other products would do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from becq.chain.order import FEWEST_PARTS, MOST_PARTS, USUAL_PARTS
from becq.web.forms import ActivityField

PART_FIELDS = ("split", "least_part", "most_parts", "alternatives")


class PartsForm(forms.Form):
    """Parts and alternatives, for orders and standing orders alike."""

    split = forms.BooleanField(
        label=gettext_lazy("In parts"),
        required=False,
        help_text=gettext_lazy("It may come from several lots or on several departures."),
    )
    least_part = ActivityField(
        label=gettext_lazy("Least part"),
        required=False,
        help_text=gettext_lazy("At the calibration time; left out: a tenth of the order."),
    )
    most_parts = forms.IntegerField(
        label=gettext_lazy("Most parts"),
        required=False,
        min_value=FEWEST_PARTS,
        max_value=MOST_PARTS,
        help_text=gettext_lazy("Left out: 4."),
    )
    alternatives = forms.CharField(
        label=gettext_lazy("Other products that would do"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy(
            "Product code = activity that does the same at the calibration time, separated by semicolons: "
            "tc99m = 20 GBq; ga68-psma = 150 MBq."
        ),
    )

    def parts_given(self) -> dict[str, Any]:
        """What the services take; what belongs to parts is nothing where the order comes whole."""
        values = {name: self.cleaned_data.get(name) for name in PART_FIELDS}
        if not values["split"]:
            values |= {"split": False, "least_part": None, "most_parts": None}
        return values


def parts_initial(order: Any) -> Mapping[str, Any]:
    """What the fields show of an order or standing order."""
    return {
        "split": order.split,
        "least_part": order.least_part_bq,
        "most_parts": order.most_parts if order.most_parts != USUAL_PARTS else None,
        "alternatives": order.alternatives,
    }
