"""The pages. Their addresses may carry anything: what a person follows must open, not answer with an error."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.accounts import page_for_signed_in
from api.deps import page_language, settings_of
from maps.pages import city_page, desk_page, map_page, my_page

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/", response_class=HTMLResponse, dependencies=[page_for_signed_in])
def page(request: Request) -> HTMLResponse:
    """The map of communities and their plans."""
    settings = settings_of(request)
    html = map_page(page_language(request), basemap=settings.basemap, caption=settings.caption)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


@router.get("/city", response_class=HTMLResponse, dependencies=[page_for_signed_in])
def city(request: Request) -> HTMLResponse:
    """All communities with the state of their plans."""
    settings = settings_of(request)
    html = city_page(page_language(request), basemap=settings.basemap, caption=settings.caption)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


@router.get("/desk", response_class=HTMLResponse, dependencies=[page_for_signed_in])
def desk(request: Request) -> HTMLResponse:
    """Incidents: the queue, the map and one case."""
    settings = settings_of(request)
    html = desk_page(page_language(request), basemap=settings.basemap, caption=settings.caption)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})


@router.get("/my", response_class=HTMLResponse, dependencies=[page_for_signed_in])
def my(request: Request) -> HTMLResponse:
    """What a grid worker has to do, on the phone."""
    return HTMLResponse(my_page(page_language(request)), headers={"Cache-Control": "no-cache"})
