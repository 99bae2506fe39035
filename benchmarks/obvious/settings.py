"""As `startproject` and the first pages of DRF's and Celery's guides leave it, on our servers."""

from typing import Any

from config.settings import *  # noqa: F403
from config.settings import DATABASES, REDIS_URL

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
    "benchmarks.obvious",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "benchmarks.obvious.urls"
REST_FRAMEWORK: dict[str, Any] = {  # type: ignore[no-redef]
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

for own in ("server_side_binding", "prepare_threshold", "options"):
    DATABASES["default"]["OPTIONS"].pop(own)

OBVIOUS_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
OBVIOUS_TASK_DEFAULT_QUEUE = "obvious"
OBVIOUS_TASK_IGNORE_RESULT = True
OBVIOUS_WORKER_HIJACK_ROOT_LOGGER = False
