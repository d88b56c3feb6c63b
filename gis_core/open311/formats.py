"""The same data as XML and as JSON.

JSON follows from XML by the Spark convention, which the specification names: an element that holds a list is an array
of its items, also of one, and the root of a list is left away. What is absent is an empty element in XML and null in
JSON, as in the specification's examples, whether it is a text, a time or a coordinate: a client need not tell "" from
null. Codes and ids are texts in JSON too; the specification's examples show numbers such as 006, which are no JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from xml.sax.saxutils import escape

import orjson

from gis_core.open311.characters import holdable

Format = Literal["xml", "json"]
Root = Literal[
    "discovery", "services", "service_definition", "service_requests", "service_request_updates", "errors"
]

CONTENT_TYPES: Mapping[str, str] = {"xml": "text/xml; charset=utf-8", "json": "application/json"}
ITEMS: Mapping[str, str] = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "notes": "note",
    "endpoints": "endpoint",
    "formats": "format",
}
"""{element that holds a list: element of each of its items}."""
DECIMALS = 7
"""Of degrees: about a centimetre."""


def render(root: Root, content: object, form: Format) -> bytes:
    """A document. content: a dataclass of `gis_core.open311.model`, or a sequence of them for a list."""
    return to_json(content) if form == "json" else to_xml(root, content)


def to_json(content: object) -> bytes:
    """UTF-8 without a byte-order mark."""
    return orjson.dumps(_tree(content), default=_number)


def to_xml(root: Root, content: object) -> bytes:
    """UTF-8 with a declaration that says so; without a namespace, as the specification asks."""
    parts = ['<?xml version="1.0" encoding="utf-8"?>\n']
    _element(parts, root, _tree(content))
    return "".join(parts).encode()


def w3c(at: datetime) -> str:
    """A time with its zone, to the second, as the W3C's note on dates and times has it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def _tree(value: object) -> Any:
    """Dictionaries, lists, texts, booleans, whole numbers and decimals; None for what is absent."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((one, getattr(value, one.name)) for one in fields(value))
        return {
            one.name: _tree(inner)
            for one, inner in pairs
            if inner is not None or not one.metadata.get("left_out")
        }
    if isinstance(value, str):
        return holdable(value) or None
    if isinstance(value, datetime):
        return w3c(value)
    if isinstance(value, float):
        return Decimal(repr(round(value, DECIMALS))) + 0
    if isinstance(value, Sequence):
        return [_tree(one) for one in value]
    return value


def _number(value: Decimal) -> float:
    return float(value)


def _element(parts: list[str], name: str, value: Any) -> None:
    if value is None or value == []:
        parts.append(f"<{name}/>")
        return
    parts.append(f"<{name}>")
    if isinstance(value, Mapping):
        for inner, one in value.items():
            _element(parts, inner, one)
    elif isinstance(value, list):
        for one in value:
            _element(parts, ITEMS[name], one)
    else:
        parts.append(escape(_text(value)))
    parts.append(f"</{name}>")


def _text(value: str | bool | int | Decimal) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
