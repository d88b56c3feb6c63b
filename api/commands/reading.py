"""How a file is read, as commands print it: layers, the column behind each meaning, and what was left unused."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.commands.plan_table import Lang
from gis_core.exchange.read import Source

_WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "title": "读取方式", "role": "用途", "layer": "图层", "rows": "行数", "column": "含义", "source": "字段",
        "passed": "未采用", "unused": "未使用的图层：{names}", "metric": "按 EPSG:{epsg} 量测",
        "households": "户数", "persons": "人口", "named": "字段",
        "numbers": "没有找到{meanings}字段。未使用的数字字段：{columns}。如属其中之一，请用 {options} 指定",
    },
    "en": {
        "title": "How the file is read", "role": "role", "layer": "layer", "rows": "rows", "column": "meaning",
        "source": "field", "passed": "not taken", "unused": "Layers not used: {names}",
        "metric": "Measured in EPSG:{epsg}",
        "households": "households", "persons": "persons", "named": "COLUMN",
        "numbers": "No field was found for {meanings}. Fields of numbers that are not used: {columns}. "
        "If one of these is meant, name it with {options}",
    },
}  # fmt: skip


def print_reading(console: Console, source: Source, lang: Lang, option: str) -> None:
    """Print how layers and fields are understood. option: how a field is told, such as `--field {meaning}=`."""
    words = _WORDS[lang]
    titles = (words[name] for name in ("role", "layer", "rows", "column", "source", "passed"))
    table = Table(*titles, title=words["title"])
    for role, layer in source.layers.items():
        head = [role, escape(layer.layer_name), str(len(layer.frame))]
        for target, column, passed_over in layer.mapping.rows() or [("", "", "")]:
            table.add_row(*head, target, escape(column), escape(passed_over))
            head = ["", "", ""]
    console.print(table)
    console.print(words["metric"].format(epsg=source.metric_epsg))
    if source.unused_layers:
        console.print(words["unused"].format(names=", ".join(source.unused_layers)), markup=False)
    buildings = source.layers.get("buildings")
    if buildings is None:
        return
    lacking = [name for name in ("households", "persons") if buildings.mapping.column(name) is None]
    unused = buildings.unused_numbers() if lacking else []
    if unused:
        joint = "、" if lang == "zh" else ", "
        told = {
            "meanings": joint.join(words[name] for name in lacking),
            "columns": ", ".join(unused),
            "options": joint.join(option.format(meaning=name) + words["named"] for name in lacking),
        }
        console.print(words["numbers"].format(**told), markup=False, soft_wrap=True)
