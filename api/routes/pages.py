"""The map page. Its address may carry anything: what a person follows must open, not answer with an error."""

from typing import Annotated, cast, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.deps import Lang, settings_of
from maps.pages import map_page

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
def page(request: Request, lang: Annotated[str | None, Query()] = None) -> HTMLResponse:
    """The map of communities and their plans; in the server's language where the one asked for is not known."""
    settings = settings_of(request)
    known = cast(Lang, lang) if lang in get_args(Lang) else settings.page_language
    html = map_page(known, basemap_url=settings.basemap_url, caption=settings.caption)
    return HTMLResponse(html, headers={"Cache-Control": "no-cache"})
