"""Photographs are kept upright, small and without a word on who took them, where and when."""

import io
import struct
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from gis_core.errors import InvalidInputError
from gis_core.incidents.photos import MOST_BYTES, CleanPhoto, clean_photo, redact_photo

SECRETS = (b"SECRET", b"Exif", b"GPS", b"xap/1.0", b"ICC_PROFILE", b"Maker", b"2026:11:28")


def halves(width: int = 80, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), (255, 0, 0))
    image.paste((0, 0, 255), (width // 2, 0, width, height))
    return image.convert(mode)


def saved(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def opened(photo: CleanPhoto | bytes) -> Image.Image:
    image = Image.open(io.BytesIO(photo if isinstance(photo, bytes) else photo.content))
    image.load()
    return image


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "SECRET Maker"
    tags[0x013B] = "SECRET artist"
    tags[0x0132] = "2026:11:28 08:30:00"
    tags.get_ifd(0x8825).update({1: "N", 2: (27.0, 37.0, 12.0), 3: "E", 4: (113.0, 51.0, 0.0)})
    return tags


def noise(width: int, height: int, seed: int = 7) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 40  # type: ignore[call-overload]


def test_position_time_maker_and_comments_are_gone() -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET</x:xmpmeta>'
    told = saved(halves(), exif=exif(), xmp=xmp, comment=b"SECRET", icc_profile=srgb())
    assert Image.open(io.BytesIO(told)).getexif().get_ifd(0x8825)[2] == (27.0, 37.0, 12.0)
    assert all(word in told for word in SECRETS if word != b"GPS")
    photo = clean_photo(told)
    image = opened(photo)
    assert not image.getexif()
    assert set(image.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }
    assert [word for word in SECRETS if word in photo.content] == []


def test_texts_of_png_and_webp_are_gone() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "SECRET")
    words.add_itxt("XML:com.adobe.xmp", "SECRET")
    for told in (
        saved(halves(), "PNG", pnginfo=words, exif=exif()),
        saved(halves(), "WEBP", exif=exif(), xmp=b"SECRET"),
    ):
        assert b"SECRET" in told
        photo = clean_photo(told)
        assert opened(photo).format == "JPEG"
        assert b"SECRET" not in photo.content


@pytest.mark.parametrize(
    ("orientation", "size", "red", "blue"),
    [
        (1, (80, 40), (5, 20), (75, 20)),
        (2, (80, 40), (75, 20), (5, 20)),
        (3, (80, 40), (75, 20), (5, 20)),
        (6, (40, 80), (20, 5), (20, 75)),
        (8, (40, 80), (20, 75), (20, 5)),
    ],
)
def test_a_photo_stands_upright(
    orientation: int, size: tuple[int, int], red: tuple[int, int], blue: tuple[int, int]
) -> None:
    photo = clean_photo(saved(halves(), exif=exif(orientation)))
    assert (photo.width, photo.height) == opened(photo).size == size
    assert near(opened(photo).getpixel(red), (255, 0, 0))
    assert near(opened(photo).getpixel(blue), (0, 0, 255))


@pytest.mark.parametrize(
    ("size", "kept"), [((4000, 3000), (2048, 1536)), ((1000, 3000), (683, 2048)), ((300, 200), (300, 200))]
)
def test_the_longer_side_has_2048_pixels_at_most(size: tuple[int, int], kept: tuple[int, int]) -> None:
    photo = clean_photo(saved(halves(*size)))
    assert (photo.width, photo.height) == kept
    assert opened(photo).info.get("progressive")


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "P", "1", "RGBA", "LA", "I;16"])
def test_every_kind_of_pixel_is_taken(mode: str) -> None:
    image = Image.new("I;16", (80, 40)) if mode == "I;16" else halves().convert("RGB").convert(mode)
    photo = clean_photo(saved(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert opened(photo).mode == "RGB"


def test_what_is_transparent_turns_white() -> None:
    photo = clean_photo(saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG"))
    assert near(opened(photo).getpixel((10, 10)), (255, 255, 255))


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_colours_of_another_profile_are_turned_to_srgb_and_a_broken_profile_does_no_harm() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    for profile, form in ((srgb(), "JPEG"), (b"no profile", "PNG"), (lab, "PNG")):
        photo = clean_photo(saved(halves(), form, icc_profile=profile))
        assert b"ICC_PROFILE" not in photo.content
    assert near(opened(clean_photo(saved(halves(), icc_profile=srgb()))).getpixel((5, 20)), (255, 0, 0))


def test_of_moving_pictures_the_first_frame_is_taken() -> None:
    for form in ("PNG", "WEBP", "MPO"):
        told = saved(
            Image.new("RGB", (20, 20), "red"),
            form,
            save_all=True,
            append_images=[Image.new("RGB", (20, 20), "blue")],
        )
        assert near(opened(clean_photo(told)).getpixel((10, 10)), (255, 0, 0))


def refusal(content: bytes) -> tuple[str, str]:
    with pytest.raises(InvalidInputError) as raised:
        clean_photo(content)
    return raised.value.text("en"), raised.value.text("zh")


def test_a_file_too_large_is_refused_with_its_size_and_the_limit() -> None:
    en, zh = refusal(saved(halves()) + bytes(30 * 2**20))
    assert en == "The photo has more than 12 MiB. Send a smaller one."
    assert zh == "照片超过 12 MiB。请换一张较小的照片。"
    assert clean_photo(saved(halves()) + bytes(MOST_BYTES - 100_000)).width == 80


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff", b"Dear desk, see the photo\n", b"GIF89a" + bytes(50)]
)
def test_a_file_that_is_no_photo_is_refused(content: bytes) -> None:
    assert refusal(content) == (
        "The file is not a JPEG, PNG or WebP picture. Choose a photo.",
        "文件不是 JPEG、PNG 或 WebP 图片。请选择照片。",
    )


def test_other_formats_that_the_library_reads_are_refused() -> None:
    for form in ("GIF", "TIFF", "BMP", "PPM", "ICO"):
        assert "not a JPEG, PNG or WebP" in refusal(saved(halves(), form))[0]


def test_heic_is_refused_with_a_way_out() -> None:
    en, zh = refusal(struct.pack(">I4s4s", 24, b"ftyp", b"heic") + bytes(100))
    assert "Most Compatible" in en
    assert "兼容性最佳" in zh


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_cut_short_is_refused(form: str) -> None:
    whole = saved(noise(300, 200), form)
    for part in (0.3, 0.6, 0.9):
        assert refusal(whole[: int(len(whole) * part)]) == (
            "The photo is broken or was cut short on its way. Send it again.",
            "照片已损坏或未传完。请重新上传。",
        )


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [7072, 12_000, 30_000, 2**31 - 1])
def test_a_small_file_that_would_unpack_to_very_much_is_refused_unopened(side: int) -> None:
    tracemalloc.start()
    en, zh = refusal(bomb(side, side))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert en.startswith("The photo has more than 50 megapixels")
    assert zh.startswith("照片超过 5000 万像素")
    assert most < 2**20


def test_threads_do_not_disturb_each_other() -> None:
    photos = [saved(noise(200 + 10 * number, 100, number)) for number in range(16)]
    alone = [clean_photo(photo) for photo in photos]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(clean_photo, photos)) == alone


def test_boxes_turn_black_and_the_rest_stays() -> None:
    photo = clean_photo(saved(halves(160, 80), exif=exif()))
    image = opened(redact_photo(photo.content, [(16, 16, 32, 32), (144, 64, 100, 100)]))
    assert image.size == (160, 80)
    for covered in ((18, 18), (46, 46), (146, 66), (159, 79)):
        assert near(image.getpixel(covered), (0, 0, 0))
    for bare in ((4, 4), (60, 60), (130, 50)):
        assert near(image.getpixel(bare), opened(photo).getpixel(bare))


def test_boxes_beside_the_photo_are_refused_all_at_once() -> None:
    with pytest.raises(InvalidInputError) as raised:
        redact_photo(saved(halves()), [(0, 0, 5, 5), (80, 0, 5, 5), (3, 3, 0, 9), (-9, 0, 9, 9)])
    assert "80 x 40 px" in str(raised.value)
    assert "(80, 0, 5, 5), (3, 3, 0, 9), (-9, 0, 9, 9). Draw" in str(raised.value)
    assert "不在照片内：(80, 0, 5, 5)" in raised.value.text("zh")
