from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_events_and_explanations")]

    operations = [
        migrations.AddField(
            model_name="planrun",
            name="policy",
            field=models.CharField(default="priority", help_text="Who gets what is scarce", max_length=20),
        ),
    ]
