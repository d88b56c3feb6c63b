"""The pages. Their addresses may carry anything: what a person follows must open, not answer with an error."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse

from api.accounts import open_to_all, page_for_signed_in
from api.deps import request_language, settings_of
from api.security import SECRET_ADDRESS
from maps.pages import (
    STATIC,
    city_page,
    desk_page,
    follow_page,
    incident_report_page,
    map_page,
    my_page,
    notices_page,
    public_page,
    statistics_page,
    subscribe_page,
)

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/", response_class=HTMLResponse, dependencies=[page_for_signed_in])
def page(request: Request) -> HTMLResponse:
    """The map of communities and their plans."""
    settings = settings_of(request)
    html = map_page(request_language(request), basemap=settings.basemap, caption=settings.caption)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


@router.get("/city", response_class=HTMLResponse, dependencies=[page_for_signed_in])
def city(request: Request) -> HTMLResponse:
    """All communities with the state of their plans."""
    settings = settings_of(request)
    html = city_page(request_language(request), basemap=settings.basemap, caption=settings.caption)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


@router.get("/desk", response_class=HTMLResponse, dependencies=[page_for_signed_in])
def desk(request: Request) -> HTMLResponse:
    """Incidents: the queue, the map and one case."""
    settings = settings_of(request)
    html = desk_page(request_language(request), basemap=settings.basemap, caption=settings.caption)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


@router.get("/my", response_class=HTMLResponse, dependencies=[page_for_signed_in])
def my(request: Request) -> HTMLResponse:
    """What a grid worker has to do, on the phone."""
    return HTMLResponse(my_page(request_language(request)), headers={"Cache-Control": "no-cache"})


@router.get("/report", response_class=HTMLResponse, dependencies=[open_to_all])
def report(request: Request) -> HTMLResponse:
    """Reporting an incident, without an account."""
    settings = settings_of(request)
    html = incident_report_page(
        request_language(request),
        days=settings.keep.contacts,
        basemap=settings.basemap,
        caption=settings.caption,
    )
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


@router.get("/follow/{secret}", response_class=HTMLResponse, dependencies=[open_to_all])
def follow(request: Request, secret: str) -> HTMLResponse:  # noqa: ARG001 (the page's script reads it)
    """What became of a report, by its private link."""
    html = follow_page(request_language(request), days=settings_of(request).keep.contacts)
    return HTMLResponse(html, headers=SECRET_ADDRESS)


@router.get("/sw.js", dependencies=[open_to_all])
def worker() -> FileResponse:
    """The service worker; it stands here because it may serve only pages below its own address."""
    return FileResponse(
        STATIC / "js/worker/sw.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


@router.get("/notify", response_class=HTMLResponse, dependencies=[page_for_signed_in])
def notices(request: Request) -> HTMLResponse:
    """Notices to residents: count, send, and what was sent."""
    return HTMLResponse(notices_page(request_language(request)), headers={"Cache-Control": "no-cache"})


@router.get("/subscribe", response_class=HTMLResponse, dependencies=[open_to_all])
def subscribe(request: Request) -> HTMLResponse:
    """Agree to notices for a building."""
    return HTMLResponse(subscribe_page(request_language(request)), headers={"Cache-Control": "no-cache"})


@router.get("/subscribe/{secret}", response_class=HTMLResponse, dependencies=[open_to_all])
def subscription(request: Request) -> HTMLResponse:
    """See, change or end a subscription by its private link."""
    return HTMLResponse(subscribe_page(request_language(request)), headers=SECRET_ADDRESS)


@router.get("/public", response_class=HTMLResponse, dependencies=[open_to_all])
def public(request: Request) -> HTMLResponse:
    """The map of incidents that everybody may see."""
    settings = settings_of(request)
    html = public_page(request_language(request), basemap=settings.basemap, caption=settings.caption)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


@router.get("/statistics", response_class=HTMLResponse, dependencies=[page_for_signed_in])
def statistics(request: Request) -> HTMLResponse:
    """The measures of incidents as a table."""
    return HTMLResponse(statistics_page(request_language(request)), headers={"Cache-Control": "no-cache"})
