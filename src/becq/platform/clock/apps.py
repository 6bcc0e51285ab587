"""The clock as a Django app (it has one row in the database)."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "becq.platform.clock"
    label = "clock"
