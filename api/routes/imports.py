"""POST /imports: the same import as `wangge import`, through a multipart upload."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.accounts import By, NeedsEverywhere
from gis_core import audit
from gis_core.accounts.rules import Permission
from gis_core.config import Settings
from gis_core.db import connect
from gis_core.exchange.faults import ImportRejected, Lang
from gis_core.exchange.importing import import_source
from gis_core.exchange.options import ImportOptions, assignments, estimate_settings, out_of_range
from gis_core.exchange.read import Source, read_source

router = APIRouter(tags=["imports"])

MAX_FILES = 4
MAX_FIELDS = 64
_TEXT_FIELDS = {
    "layer": "ROLE=LAYER, repeatable", "field": "MEANING=COLUMN, repeatable", "crs": "EPSG:4547",
    "datum": "wgs84, gcj02 or bd09", "metric_crs": "EPSG:4547", "community": "code for all buildings",
    "by": "column of community codes", "dataset": "name of the data set", "no_estimate": "true or false",
    "floors": "floors where unknown", "persons_per_household": "for estimated persons",
    "encoding": "e.g. gb18030", "dry_run": "true or false", "lang": "zh or en",
}  # fmt: skip
_TRUE = ("1", "true", "yes", "on")
_FALSE = ("", "0", "false", "no", "off")
_FORM_SCHEMA = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary", "description": "repeatable"}}
    | {name: {"type": "string", "description": words} for name, words in _TEXT_FIELDS.items()},
}


@router.post(
    "/imports",
    dependencies=[Depends(NeedsEverywhere(Permission.DATA_IMPORT))],
    openapi_extra={
        "requestBody": {"content": {"multipart/form-data": {"schema": _FORM_SCHEMA}}, "required": True}
    },
    responses={
        413: {"description": "larger than allowed"},
        422: {"description": "rejected, with every fault"},
    },
)
async def post_import(request: Request, by: By) -> JSONResponse:
    """Import one file (`file`, repeatable for files that complete it), all of it or nothing.

    Form fields are the options of `wangge import`. Answers 200 with mapping, rows, warnings and repairs; 422 with
    every fault when the file is rejected; 413 when it is larger than the service allows.
    """
    settings: Settings = request.app.state.settings
    form = await _form(request)
    lang: Lang = "zh" if _language(request, form, settings) == "zh" else "en"
    uploads = [upload for upload in form.getlist("file") if isinstance(upload, UploadFile)]
    if not uploads:
        raise HTTPException(422, "the form has no file: send it as the field `file`")
    unknown = sorted(set(form) - {"file", *_TEXT_FIELDS})
    if unknown:
        known = ", ".join(("file", *_TEXT_FIELDS))
        raise HTTPException(400, f"unknown form fields: {', '.join(unknown)}; the fields are {known}")
    try:
        answer = await run_in_threadpool(
            _import, uploads, form, settings, request.app.state.database_url, lang, by
        )
    except ImportRejected as rejection:
        return JSONResponse(_rejection(rejection, lang), status_code=422)
    finally:
        await form.close()
    return JSONResponse(answer)


async def _form(request: Request) -> FormData:
    """The multipart form, its files spooled to disk."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415, "send multipart/form-data with the field `file`")
    parser = MultiPartParser(request.headers, request.stream(), max_files=MAX_FILES, max_fields=MAX_FIELDS)
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, f"the form cannot be read: {error.message}") from error


def _language(request: Request, form: FormData, settings: Settings) -> str:
    accepted = request.headers.get("accept-language", "")
    return str(form.get("lang") or accepted[:2] or settings.language)


def _import(
    uploads: list[UploadFile], form: FormData, settings: Settings, database_url: str, lang: Lang, by: str
) -> dict[str, Any]:
    options = _options(form, settings)
    dry_run = _flag(form, "dry_run")
    with tempfile.TemporaryDirectory(prefix="wangge-upload-") as folder:
        files = [_saved(upload, Path(folder) / str(place)) for place, upload in enumerate(uploads)]
        source = read_source(files, options)
    with connect(database_url) as connection:
        report = import_source(connection, source, options)
        audit.record(connection, by, "data.import", ", ".join(path.name for path in files))
        if dry_run:
            connection.rollback()
    return {"dry_run": dry_run, **_mapping(source), **report.as_dict(lang)}


def _saved(upload: UploadFile, folder: Path) -> Path:
    """The upload under its own name, without any folders that the name may carry, in a folder of its own."""
    folder.mkdir()
    name = Path((upload.filename or "").replace("\\", "/").replace("\0", "")).name
    target = folder / (name if name.strip(".") else "upload")
    with target.open("wb") as sink:
        shutil.copyfileobj(upload.file, sink)
    return target


def _options(form: FormData, settings: Settings) -> ImportOptions:
    def text(name: str) -> str | None:
        value = form.get(name)
        return value.strip() or None if isinstance(value, str) else None

    floors, persons = (_number(name, text(name)) for name in ("floors", "persons_per_household"))
    return ImportOptions(
        layers=assignments(map(str, form.getlist("layer")), "layer"),
        fields=assignments(map(str, form.getlist("field")), "field"),
        crs=text("crs"),
        datum=text("datum"),
        metric_crs=text("metric_crs"),
        community=text("community"),
        by=text("by"),
        dataset=text("dataset"),
        estimate=estimate_settings(settings.estimate, floors, persons),
        estimates=not _flag(form, "no_estimate"),
        encoding=text("encoding"),
    )


def _number(option: str, text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError as error:
        raise ImportRejected([out_of_range(option, text, "not a number", "不是数")]) from error


def _flag(form: FormData, name: str) -> bool:
    told = str(form.get(name, "")).strip().lower()
    if told not in (*_TRUE, *_FALSE):
        reasons = ("neither true nor false", "应为 true 或 false")
        raise ImportRejected([out_of_range(name, told, *reasons)])
    return told in _TRUE


def _mapping(source: Source) -> dict[str, Any]:
    layers = [
        {
            "role": role,
            "layer": layer.layer_name,
            "rows": len(layer.frame),
            "fields": [
                {"meaning": choice.target, "field": choice.column, "not_taken": list(choice.passed_over)}
                for choice in layer.mapping.choices
                if choice.column is not None
            ],
        }
        for role, layer in source.layers.items()
    ]
    return {"layers": layers, "unused_layers": list(source.unused_layers)}


def _rejection(rejection: ImportRejected, lang: Lang) -> dict[str, Any]:
    parts = {"faults": "fault", "warnings": "warning", "repairs": "repair"}
    return {
        name: [fault.as_dict(lang) for fault in rejection.faults if fault.severity == severity]
        for name, severity in parts.items()
    }
