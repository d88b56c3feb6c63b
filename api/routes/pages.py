"""The map page."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.deps import Language, settings_of
from maps.pages import map_page

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
def page(request: Request, lang: Language) -> HTMLResponse:
    """The map of communities and their plans."""
    settings = settings_of(request)
    html = map_page(lang, basemap_url=settings.basemap_url, caption=settings.caption)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})
