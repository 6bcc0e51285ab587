"""Plans as a Django app."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "becq.platform.plans"
    label = "plans"
