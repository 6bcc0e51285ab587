"""A rejected consignment that was taken back has a state of its own."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def returned(apps: Any, schema_editor: Any) -> None:
    """Those that came back before there was the state."""
    rows = apps.get_model("dispatch", "Consignment").objects
    back = rows.filter(status="rejected", events__kind="taken back")
    rows.filter(pk__in=list(back.values_list("pk", flat=True))).update(status="taken back")


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="consignment",
            name="status",
            field=models.CharField(
                choices=[
                    ("planned", "Planned"),
                    ("dispatched", "Under way"),
                    ("received", "Received"),
                    ("rejected", "Rejected"),
                    ("taken back", "Taken back"),
                    ("cancelled", "Cancelled"),
                ],
                default="planned",
                max_length=12,
            ),
        ),
        migrations.RunPython(returned, migrations.RunPython.noop),
    ]
