"""The HTTP door: one FastAPI application, made from settings and the URL of a migrated database.

Routes are plain functions on psycopg 3, run in the thread pool. Async ones answered 9-15 % more tiles a second
(benchmarks of one worker), at the price of a second way to read: the command line and the exports use the same
functions, so there is one.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from psycopg_pool import ConnectionPool
from starlette.middleware.gzip import GZipMiddleware

from api import errors
from api.bodies import LimitedForms, StorableJson
from api.deps import only_known_parameters
from api.head import HeadAsGet
from api.hosts import KnownHosts
from api.incident_gates import Offices
from api.listening import Listener
from api.oidc import Provider
from api.plan_feeds import PlanFeeds
from api.routes import (
    audit,
    city,
    comments,
    communities,
    health,
    imports,
    incident_desk,
    incident_steps,
    incidents,
    jobs,
    measures,
    notices,
    ogc,
    oidc,
    open311,
    open311_writing,
    pages,
    plan_edits,
    plan_events,
    plan_states,
    plans,
    printing,
    public,
    reports,
    sessions,
    tiles,
)
from api.security import SecurityHeaders
from gis_core.config import Settings
from gis_core.db import libpq_url
from gis_core.editing.ground import Places
from gis_core.editing.store import CHANNEL
from gis_core.jobs.store import CHANNEL as JOB_CHANNEL
from gis_core.layers.versions import ReplyCache
from maps.pages import STATIC

_POOL_SIZE = 10
_POOL_TIMEOUT_S = 5.0
_CACHE_BYTES = 64 * 2**20


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The application; the database must be migrated. The caller binds it, on loopback unless told otherwise."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with _pool(database_url) as pool:
            app.state.pool = pool
            app.state.listener = listener = Listener(database_url, {CHANNEL: "plan", JOB_CHANNEL: "job"})
            app.state.feeds = PlanFeeds(pool, listener)
            listening = asyncio.create_task(listener.run())
            yield
            listener.close()
            await app.state.feeds.ended()
            listening.cancel()

    app = FastAPI(title="Wangge", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.settings = settings
    app.state.database_url = database_url
    app.state.replies = ReplyCache(_CACHE_BYTES)
    app.state.places = Places()
    app.state.offices = Offices()
    app.state.oidc = Provider(settings.oidc) if settings.oidc.issuer else None
    errors.install(app)
    app.add_middleware(KnownHosts, names=settings.known_hosts)
    app.add_middleware(GZipMiddleware, compresslevel=6)
    app.add_middleware(SecurityHeaders, image_source=settings.basemap_url)
    app.add_middleware(HeadAsGet)
    app.add_middleware(StorableJson)
    app.add_middleware(LimitedForms, upload_mb=settings.max_upload_mb)
    strict = [Depends(only_known_parameters)]
    for module in (
        incident_desk, sessions, plan_edits, plan_events, plan_states, comments, jobs, communities, city, plans,
        printing, tiles, imports, audit, health, incident_steps, incidents, reports, notices,
        measures, public, ogc,
    ):  # fmt: skip
        app.include_router(module.router, dependencies=strict)
    for module in (pages, oidc, open311, open311_writing):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _pool(database_url: str) -> ConnectionPool:
    return ConnectionPool(
        libpq_url(database_url),
        min_size=1,
        max_size=_POOL_SIZE,
        timeout=_POOL_TIMEOUT_S,
        reconnect_timeout=_POOL_TIMEOUT_S,  # then the next request tries at once, however long the database was away
        kwargs={"autocommit": True, "application_name": "wangge serve"},
        open=False,
    )
