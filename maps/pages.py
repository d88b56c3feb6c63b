"""Pages for the browser: HTML from templates, with the palette and settings as data that the scripts read."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from maps.missing_texts import TEXTS
from maps.style import palette, state_palette

_FOLDER = Path(__file__).parent
STATIC = _FOLDER / "static"
TEMPLATES = _FOLDER / "templates"
_OTHER_PAGES = (
    "city",
    "desk",
    "follow",
    "ground",
    "login",
    "my",
    "notices",
    "public",
    "report",
    "statistics",
    "subscribe",
    "worker",
)
"""Folders of scripts that the map page does not load."""
_IMPORT = re.compile(r'^(?:import|export|}) .*from "(\.[^"]+\.js)";$', re.MULTILINE)


def map_page(
    lang: Literal["zh", "en"], *, basemap: Mapping[str, str] | None = None, caption: str = ""
) -> str:
    """The map page.

    Args:
        lang: of a first visit; a visitor's own choice is kept in the browser.
        basemap: {url, datum} of tiles to lie below.
        caption: of the map, such as a review number.
    """
    settings = {"lang": lang, "basemap": basemap, "caption": caption, "palette": palette()}
    template = _environment().get_template("map.html")
    return template.render(lang=lang, settings=json_for_html(settings), modules=map_modules())


def city_page(
    lang: Literal["zh", "en"], *, basemap: Mapping[str, str] | None = None, caption: str = ""
) -> str:
    """The page of all communities. lang is the language of a first visit."""
    settings = {"lang": lang, "basemap": basemap, "caption": caption, "palette": state_palette()}
    template = _environment().get_template("city.html")
    return template.render(lang=lang, settings=json_for_html(settings), modules=modules_of("city"))


def desk_page(
    lang: Literal["zh", "en"], *, basemap: Mapping[str, str] | None = None, caption: str = ""
) -> str:
    """The page on which incidents are accepted, dispatched and followed. lang is the language of a first visit."""
    settings = {"lang": lang, "basemap": basemap, "caption": caption}
    template = _environment().get_template("desk.html")
    return template.render(
        lang=lang, settings=json_for_html(settings), modules=modules_behind("desk/main.js")
    )


def my_page(lang: Literal["zh", "en"]) -> str:
    """The grid worker's page for the phone. lang is the language of a first visit."""
    modules = modules_behind("my/main.js")
    template = _environment().get_template("my.html")
    return template.render(lang=lang, settings=json_for_html({"lang": lang}), modules=modules)


def incident_report_page(
    lang: Literal["zh", "en"],
    *,
    days: int,
    basemap: Mapping[str, str] | None = None,
    caption: str = "",
) -> str:
    """The page on which anybody reports an incident.

    Args:
        lang: of a first visit.
        days: how long a contact is kept after the end.
        basemap: {url, datum} of tiles to lie below.
        caption: of the map, such as a review number.
    """
    settings = {"lang": lang, "days": days, "basemap": basemap, "caption": caption}
    template = _environment().get_template("incident_report.html")
    ground = modules_behind("basemap.js" if basemap else "ground/outlines.js")
    modules = tuple(sorted({*modules_behind("report/main.js"), *ground}))
    return template.render(lang=lang, settings=json_for_html(settings), modules=modules)


def follow_page(lang: Literal["zh", "en"], *, days: int) -> str:
    """The frame of the page of a private link, the same for every link: its scripts ask for the case.

    days: how long a contact is kept after the end.
    """
    settings = json_for_html({"lang": lang, "days": days})
    template = _environment().get_template("follow.html")
    return template.render(lang=lang, settings=settings, modules=modules_behind("follow/main.js"))


def notices_page(lang: Literal["zh", "en"]) -> str:
    """The staff's page of notices to residents. lang is the language of a first visit."""
    template = _environment().get_template("notices.html")
    return template.render(
        lang=lang, settings=json_for_html({"lang": lang}), modules=modules_behind("notices/main.js")
    )


def subscribe_page(lang: Literal["zh", "en"]) -> str:
    """The residents' page of notices, with and without a private link. lang is the language of a first visit."""
    template = _environment().get_template("subscribe.html")
    return template.render(
        lang=lang, settings=json_for_html({"lang": lang}), modules=modules_behind("subscribe/main.js")
    )


def public_page(
    lang: Literal["zh", "en"], *, basemap: Mapping[str, str] | None = None, caption: str = ""
) -> str:
    """The map of incidents that everybody may see. lang is the language of a first visit."""
    settings = {"lang": lang, "basemap": basemap, "caption": caption}
    template = _environment().get_template("public.html")
    modules = modules_behind("public/main.js")
    return template.render(lang=lang, settings=json_for_html(settings), modules=modules)


def statistics_page(lang: Literal["zh", "en"]) -> str:
    """The staff's page of measures. lang is the language of a first visit."""
    template = _environment().get_template("statistics.html")
    modules = modules_behind("statistics/main.js")
    return template.render(lang=lang, settings=json_for_html({"lang": lang}), modules=modules)


def login_page(
    lang: Literal["zh", "en"],
    *,
    after: str,
    refusal: Mapping[str, str] | None = None,
    provider: str | None = None,
) -> str:
    """The sign-in page.

    Args:
        lang: of a first visit.
        after: the path of this server to open then.
        refusal: why an attempt failed, {language: words}.
        provider: what the OpenID Connect provider is called, where there is one.
    """
    settings = {"lang": lang, "after": after, "refusal": refusal, "provider": provider}
    return _environment().get_template("login.html").render(lang=lang, settings=json_for_html(settings))


def missing_page(lang: Literal["zh", "en"], path: str, told: Mapping[str, str] | None = None) -> str:
    """The page for an address that has none, in both languages. lang: the one that comes first. told: what there is
    not, by language, where more is known than the address.
    """
    texts = [
        {"told": (told or {}).get(one) or TEXTS[one]["words"].format(path=path), **TEXTS[one]}
        for one in (lang, "en" if lang == "zh" else "zh")
    ]
    return _environment().get_template("missing.html").render(lang=lang, texts=texts)


def json_for_html(data: object) -> Markup:
    """JSON that may stand inside a script element: `<` is escaped, so that no text can close the element."""
    return Markup(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


@cache
def map_modules() -> tuple[str, ...]:
    """Paths of the map page's own modules, to be loaded at once rather than one import after the other."""
    scripts = STATIC / "js"
    own = [path.relative_to(scripts) for path in scripts.rglob("*.js")]
    return tuple(sorted(path.as_posix() for path in own if path.parts[0] not in _OTHER_PAGES))


@cache
def modules_of(page: str) -> tuple[str, ...]:
    """Paths of the modules that only this page loads."""
    scripts = STATIC / "js"
    return tuple(sorted(path.relative_to(scripts).as_posix() for path in (scripts / page).glob("*.js")))


@cache
def modules_behind(script: str) -> tuple[str, ...]:
    """Paths of a page's first script and of all that it imports, whoever else uses them."""
    scripts = STATIC / "js"
    found, waiting = set(), [scripts / script]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += [
                (module.parent / name).resolve() for name in _IMPORT.findall(module.read_text("utf-8"))
            ]
    return tuple(sorted(path.relative_to(scripts).as_posix() for path in found))
