"""Photographs as they are kept: turned upright, small, in sRGB, and without a word on who took them, where and when."""

import hashlib
import io
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageDraw, ImageFile, ImageOps, UnidentifiedImageError

from gis_core.errors import InvalidInputError

MOST_BYTES = 12 * 1024 * 1024
"""Size of a photograph that is taken in."""
MOST_PIXELS = 50_000_000
"""Width times height of a photograph that is taken in."""
FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82
_strict = threading.Lock()
_MOST_SIDE_TO_SIDE = 20_000
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")


@dataclass(frozen=True)
class CleanPhoto:
    """A JPEG without metadata; width and height in pixels."""

    content: bytes
    width: int
    height: int


def digests(photos: Iterable[tuple[str, CleanPhoto]]) -> tuple[tuple[str, str], ...]:
    """(kind, SHA-256) of each photo: what tells whether the same ones come again."""
    return tuple((kind, hashlib.sha256(photo.content).hexdigest()) for kind, photo in photos)


def clean_photo(content: bytes, *, longest_px: int = 2048) -> CleanPhoto:
    """The photograph as a progressive JPEG in sRGB without metadata, turned as its EXIF says.

    content: JPEG, PNG or WebP; of moving pictures the first frame is taken, what is transparent turns white.
    longest_px: its longer side at most; smaller ones keep their size. Raises InvalidInputError for what is too large,
    no such picture, or broken off. Width and height are read before anything is decoded.
    """
    with _opened(content) as image:
        try:
            # A JPEG is decoded at an eighth to a whole of its size, whichever is the least that is enough.
            image.draft("RGB", (longest_px, longest_px))
            with _nothing_missing():
                image.load()
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise _broken() from error
        # Colours of a palette cannot be mixed.
        small = image if image.mode not in ("P", "1") else image.convert("RGBA")
        small.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return _jpeg(_on_white(_in_srgb(ImageOps.exif_transpose(small))))


@contextmanager
def _nothing_missing() -> Iterator[None]:
    """For the time of the block, what is cut short is an error; printing lets it pass, for the whole process."""
    with _strict:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def redact_photo(content: bytes, boxes: Sequence[tuple[int, int, int, int]]) -> bytes:
    """The photograph with black rectangles, as a JPEG without metadata of the same size.

    boxes: (x, y, width, height) in pixels from the upper left corner, such as faces and plates; what lies outside is
    left out. Raises InvalidInputError as `clean_photo` does, and for boxes that cover nothing of the picture.
    """
    clean = clean_photo(content, longest_px=_MOST_SIDE_TO_SIDE)
    missing = [box for box in boxes if not _covers(box, clean.width, clean.height)]
    if missing:
        listed = ", ".join(str(tuple(box)) for box in missing)
        raise InvalidInputError(
            f"The photo is {clean.width} x {clean.height} px; of these boxes (x, y, width, height) nothing lies in it: "
            f"{listed}. Draw them on the photo.",
            f"照片为 {clean.width}×{clean.height} 像素；以下遮盖框（x、y、宽、高）不在照片内：{listed}。"
            "请在照片上重新框选。",
        )
    with Image.open(io.BytesIO(clean.content)) as image:
        image.load()
        draw = ImageDraw.Draw(image)
        for x, y, width, height in boxes:
            draw.rectangle((x, y, x + width - 1, y + height - 1), fill=(0, 0, 0))
        return _jpeg(image).content


def _covers(box: tuple[int, int, int, int], width: int, height: int) -> bool:
    x, y, wide, high = box
    return wide > 0 and high > 0 and x < width and y < height and x + wide > 0 and y + high > 0


def _opened(content: bytes) -> Image.Image:
    """The picture with its header read and nothing decoded."""
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 2**20
        raise InvalidInputError(
            f"The photo has more than {most} MiB. Send a smaller one.",
            f"照片超过 {most} MiB。请换一张较小的照片。",
        )
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF:
        raise InvalidInputError(
            "The photo is a HEIC or AVIF file. Send it as JPEG, PNG or WebP: on an iPhone choose Settings, Camera, "
            "Formats, Most Compatible.",
            "照片为 HEIC 或 AVIF 格式。请改用 JPEG、PNG 或 WebP：iPhone 可在“设置－相机－格式”中选“兼容性最佳”。",
        )
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels("") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            raise _broken() from error
        raise InvalidInputError(
            "The file is not a JPEG, PNG or WebP picture. Choose a photo.",
            "文件不是 JPEG、PNG 或 WebP 图片。请选择照片。",
        ) from error
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels(f"{image.width} x {image.height} px")
    return image


def _too_many_pixels(size: str) -> InvalidInputError:
    most = MOST_PIXELS // 1_000_000
    return InvalidInputError(
        f"The photo has more than {most} megapixels{size and f' ({size})'}. Send a smaller one.",
        f"照片超过 {most * 100} 万像素{size and f'（{size}）'}。请换一张较小的照片。",
    )


def _broken() -> InvalidInputError:
    return InvalidInputError(
        "The photo is broken or was cut short on its way. Send it again.",
        "照片已损坏或未传完。请重新上传。",
    )


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours turned to sRGB where the picture has a profile that can be read."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if image.mode == "RGBA" else "RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    above = image.convert("RGBA")
    below = Image.new("RGB", image.size, "white")
    below.paste(above, mask=above.getchannel("A"))
    return below


def _jpeg(image: Image.Image) -> CleanPhoto:
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    file = io.BytesIO()
    bare.save(file, "JPEG", quality=_QUALITY, progressive=True, optimize=True)
    return CleanPhoto(file.getvalue(), bare.width, bare.height)
