"""People and organisations as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "becq.platform.accounts"
    label = "accounts"
