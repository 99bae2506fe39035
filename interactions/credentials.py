"""Tokens: 256 random bits, shown once, kept as a SHA-256 digest."""

import hashlib
import secrets

from interactions.models import Service


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def issue_token(service: str) -> str:
    """A new token for a service; the one before ends. Errors: Service.DoesNotExist."""
    token = new_token()
    found = Service.objects.get(name=service)
    Service.objects.filter(pk=found.pk).update(token_hash=digest(token))
    return token


def withdraw_token(service: int) -> bool:
    """The service's token ends, and it gets no other. False if it has none."""
    return bool(Service.objects.filter(pk=service, token_hash__isnull=False).update(token_hash=None))
