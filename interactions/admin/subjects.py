"""What interactions are about, for lists: without the data, of which each may have 64 kB."""

from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Left

from interactions.models import Interaction


def subject_at(data: str) -> Left:
    """data: where the user data stand, as the rows of a queryset name it."""
    return Left(Cast(KeyTextTransform("subject", data), TextField()), 80)


def with_subject(queryset: QuerySet[Interaction]) -> QuerySet[Any]:
    return queryset.defer("user_data").annotate(subject=subject_at("user_data"))
