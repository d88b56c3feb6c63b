"""What routes ask for: a database connection, the language, and the answer of a versioned resource."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Literal, TypeVar, cast, get_args

from fastapi import Depends, Query, Request, Response
from psycopg import Connection
from psycopg_pool import ConnectionPool

from gis_core.config import Settings
from gis_core.editing.ground import Places
from gis_core.errors import InvalidInputError, WanggeError
from gis_core.layers.versions import ReplyCache, layer_versions

Lang = Literal["zh", "en"]
Key = TypeVar("Key")
_GZIP_FROM_BYTES = 1000
_GZIP_LEVEL = 4


def settings_of(request: Request) -> Settings:
    """The settings that the application was made with."""
    return request.app.state.settings


def places_of(request: Request) -> Places:
    """The communities' grounds that this process keeps in memory."""
    return request.app.state.places


def reading_connection(request: Request) -> Iterator[Connection]:
    """A pooled connection in autocommit mode: each statement its own snapshot, no round trip for BEGIN."""
    pool: ConnectionPool = request.app.state.pool
    with pool.connection() as connection:
        yield connection


def language(
    request: Request,
    lang: Annotated[Lang | None, Query(description="Language of texts; default: the server's.")] = None,
) -> Lang:
    """The language asked for by `?lang=`, else the server's."""
    return lang or settings_of(request).page_language


def request_language(request: Request) -> Lang:
    """The language of a page, or of an answer outside of a route: that of `?lang=`, or the server's where the one asked
    for is not known.
    """
    told = request.query_params.get("lang")
    return cast(Lang, told) if told in get_args(Lang) else settings_of(request).page_language


def only_known_parameters(request: Request) -> None:
    """Refuse query parameters that the route does not have: a misspelt filter must not answer as if unset.

    `lang` is known to all: errors are told in it.
    """
    known = {parameter.alias for parameter in _query_parameters(request.scope["route"].dependant)} | {"lang"}
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        allowed = ", ".join(sorted(known))
        raise InvalidInputError(
            f"Unknown query parameter: {', '.join(unknown)}. It takes {allowed}.",
            f"没有参数 {'、'.join(unknown)}；可用的有 {allowed}。",
        )


def _query_parameters(dependant: object) -> Iterator[object]:
    yield from dependant.query_params  # type: ignore[attr-defined]
    for inner in dependant.dependencies:  # type: ignore[attr-defined]
        yield from _query_parameters(inner)


Reader = Annotated[Connection, Depends(reading_connection)]
Language = Annotated[Lang, Depends(language)]


def found(
    read: Callable[[Connection, Key], str | None],
    connection: Connection,
    key: Key,
    absent: Callable[[Key], WanggeError],
) -> Callable[[], bytes]:
    """A reading function bound to its key; it raises what `absent` makes where nothing is there."""

    def make() -> bytes:
        text = read(connection, key)
        if text is None:
            raise absent(key)
        return text.encode()

    return make


def versioned(
    request: Request,
    connection: Connection,
    layers: Sequence[str],
    make: Callable[[], bytes],
    *,
    media_type: str,
    variant: str = "",
    etag_of: Callable[[str], str] = 'W/"{}"'.format,
) -> Response:
    """Answer a resource whose content depends on these layers' versions and on nothing else.

    304 where the client has this version; else the reply from the cache, or made and stored gzipped. `make` may
    raise; no bytes are answered as 204. variant: what the answer depends on besides address and versions. etag_of:
    the ETag made of the version.
    """
    version = f"{layer_versions(connection, layers)}{variant and '-'}{variant}"
    headers = {"ETag": etag_of(version), "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    cache: ReplyCache = request.app.state.replies
    if _matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    key = (f"{request.url.path}?{request.url.query}", version)
    packed = cache.get(key)
    if packed is None:
        packed = gzip.compress(make(), _GZIP_LEVEL, mtime=0)
        cache.put(key, packed)
    body = gzip.decompress(packed) if len(packed) < _GZIP_FROM_BYTES or not _takes_gzip(request) else packed
    if not body:
        return Response(status_code=204, headers=headers)
    if body is packed:
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=media_type, headers=headers)


def _matches(if_none_match: str | None, etag: str) -> bool:
    """Weak comparison, RFC 9110 section 13.1.2."""
    asked = [item.strip().removeprefix("W/") for item in (if_none_match or "").split(",")]
    return "*" in asked or etag.removeprefix("W/") in asked


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")
