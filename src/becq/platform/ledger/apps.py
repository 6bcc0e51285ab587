"""The books as a Django app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "becq.platform.ledger"
    label = "ledger"
