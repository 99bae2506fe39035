"""Hashers that cost nothing, for scenes that are not about the cost."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class FewRounds(PBKDF2PasswordHasher):
    """Django's own in all else: what one has encoded the other reads."""

    iterations = 1
