"""Forms that Open311's clients send: urlencoded or multipart, UTF-8, with photographs."""

from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.bodies import MOST_FORM_BYTES
from api.deps import request_language
from gis_core.incidents.reports import MOST_PHOTOS

MOST_FIELDS = 1000
PHOTO_FIELDS = ("media", "media[]")


@dataclass
class SentForm:
    """Fields in the order in which they came, and the files of the field `media`."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    photos: list[UploadFile] = field(default_factory=list)

    def first(self, name: str) -> str:
        """The first value of a field, "" where there is none."""
        return next((value.strip() for key, value in self.pairs if key == name), "")


async def sent_form(request: Request) -> SentForm:
    """The body of a request; empty where it is no form.

    Raises:
        HTTPException: it is too large (413), or cannot be read (400).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request)
    if kind == "application/x-www-form-urlencoded":
        return SentForm(_pairs(request, await request.body()))
    return SentForm()


Form = Annotated[SentForm, Depends(sent_form)]


def _pairs(request: Request, body: bytes) -> list[tuple[str, str]]:
    """Bytes above 127 that were not escaped are taken for UTF-8 too: `curl -d` sends them so."""
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise _refusal(request, 400, "The form is not UTF-8.", "表单不是 UTF-8 编码。") from error
    except ValueError as error:
        raise _too_many(request) from error


async def _multipart(request: Request) -> SentForm:
    parser = MultiPartParser(
        request.headers,
        request.stream(),
        max_files=MOST_PHOTOS + 1,
        max_fields=MOST_FIELDS,
        max_part_size=MOST_FORM_BYTES,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, UnicodeDecodeError, LookupError) as error:
        raise _refusal(
            request,
            400,
            f"The multipart form cannot be read: {error}.",
            f"无法读取 multipart 表单：{error}。",
        ) from error
    sent = SentForm()
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if name in PHOTO_FIELDS:
                sent.photos.append(value)
        else:
            sent.pairs.append((name, value))
    return sent


def _too_many(request: Request) -> HTTPException:
    return _refusal(
        request, 400, f"The form has more than {MOST_FIELDS} fields.", f"表单超过 {MOST_FIELDS} 个字段。"
    )


def _refusal(request: Request, status: int, en: str, zh: str) -> HTTPException:
    return HTTPException(status, zh if request_language(request) == "zh" else en)
