"""All settings, from the environment. docs/operating.md lists the variables."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from config import looks
from config.embedded.postgres import EMBEDDED_NAME

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def number(name: str, default: int) -> int:
    try:
        return int(env.int(name, default=default))
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number. It is {env.str(name)!r}.") from None


MOST_DAYS = 36_500  # a calendar does not go back for ever


def days(name: str) -> timedelta | None:
    """More or less than can be is told by the checks."""
    found = min(max(number(name, 0), -1), MOST_DAYS + 1)
    return timedelta(days=found) if found else None


def flag(name: str) -> bool:
    value = env.str(name, default="false").lower()
    if value not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise ImproperlyConfigured(f"{name} must be true or false. It is {value!r}.")
    return value in ("true", "1", "yes", "on")


def choice(name: str, *allowed: str) -> str:
    """The first is the default."""
    value = env.str(name, default=allowed[0]).lower()
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(allowed)}. It is {value!r}.")
    return value


# --- The server -----------------------------------------------------------------------------------

DEBUG = flag("DEBUG")
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = flag("HTTPS")  # served behind a proxy that ends TLS
ALLOW_DEMO = flag("ALLOW_DEMO")  # see config.production

DOCS = choice("DOCS", "open", "closed")  # the API's reference and schema
METRICS = choice("METRICS", "open", "closed")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # where it is set, /metrics asks for it

WEB_PROCESSES = number("WEB_PROCESSES", 2)  # of `up`, as the next but one
WEB_THREADS = number("WEB_THREADS", 4)  # a thread keeps a database connection
WORKER_PROCESSES = number("WORKER_PROCESSES", 2)
MAX_BODY_BYTES = number("MAX_BODY_BYTES", 1024 * 1024)
HEAD_SECONDS = number("HEAD_SECONDS", 15)  # in which a request's head must be there, as the next its body
BODY_SECONDS = number("BODY_SECONDS", 30)

# --- Interactions ---------------------------------------------------------------------------------

HANDLING_TIMEOUT = number("HANDLING_TIMEOUT", 10_800)  # seconds; the last word of four
SESSION_IDLE_TIMEOUT = number("SESSION_IDLE_TIMEOUT", 3_600)  # seconds
LOGIN_FAILURES_PER_USER = number("LOGIN_FAILURES_PER_USER", 10)  # and address, within the window; more wait
LOGIN_FAILURES_PER_USER_ANYWHERE = number("LOGIN_FAILURES_PER_USER_ANYWHERE", 100)
LOGIN_FAILURES_PER_ADDRESS = number("LOGIN_FAILURES_PER_ADDRESS", 50)
LOGIN_FAILURE_WINDOW = number("LOGIN_FAILURE_WINDOW", 300)  # seconds
ENDED_PARTIES_KEPT = timedelta(days=1)  # so that a 409 can say why
MESSAGES_KEPT = timedelta(days=1)
REPLIES_KEPT = timedelta(days=1)  # of requests with an Idempotency-Key
INTERACTIONS_KEPT = days("INTERACTIONS_KEPT")  # after they were stopped; None: for ever
EVENTS_KEPT = days("EVENTS_KEPT")  # after the interaction was stopped or the session ended

# --- Django ---------------------------------------------------------------------------------------

# Those who know more stand above those they know: reporting hears a core signal before workbins
# answers it with its own, so EventTakenFromQueue is written before EventTakenFromWorkbin.
INSTALLED_APPS = [
    "config",
    "desk",
    "reporting",
    "workbins",
    "interactions",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "config.administration.Administration",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "config.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.BodyLimit",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.LivingConnection",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static"
WHITENOISE_USE_FINDERS = True  # runs from a clone, without collectstatic
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- PostgreSQL -----------------------------------------------------------------------------------

SESSION = {
    "lock_timeout": "2s",  # readers of the event log wait for every writer, so no writer may dawdle
    "idle_in_transaction_session_timeout": "5s",
    # Who has waited for a lock must see what is there then, whatever the database's default is.
    "default_transaction_isolation": r"read\ committed",
    # A worker whose host is gone must not keep its locks for the hours that Linux waits, here in seconds.
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}
# The same of a database's host that is gone: what it was asked is asked again of who has taken its place.
ATTENTION = {
    "connect_timeout": 3,  # seconds
    "tcp_user_timeout": 8_000,  # milliseconds until what it was told must have come
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
DATABASES = {"default": env.db("DATABASE_URL", default="postgresql:///workbin")}
if DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql":
    raise ImproperlyConfigured(
        "DATABASE_URL must name a PostgreSQL: postgresql://user:password@host:5432/name. "
        "Unset it for the embedded one."
    )
IS_EMBEDDED = DATABASES["default"].get("OPTIONS", {}).get("application_name") == EMBEDDED_NAME
DATABASES["default"].update(
    CONN_MAX_AGE=None,
    OPTIONS={
        **ATTENTION,
        **DATABASES["default"].get("OPTIONS", {}),  # DATABASE_URL may say otherwise
        # Statements are prepared once a connection: half of a pull's planning time.
        "server_side_binding": True,
        "prepare_threshold": 1,
        "options": " ".join(f"-c {name}={value}" for name, value in SESSION.items()),
    },
)

# --- Redis and Celery -----------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

# For a Unix socket kombu has another name than redis-py.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # the reaper goes on meanwhile
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # of one that refuses, too: it has become a replica, or cannot save
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True  # ours are short; and no warning
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Celery 5.7.0 exits when Redis drops while it holds a countdown, unless acks are not emulated.
    # Tasks are hints: one lost with its worker costs nothing.
    "ack_emulation": False,
    "queue_order_strategy": "priority",
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 0,  # of who publishes: it fails at once, or a request would wait for the broker
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ROUTES = {"interactions.tasks.revoke_due": {"queue": "timers"}}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # a worker hoards nothing that another could start
CELERY_TIMEZONE = "UTC"
# The schedule is static and what it starts catches up by itself: beat has nothing to remember in a file.
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"
STALE = 4 * 3_600  # seconds until nobody wants it any more; a host's clock may be off, so it is not less


def every(seconds: int, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": STALE}}


CELERY_BEAT_SCHEDULE = {
    "end-idle-sessions": every(15, "interactions.tasks.end_idle_sessions"),
    "purge": every(600, "interactions.tasks.purge"),
    "project": every(5, "reporting.tasks.project"),
    "provide-partitions": every(3_600, "reporting.tasks.provide_partitions"),
    "evaluate-alarms": every(10, "reporting.tasks.evaluate_alarms"),
    "deliver": every(5, "reporting.tasks.deliver"),
    "forget-old": every(3_600, "reporting.tasks.forget_old"),
    "audit": every(3_600, "reporting.tasks.audit"),
    "purge-reporting": every(3_600, "reporting.tasks.purge"),
}

# --- Logging ---------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"seldom": {"()": "config.logs.Seldom"}, "brief": {"()": "config.logs.Brief"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["seldom", "brief"]}
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": []},
        "django.request": {"level": "ERROR"},  # a refused request is no news
        "httpx": {"level": "WARNING"},
        "uvicorn": {"level": "WARNING"},
    },
}

# --- HTTP -----------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked by machines, past the proxy
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.problems.handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Workbin",
    "DESCRIPTION": "An open interaction server: agents pull interactions, keep them alive by any "
    "request, and lose them when they go quiet.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",  # works offline
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {  # see interactions.api.converters
        "id": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1},
        "queue": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,200}$"},
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "interactions.api.openapi.finish",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
}

# --- The admin ------------------------------------------------------------------------------------

LOGIN_REDIRECT_URL = "admin:index"  # whoever opens the log-in page itself
UNFOLD = looks.UNFOLD
