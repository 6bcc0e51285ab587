"""An eluate had the order of its generator, and was shown at that order's calibration time."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import F


def forget(apps: Any, schema_editor: Any) -> None:
    """Leave the order with the generator."""
    lots = apps.get_model("production", "Lot")
    eluates = lots.objects.exclude(order_code="").filter(parents__daughter=F("nuclide"))
    lots.objects.filter(pk__in=list(eluates.values_list("pk", flat=True))).update(order_code="")


class Migration(migrations.Migration):
    dependencies = [("production", "0001_initial")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
