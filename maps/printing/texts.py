"""Texts of printed maps, in Chinese and English; what the one-file report says too is said in the same words."""

from maps.report_texts import TEXTS as REPORT

_MORE: dict[str, dict[str, str]] = {
    "zh": {
        "legend": "图例", "border": "网格边界", "boundary": "社区边界", "road": "道路", "railway": "铁路",
        "water": "水域", "wall": "围墙", "version": "第{version}版 · 修订{revision}", "rules": "规则",
        "apart_grid": "分成 {value} 块", "broken": "{count}{told}", "next": "，",
        "true_north": "真北", "grid_north": "坐标北", "printed": "制图日期 {date}",
        "crs": "坐标系 EPSG:{srid}", "sheet": "网格 {number}", "neighbours": "相邻网格",
        "list": "楼栋与户数", "table": "各网格一览", "hectares": "公顷", "no_neighbours": "无",
        "estimated_note": "* 为估计数", "unknown_note": "– 为没有数据",
        "held_count": "{held} / {all} 个网格符合全部规则", "turned": "坐标北与真北相差 {degrees}°",
    },
    "en": {
        "legend": "Legend", "border": "grid border", "boundary": "community boundary", "road": "road",
        "railway": "railway", "water": "water", "wall": "wall", "version": "version {version} · revision {revision}",
        "rules": "Rules", "apart_grid": "{value} pieces", "broken": "{count}: {told}", "next": "; ",
        "true_north": "true north", "grid_north": "grid north",
        "printed": "Map of {date}", "crs": "CRS EPSG:{srid}", "sheet": "Grid {number}", "neighbours": "Neighbours",
        "list": "Buildings and households", "table": "Table of grids", "hectares": "ha", "no_neighbours": "none",
        "estimated_note": "* estimated", "unknown_note": "– not known",
        "held_count": "{held} of {all} grids keep all rules", "turned": "grid north is {degrees}° off true north",
    },
}  # fmt: skip
TEXTS = {lang: REPORT[lang] | _MORE[lang] for lang in ("zh", "en")}
