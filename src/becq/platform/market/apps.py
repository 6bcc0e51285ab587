"""Orders as a Django app."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "becq.platform.market"
    label = "market"
