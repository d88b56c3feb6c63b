"""The one palette of grids, for the page, the report and QGIS, and the styles made of it.

Eight colours chosen by search so that any two of them stay apart for normal, protanopic and deuteranopic eyes
(`tests/pages/test_palette.py` computes the distances). From the ninth grid on the colours come again with a
pattern; a grid's number is always drawn as well, so that nothing depends on colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import quoteattr

COLOURS = ("#6484e6", "#e2bd55", "#386d54", "#7eedd4", "#7b5f92", "#9dc3fc", "#975103", "#96a76e")
UNASSIGNED = "#d4d7da"
INK = "#26323d"

Pattern = Literal["solid", "diagonal", "cross", "dots"]
PATTERNS: tuple[Pattern, ...] = ("solid", "diagonal", "cross", "dots")
_QGIS_BRUSH = {"solid": "solid", "diagonal": "b_diagonal", "cross": "diagonal_x", "dots": "dense5"}


@dataclass(frozen=True)
class GridStyle:
    """How one grid is drawn: fill colour (`#rrggbb`) and pattern."""

    colour: str
    pattern: Pattern


def grid_style(number: int) -> GridStyle:
    """Style of the grid with this number (1, 2, ...): colours in turn, then the same colours with patterns."""
    index = number - 1
    return GridStyle(
        colour=COLOURS[index % len(COLOURS)], pattern=PATTERNS[index // len(COLOURS) % len(PATTERNS)]
    )


STATE_STYLES = {
    "none": GridStyle("#e6e9ec", "solid"),
    "draft": GridStyle("#f3dc8c", "dots"),
    "proposed": GridStyle("#7aa7e8", "diagonal"),
    "adopted": GridStyle("#4f8f72", "solid"),
    "broken": GridStyle("#d9480f", "cross"),
}
"""How a community is drawn by the state of its plans, in the order of a legend."""


def state_palette() -> dict[str, object]:
    """The styles of states as plain data, as the city page reads it."""
    states = {
        name: {"colour": style.colour, "pattern": style.pattern} for name, style in STATE_STYLES.items()
    }
    return {"states": states, "ink": INK}


def palette() -> dict[str, object]:
    """The palette as plain data, as the map page reads it."""
    return {
        "colours": list(COLOURS),
        "patterns": list(PATTERNS),
        "unassigned": UNASSIGNED,
        "ink": INK,
    }


def text_colour(fill: str) -> str:
    """Black-ish or white, whichever has the higher WCAG contrast on the fill."""
    luminance = relative_luminance(fill)
    dark = relative_luminance(INK)
    on_dark_text = (luminance + 0.05) / (dark + 0.05)
    on_white_text = 1.05 / (luminance + 0.05)
    return INK if on_dark_text >= on_white_text else "#ffffff"


def relative_luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour `#rrggbb`, 0-1 (WCAG 2.2, definition of relative luminance)."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def grid_style_qml(numbers: Sequence[int], *, column: str = "number") -> str:
    """QGIS style (QML) of polygons categorised by grid number, in the plan's colours and with number labels.

    column: "number" for the layer of grids, "grid" for the layer of buildings. Grids get a translucent fill, a
    dashed dark border and their number as label; buildings an opaque fill and no label. Rows without a grid are
    drawn grey.
    """
    buildings = column == "grid"
    symbols, categories = [], []
    for position, number in enumerate(sorted(set(numbers))):
        style = grid_style(number)
        symbols.append(_symbol(position, style, buildings=buildings))
        categories.append(_category(str(number), position, str(number)))
    rest = len(categories)
    symbols.append(_symbol(rest, GridStyle(UNASSIGNED, "solid"), buildings=buildings))
    categories.append(_category("", rest, "–"))
    return "\n".join(
        (
            "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>",
            f'<qgis version="3.22" styleCategories="Symbology|Labeling" labelsEnabled="{int(not buildings)}">',
            f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(column)} enableorderby="0" forceraster="0">',
            "<categories>",
            *categories,
            "</categories>",
            "<symbols>",
            *symbols,
            "</symbols>",
            "</renderer-v2>",
            "" if buildings else _labels(column),
            "</qgis>",
        )
    )


def _category(value: str, symbol: int, label: str) -> str:
    kind = "integer" if value else "string"
    return (
        f'<category value="{value}" type="{kind}" symbol="{symbol}" label={quoteattr(label)} render="true"/>'
    )


def _symbol(name: int, style: GridStyle, *, buildings: bool) -> str:
    """One fill symbol: a solid ground, and over it the pattern's brush in the ink colour where there is one."""
    ground = _fill(
        style.colour, "solid", line="solid" if buildings else "dash", width=0.2 if buildings else 0.7
    )
    hatch = "" if style.pattern == "solid" else _fill(INK, _QGIS_BRUSH[style.pattern], line="no", width=0)
    return (
        f'<symbol name="{name}" type="fill" alpha="{1 if buildings else 0.45}" clip_to_extent="1" '
        f'force_rhr="0">{ground}{hatch}</symbol>'
    )


def _fill(colour: str, brush: str, *, line: str, width: float) -> str:
    options = {
        "color": _rgba(colour),
        "style": brush,
        "outline_color": _rgba(INK),
        "outline_style": line,
        "outline_width": str(width),
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    rows = "".join(
        f'<Option type="QString" name="{name}" value={quoteattr(value)}/>' for name, value in options.items()
    )
    props = "".join(f'<prop k="{name}" v={quoteattr(value)}/>' for name, value in options.items())
    return (
        '<layer class="SimpleFill" enabled="1" locked="0" pass="0">'
        f'<Option type="Map">{rows}</Option>{props}</layer>'
    )


def _labels(column: str) -> str:
    """Number labels with a white halo, placed inside the polygon."""
    return (
        '<labeling type="simple"><settings calloutType="simple">'
        f'<text-style fieldName={quoteattr(column)} isExpression="0" fontSize="14" fontSizeUnit="Point" '
        f'fontWeight="75" namedStyle="Bold" textColor="{_rgba(INK)}" textOpacity="1">'
        '<text-buffer bufferDraw="1" bufferSize="1" bufferSizeUnits="MM" bufferColor="255,255,255,255" '
        'bufferOpacity="0.9"/></text-style>'
        '<placement placement="1" centroidInside="1" centroidWhole="1"/>'
        '<rendering drawLabels="1" obstacle="1"/></settings></labeling>'
    )


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5)) + ",255"
