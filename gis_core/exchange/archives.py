"""Zipped Shapefiles: safe unpacking, and the encoding of their attributes."""

import codecs
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import numpy as np

from gis_core.exchange.faults import Fault, ImportRejected
from gis_core.exchange.unreadable import unreadable

MAX_UNPACKED_MB = 2048
MAX_FOUND_SHOWN = 8
DATA_SUFFIXES = (".shp", ".gpkg", ".geojson", ".json", ".fgb", ".parquet", ".csv", ".pbf")
_KEPT_SUFFIXES = (*DATA_SUFFIXES, ".shx", ".dbf", ".prj", ".cpg")
_CHUNK_BYTES = 1 << 20
_CODE_PAGES = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "65001": "utf-8", "utf8": "utf-8"}


@contextmanager
def unpacked(path: Path) -> Iterator[list[Path]]:
    """The geodata files of a zip in a temporary folder, which goes away with the context.

    Members are written under names made here, so that nothing in the archive decides where a file lands; the size
    is limited while unpacking, not by what the archive's directory claims. Raises ImportRejected.
    """
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise unreadable(path.name, error) from error
    with archive, tempfile.TemporaryDirectory(prefix="wangge-import-") as folder:
        members = [info for info in archive.infolist() if not (info.is_dir() or _is_shadow(info))]
        _refuse_unsafe(members)
        wanted = {
            info: _member_name(info)
            for info in members
            if PurePosixPath(info.filename).suffix.lower() in _KEPT_SUFFIXES
        }
        if not any(name.suffix.lower() in DATA_SUFFIXES for name in wanted.values()):
            found = ", ".join(_member_name(info).name for info in members[:MAX_FOUND_SHOWN]) or "-"
            raise ImportRejected([Fault("zip_no_data", value=path.name, details={"found": found})])
        _refuse_namesakes(wanted)
        left = MAX_UNPACKED_MB << 20
        for info, name in wanted.items():
            left -= _unpack(archive, info, Path(folder) / name.name, left)
        yield sorted(file for file in Path(folder).iterdir() if file.suffix in DATA_SUFFIXES)


def _is_shadow(info: zipfile.ZipInfo) -> bool:
    """Whether macOS added the member, which repeats another one's name: `__MACOSX/._buildings.shp`."""
    path = PurePosixPath(info.filename)
    return "__MACOSX" in path.parts or path.name.startswith("._")


def _refuse_unsafe(members: list[zipfile.ZipInfo]) -> None:
    unsafe = [
        Fault("zip_unsafe", value=info.filename)
        for info in members
        if ".." in PurePosixPath(info.filename).parts
        or info.filename.startswith(("/", "\\"))
        or ":" in info.filename
    ]
    declared_mb = sum(info.file_size for info in members) >> 20
    if declared_mb > MAX_UNPACKED_MB:
        unsafe.append(Fault("zip_too_large", value=declared_mb, limit=MAX_UNPACKED_MB))
    if unsafe:
        raise ImportRejected(unsafe)


def _refuse_namesakes(wanted: Mapping[zipfile.ZipInfo, PurePosixPath]) -> None:
    """Files of one name in several folders: one would be written over the other."""
    members: dict[str, list[str]] = {}
    for info, name in wanted.items():
        members.setdefault(name.name.casefold(), []).append(info.filename)
    faults = [
        Fault("zip_namesakes", value=", ".join(found))
        for name, found in members.items()
        if len(found) > 1 and name.endswith(DATA_SUFFIXES)
    ]
    if faults:
        raise ImportRejected(faults)


