"""Making and releasing of lots as a Django app."""

from django.apps import AppConfig


class ProductionConfig(AppConfig):
    name = "becq.platform.production"
    label = "production"
