"""Django settings: one machine out of the box, a server by environment variables.

========================  ==========================================================================
BECQ_HOME                 folder of the database and the secret key (default ``./var``)
DATABASE_URL              another database, e.g. ``postgres://becq@db/becq`` (default SQLite in BECQ_HOME)
BECQ_SECRET_KEY           signing key (default: generated once into BECQ_HOME, readable by its owner only)
BECQ_DEBUG                ``1`` for development
BECQ_ALLOWED_HOSTS        host names, comma-separated (default: this machine only)
BECQ_ORIGINS              public origins behind a proxy, e.g. ``https://becq.example.org``
BECQ_HTTPS                ``1`` when people reach the server by https only: secure cookies, HSTS
BECQ_PROXY                address of a proxy in front that sets ``X-Forwarded-For`` and ``-Proto``
BECQ_TASKS                ``immediate`` runs background work inside the request (tests)
========================  ==========================================================================
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url

from becq.platform.secret import read_secret

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("BECQ_HOME", "var")).resolve()


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


DEBUG = _flag("BECQ_DEBUG")
SECRET_KEY = os.environ.get("BECQ_SECRET_KEY") or read_secret(HOME / "secret.key")
ALLOWED_HOSTS = _list("BECQ_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("BECQ_ORIGINS")

# One app per step of the chain. A new app adds its line here.
STEPS = [
    "becq.platform.clock",
    "becq.platform.accounts",
    "becq.platform.ledger",
    "becq.platform.network",
    "becq.platform.market",
    "becq.platform.plans",
    "becq.platform.production",
    "becq.platform.dispatch",
    "becq.platform.clinic",
    "becq.platform.waste",
    "becq.platform.supervision",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    *STEPS,
    "becq.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "becq.platform.middleware.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "becq.web.middleware.RefusalMiddleware",
]

# Named, not imported: pages stand above the platform (see ARCHITECTURE.md).
ROOT_URLCONF = "becq.web.urls"
CSRF_FAILURE_VIEW = "becq.web.views.errors.csrf_failure"
WSGI_APPLICATION = "becq.platform.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database -----------------------------------------------------------------------------------
# SQLite: one writer at a time, taken at the start of a transaction, so that a read inside it is still
# true when it writes; readers never wait (WAL). Django itself turns foreign keys on.
_SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'becq.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = _SQLITE_OPTIONS
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["becq.platform.accounts.login.LimitedBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
LOGIN_FAILURES_PER_NAME = 10
LOGIN_FAILURES_PER_ADDRESS = 50
LOGIN_WINDOW_S = 15 * 60

# --- language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [str(PACKAGE / "web" / "locale")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # what pages show; the core and the books are UTC

# --- files --------------------------------------------------------------------------------------
# Straight from the package, found once at the start: no collectstatic, no second folder.
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_LIMIT_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o600

# --- security -----------------------------------------------------------------------------------
HTTPS = _flag("BECQ_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PROXY = os.environ.get("BECQ_PROXY", "").strip()
if PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = HTTPS
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- background work ----------------------------------------------------------------------------
_IMMEDIATE = os.environ.get("BECQ_TASKS") == "immediate"
TASKS = {
    "default": {
        "BACKEND": (
            "django_tasks.backends.immediate.ImmediateBackend"
            if _IMMEDIATE
            else "django_tasks_db.DatabaseBackend"
        ),
    }
}

# --- log ----------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "becq": {"level": "INFO"},
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
    },
}