def _member_name(info: zipfile.ZipInfo) -> PurePosixPath:
    """The member's file name without folders; names zipped on a Chinese Windows are GBK that claims to be CP437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        for encoding in ("utf-8", "gb18030"):
            try:
                name = info.filename.encode("cp437").decode(encoding)
                break
            except UnicodeError:
                continue
    plain = PurePosixPath(PurePosixPath(name).name)
    return plain.with_suffix(plain.suffix.lower())


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, limit: int) -> int:
    written = 0
    try:
        with archive.open(info) as source, target.open("wb") as sink:
            while chunk := source.read(_CHUNK_BYTES):
                written += len(chunk)
                if written > limit:
                    raise ImportRejected(
                        [Fault("zip_too_large", value=f"> {MAX_UNPACKED_MB}", limit=MAX_UNPACKED_MB)]
                    )
                sink.write(chunk)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise unreadable(info.filename, error) from error
    return written


def dbf_encoding(shp: Path, encoding: str | None) -> tuple[str, tuple[Fault, ...]]:
    """The encoding of a Shapefile's attributes and what has to be said about it.

    An encoding given, or declared by a .cpg file, is obeyed and must fit. Without either, UTF-8 is tried strictly,
    then GB18030 (which contains GBK and GB2312), and the choice is said.
    """
    cpg, dbf = _sibling(shp, ".cpg"), _sibling(shp, ".dbf")
    declared = encoding or (cpg.read_text("ascii", "ignore").strip() if cpg else "")
    texts = _dbf_texts(dbf.read_bytes()) if dbf else []
    if declared:
        name = _python_name(declared)
        try:
            fits = _decodes(texts, name)
        except LookupError:
            fits = False
        if not fits:
            raise ImportRejected([Fault("text_encoding", layer=shp.stem, value=declared)])
        return name, ()
    if _decodes(texts, "utf-8"):
        return "utf-8", ()
    return "gb18030", (Fault("text_guessed", layer=shp.stem, value="GB18030"),)


def is_utf8(encoding: str) -> bool:
    """Whether a name means UTF-8, however it is written."""
    try:
        return codecs.lookup(_python_name(encoding)).name in ("utf-8", "utf-8-sig")
    except LookupError:
        return False


def _python_name(encoding: str) -> str:
    """The name by which Python knows an encoding; code pages of Windows go by their numbers."""
    return _CODE_PAGES.get(encoding.lower().removeprefix("cp").replace("-", ""), encoding)


def _sibling(shp: Path, suffix: str) -> Path | None:
    return next(
        (path for path in (shp.with_suffix(suffix), shp.with_suffix(suffix.upper())) if path.exists()), None
    )


def _dbf_texts(content: bytes) -> list[bytes]:
    """Names and character values of a dBASE file, as bytes; layout: 32-byte header, 32 bytes a field, records."""
    rows = int.from_bytes(content[4:8], "little")
    header_size, record_size = (
        int.from_bytes(content[8:10], "little"),
        int.from_bytes(content[10:12], "little"),
    )
    if len(content) < header_size or not record_size:
        return []
    names, spans, start = [], [], 1
    for position in range(32, header_size - 1, 32):
        descriptor = content[position : position + 32]
        if descriptor[:1] == b"\r" or len(descriptor) < 32:
            break
        names.append(descriptor[:11].split(b"\0")[0])
        if descriptor[11:12] == b"C":
            spans.append((start, start + descriptor[16]))
        start += descriptor[16]
    rows = min(rows, (len(content) - header_size) // record_size)
    records = np.frombuffer(content, np.uint8, rows * record_size, header_size).reshape(rows, record_size)
    return names + [text for a, b in spans for text in _distinct_rows(records[:, a:b])]


def _distinct_rows(block: np.ndarray) -> list[bytes]:
    """The distinct values of one column that hold anything but ASCII."""
    beyond_ascii = block[(block > 127).any(axis=1)]
    return [row.tobytes().rstrip() for row in np.unique(beyond_ascii, axis=0)] if len(beyond_ascii) else []


def _decodes(texts: list[bytes], encoding: str) -> bool:
    """Whether all texts are in the encoding; a last character cut by the field's width is forgiven."""
    for text in texts:
        for cut in range(4):
            try:
                text[: len(text) - cut].decode(encoding)
                break
            except UnicodeDecodeError as error:
                if error.start < len(text) - 4:
                    return False
        else:
            return False
    return True
