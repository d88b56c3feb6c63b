"""How the OGC API - Features service describes itself: its landing page, its collection, its OpenAPI document."""

from collections.abc import Sequence
from typing import Any

from gis_core.incidents.public_map import MOST

CONFORMS_TO = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
]
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
GEOJSON = "application/geo+json"
TITLE = "公共事件 · Public incidents"
_WORDS = "在办和近 90 天内办结的事件，位置约 10 米 · Open incidents and those ended in the last 90 days, to about 10 m"
_FILTERS = {
    "category": "code of a category",
    "state": "name of a state",
    "kind": "general, coordination or emergency",
}


def link(href: str, rel: str, media_type: str = "application/json", title: str = "") -> dict[str, str]:
    """A link as RFC 8288 has it, in JSON."""
    return {"href": href, "rel": rel, "type": media_type, **({"title": title} if title else {})}


def landing(base: str) -> dict[str, Any]:
    """The landing page. base: address of the service without a slash at the end."""
    return {
        "title": TITLE,
        "description": _WORDS,
        "links": [
            link(base, "self", title="this document"),
            link(f"{base}/api", "service-desc", OPENAPI, "the API"),
            link(f"{base}/conformance", "conformance", title="what it conforms to"),
            link(f"{base}/collections", "data", title="the collections"),
        ],
    }


def collection(base: str, extent: Sequence[float] | None) -> dict[str, Any]:
    """The collection of incidents. extent: west, south, east, north."""
    own = f"{base}/collections/incidents"
    told = {} if extent is None else {"extent": {"spatial": {"bbox": [list(extent)], "crs": CRS84}}}
    return {
        "id": "incidents",
        "title": TITLE,
        "description": _WORDS,
        **told,
        "itemType": "feature",
        "crs": [CRS84],
        "links": [link(own, "self"), link(f"{own}/items", "items", GEOJSON, TITLE)],
    }


def collections(base: str, extent: Sequence[float] | None) -> dict[str, Any]:
    """The list of the one collection."""
    return {"links": [link(f"{base}/collections", "self")], "collections": [collection(base, extent)]}


def openapi(base: str) -> dict[str, Any]:
    """The OpenAPI 3.0 document."""
    items = "/collections/incidents/items"
    paths = {
        "/": _get("landing", "the landing page"),
        "/api": _get("api", "this document", media_type=OPENAPI),
        "/conformance": _get("conformance", "what the service conforms to"),
        "/collections": _get("collections", "the collections"),
        "/collections/incidents": _get("collection", "the collection of incidents"),
        items: _get("items", "incidents, the newest first", [*_ITEMS, *(
            _query(name, {"type": "string"}, words) for name, words in _FILTERS.items()
        )], GEOJSON),
        f"{items}/{{featureId}}": _get("item", "an incident", [
            {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
        ], GEOJSON),
    }  # fmt: skip
    return {
        "openapi": "3.0.3",
        "info": {"title": TITLE, "description": _WORDS, "version": "1.0.0"},
        "servers": [{"url": base}],
        "paths": paths,
    }


def _query(name: str, schema: dict[str, Any], words: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema, **more}


_ITEMS = [
    _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 100}, "how many", style="form",
           explode=False),
    _query("after", {"type": "integer", "minimum": 1}, "of the link `next` of the page before"),
    _query("bbox", {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
           "west,south,east,north in degrees", style="form", explode=False),
    _query("datetime", {"type": "string"}, "when it was reported: an instant or an interval, RFC 3339", style="form",
           explode=False),
]  # fmt: skip


def _get(
    name: str, words: str, parameters: Sequence[dict[str, Any]] = (), media_type: str = "application/json"
) -> dict[str, Any]:
    answers = {
        "200": {"description": words, "content": {media_type: {"schema": {"type": "object"}}}},
        "400": {"description": "a parameter is unknown or wrong"},
    }
    return {
        "get": {"operationId": name, "summary": words, "parameters": list(parameters), "responses": answers}
    }
