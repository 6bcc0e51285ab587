from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="dose",
            name="token",
            field=models.CharField(
                blank=True,
                help_text="Of the form that drew it: one form, one dose",
                max_length=36,
                null=True,
                unique=True,
            ),
        ),
    ]
