"""What drf-spectacular cannot see by itself: how our inputs, words and links stand in the document."""

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.plumbing import ResolvedComponent

from interactions.api.fields import DistinctListField
from interactions.sql import BIGGEST_ID

NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps no NUL characters

JSON_VALUE = {
    "description": "Any JSON without NUL characters, its numbers within 64 bits.",
    "oneOf": [
        {"type": "null"},
        {"type": "boolean"},
        {"type": "number", "minimum": -BIGGEST_ID, "maximum": BIGGEST_ID},
        {"type": "string", "pattern": NO_NUL},
        {"type": "array", "items": {"$ref": "#/components/schemas/JsonValue"}},
        {
            "type": "object",
            "propertyNames": {"pattern": NO_NUL},
            "additionalProperties": {"$ref": "#/components/schemas/JsonValue"},
        },
    ],
}


class BearerScheme(OpenApiAuthenticationExtension):
    """How BearerAuthentication stands in the document."""

    target_class = "interactions.api.base.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A session's or a service's token."}


class InputExtension(OpenApiSerializerExtension):
    """No other fields, no NUL characters, and of some fields exactly one."""

    target_class = "interactions.api.fields.Input"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if self.target.__class__.__doc__ is None:
            schema.pop("description", None)  # the base class's
        for name, field in schema.get("properties", {}).items():
            text = field.get("items", field)
            if "string" in text.get("type", ()) and not {"pattern", "format", "enum"} & set(text):
                text["pattern"] = NO_NUL
            if isinstance(self.target.fields[name], DistinctListField):
                field["uniqueItems"] = True
        if either := self.target.either:
            schema["oneOf"] = [{"required": [name]} for name in either]
        return {**schema, "additionalProperties": False}


class UserDataExtension(OpenApiSerializerFieldExtension):
    target_class = "interactions.api.fields.UserDataField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        value = ResolvedComponent("JsonValue", ResolvedComponent.SCHEMA, JSON_VALUE, "JsonValue")
        auto_schema.registry.register_on_missing(value)
        return {
            "type": "object",
            "description": "At most 65,536 bytes of JSON and 32 levels.",
            "propertyNames": {"pattern": NO_NUL},
            "additionalProperties": value.ref,
        }


class InstantExtension(OpenApiSerializerFieldExtension):
    target_class = "interactions.api.fields.InstantField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "format": "date-time", "pattern": self.target.pattern}


class CursorExtension(OpenApiSerializerFieldExtension):
    target_class = "interactions.api.cursors.CursorField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "description": "As an answer gave it.",
        }


class WordExtension(OpenApiSerializerFieldExtension):
    target_class = "interactions.api.schema.WordField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        first, *more = self.target.words
        return {"type": "string", "enum": [first, *more]} if more else {"type": "string", "const": first}


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Postprocessing. Links go from an operation, where `documented` has left them, to its successful
    answers; and a body of which something is needed is needed."""
    for operation in (each for path in result["paths"].values() for each in path.values()):
        links = operation.pop("x-links", {})
        for status in (code for code in operation["responses"] if links and code < "300"):
            operation["responses"][status]["links"] = links
        if body := operation.get("requestBody"):
            shape = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            if "oneOf" in result["components"]["schemas"][shape]:
                body["required"] = True
    return result
