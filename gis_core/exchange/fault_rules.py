"""The rules that an import checks: one entry a rule, with its severity, its words and the way out, zh and en.

Placeholders: {value}, {limit}, {field}, {layer}, {id} and what a check adds (see `Fault.details`).
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["fault", "warning", "repair"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says when it is broken, and what to do, in both languages. A `fault` rejects the file."""

    severity: Severity
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""


RULES: dict[str, Rule] = {
    # --- the file ---
    "file_missing": Rule(
        "fault", "找不到文件 {value}", "there is no file {value}", "检查路径", "check the path"
    ),
    "file_empty": Rule(
        "fault",
        "文件 {value} 是空的（0 字节）",
        "the file {value} is empty (0 bytes)",
        "重新导出或重新上传文件",
        "export or send the file again",
    ),
    "format_unknown": Rule(
        "fault",
        "不认识 {value} 的格式",
        "the format of {value} is not known",
        "可用格式：{limit}",
        "use one of {limit}",
    ),
    "file_unreadable": Rule(
        "fault",
        "无法读取文件 {value}：{reason}",
        "the file {value} cannot be read: {reason}",
        "文件可能已损坏或不完整，请重新导出",
        "it is damaged, cut short or of another format: export it again",
    ),
    "zip_no_data": Rule(
        "fault",
        "压缩包 {value} 中没有 .shp 或其他地理数据文件（内有：{found}）",
        "the zip {value} holds no .shp or other geodata file (it holds: {found})",
        "把 .shp、.shx、.dbf、.prj 一起压缩",
        "zip the .shp together with its .shx, .dbf and .prj",
    ),
    "zip_unsafe": Rule(
        "fault",
        "压缩包成员名 {value} 指向压缩包之外",
        "the zip's member {value} points outside of the archive",
        "重新压缩，不要使用绝对路径或 ..",
        "zip the files again without absolute paths and without ..",
    ),
    "zip_too_large": Rule(
        "fault",
        "压缩包解开后为 {value} MB，超过上限 {limit} MB",
        "the zip unpacks to {value} MB, more than the limit of {limit} MB",
        "拆分文件，或直接导入未压缩的文件",
        "split the file, or import it unpacked",
    ),
    "text_encoding": Rule(
        "fault",
        "属性文字不是文件声明的编码 {value}",
        "the attributes are not in the declared encoding {value}",
        "用 --encoding 指定正确编码，例如 --encoding gb18030",
        "give the right one, for example --encoding gb18030",
    ),
    "text_guessed": Rule(
        "warning",
        "文件未声明编码，且不是 UTF-8，按 {value} 读取",
        "the file declares no encoding and is not UTF-8: read as {value}",
        "如有乱码，用 --encoding 指定",
        "if the names look wrong, give --encoding",
    ),
    "option_malformed": Rule(
        "fault",
        "{option} 的值 {value} 不是“键=值”",
        "{option} {value} is not KEY=VALUE",
        "例如 --layer buildings=楼栋",
        "write it like --layer buildings=houses",
    ),
    "option_out_of_range": Rule(
        "fault",
        "选项 {option} 的值 {value} 超出范围：{reason}",
        "option {option} is {value}: {reason}",
        "改正选项",
        "correct the option",
    ),
    # --- layers and fields ---
    "layer_unknown": Rule(
        "fault",
        "没有名为 {value} 的图层（选项 --layer {role}）",
        "there is no layer {value} (option --layer {role})",
        "文件中的图层：{limit}",
        "the file's layers are: {limit}",
    ),
    "role_unknown": Rule(
        "fault",
        "--layer 的用途 {value} 不认识",
        "--layer knows no role {value}",
        "可用：{limit}",
        "use one of: {limit}",
    ),
    "layer_ambiguous": Rule(
        "fault",
        "多个图层都可能是{role}：{value}",
        "several layers could be the {role}: {value}",
        "用 --layer {role}=图层名 选定一个",
        "choose one with --layer {role}=NAME",
    ),
    "buildings_missing": Rule(
        "fault",
        "没有找到建筑物图层（文件中的图层：{value}）",
        "no layer of buildings was found (the layers are: {value})",
        "用 --layer buildings=图层名 指定；若只导入其他图层，请逐一用 --layer 指定",
        "name it with --layer buildings=NAME; to import other layers alone, name each with --layer",
    ),
    "layer_empty": Rule(
        "fault", "图层没有任何要素", "the layer has no features", "重新导出图层", "export the layer again"
    ),
    "field_unknown": Rule(
        "fault",
        "没有名为 {value} 的字段（选项 {option}）",
        "there is no field {value} (option {option})",
        "图层的字段：{limit}",
        "the layer's fields are: {limit}",
    ),
    "target_unknown": Rule(
        "fault", "--field 不认识 {value}", "--field knows no {value}", "可用：{limit}", "use one of: {limit}"
    ),
    "csv_no_coordinates": Rule(
        "fault",
        "CSV 没有坐标列（列名：{value}）",
        "the CSV has no columns of coordinates (its columns are: {value})",
        "需要 lon/lat、lng/lat、x/y、经度/纬度 或 wkt 列",
        "it needs lon/lat, lng/lat, x/y, 经度/纬度 or wkt columns",
    ),
    "csv_bad_coordinates": Rule(
        "fault",
        "坐标 {value} 不是数",
        "the coordinates {value} are not numbers",
        "改正坐标",
        "correct the coordinates",
    ),
    "point_footprints": Rule(
        "warning",
        "{value} 栋建筑只有点坐标，以边长 {limit} 米的方块代替占地",
        "{value} buildings are points: each gets a square of {limit} m as its footprint",
        "这些建筑的户数不做估算；有轮廓数据时请改用轮廓",
        "their households are never estimated; use footprints where you can",
    ),
    # --- where on the earth ---
    "crs_missing": Rule(
        "fault",
        "没有坐标系",
        "the layer has no CRS",
        "用 --crs EPSG:代码 指定（经纬度为 EPSG:4326；网络地图坐标加 --datum gcj02 或 bd09）",
        "give --crs EPSG:CODE (EPSG:4326 for degrees; with --datum gcj02 or bd09 for web map coordinates)",
    ),
    "crs_unknown": Rule(
        "fault",
        "坐标系 {value} 无法识别",
        "the CRS {value} is not known",
        "写成 EPSG:4547 的形式",
        "write it like EPSG:4547",
    ),
    "crs_conflict": Rule(
        "fault",
        "文件声明坐标系 {value}，--crs 却是 {limit}",
        "the file declares {value} but --crs says {limit}",
        "去掉 --crs，或先改正文件的声明",
        "leave --crs out, or correct the file's declaration first",
    ),
    "crs_replaced": Rule(
        "warning",
        "文件声明的坐标系 {value} 与坐标不符，按 --crs 用 {limit}",
        "the declared CRS {value} does not fit the coordinates: {limit} of --crs is used",
    ),
    "coordinates_implausible": Rule(
        "fault",
        "坐标 {value} 不可能属于坐标系 {limit}",
        "the coordinates {value} cannot be in {limit}",
        "坐标系声明有误：用 --crs 指定真正的坐标系",
        "the declared CRS is wrong: give the true one with --crs",
    ),
    "coordinates_swapped": Rule(
        "fault",
        "坐标 {value} 的经度和纬度颠倒了",
        "longitude and latitude are swapped in {value}",
        "交换两列（先经度，后纬度）",
        "swap the two: longitude comes first",
    ),
    "coordinates_not_finite": Rule(
        "fault",
        "坐标含有 NaN 或无穷大",
        "a coordinate is NaN or infinite",
        "改正几何",
        "correct the geometry",
    ),
    "datum_unknown": Rule(
        "fault", "--datum 不认识 {value}", "--datum knows no {value}", "可用：{limit}", "use one of {limit}"
    ),
    "datum_needs_degrees": Rule(
        "fault",
        "--datum {value} 只适用于经纬度，坐标系却是 {limit}",
        "--datum {value} needs degrees but the CRS is {limit}",
        "导出为经纬度后再导入，或去掉 --datum",
        "export the layer in degrees, or leave --datum out",
    ),
    "looks_like_gcj02": Rule(
        "fault",
        "看起来是 GCJ-02 坐标：只有 {value} 的建筑落在界线内，按 GCJ-02 换算后为 {limit}",
        "looks like GCJ-02: {value} of the buildings lie in the boundary as declared, {limit} once converted",
        "用 --datum gcj02 导入；若确为 WGS84，用 --datum wgs84",
        "use --datum gcj02, or --datum wgs84 if it truly is WGS 84",
    ),
    "moved_like_gcj02": Rule(
        "fault",
        "看起来是 GCJ-02 坐标：与数据库中同编号要素整体相差约 {value} 米，正是 GCJ-02 的偏移",
        "looks like GCJ-02: features known by their ids are moved by about {value} m, the offset of GCJ-02",
        "用 --datum gcj02 导入；若确为 WGS84，用 --datum wgs84",
        "use --datum gcj02, or --datum wgs84 if it truly is WGS 84",
    ),
    "metric_crs_not_metric": Rule(
        "fault",
        "--metric-crs {value} 不能量米（网络地图投影或经纬度）",
        "--metric-crs {value} does not measure metres (a web map's projection, or degrees)",
        "去掉该选项，或用 EPSG:{limit}",
        "leave it out, or use EPSG:{limit}",
    ),
    # --- geometry ---
    "geometry_null": Rule(
        "fault", "没有几何", "the geometry is missing", "补上几何或删除此行", "add it or delete the row"
    ),
    "geometry_empty": Rule(
        "fault", "几何为空", "the geometry is empty", "补上几何或删除此行", "add it or delete the row"
    ),
    "geometry_type": Rule(
        "fault",
        "几何类型是 {value}，需要 {limit}",
        "the geometry is a {value} where {limit} is needed",
        "用 --layer 选择正确的图层",
        "choose the right layer with --layer",
    ),
    "geometry_invalid": Rule(
        "fault",
        "几何无效且无法修复：{value}",
        "the geometry is invalid and cannot be repaired: {value}",
        "重新绘制此面",
        "draw it again",
    ),
    "geometry_repaired": Rule(
        "repair", "几何无效（{value}），已修复", "the geometry was invalid ({value}) and has been repaired"
    ),
    "geometry_left_out": Rule(
        "warning", "{value} 不能作为障碍，已略去", "a {value} cannot be a barrier: left out"
    ),
    "fragments_left_out": Rule(
        "warning",
        "{value} 个要素在提取范围边缘被截断、没有面积，已略去",
        "{value} features that the edge of the extract cut to nothing are left out",
    ),
    # --- ids and texts ---
    "id_duplicate": Rule(
        "fault",
        "编号 {value} 重复（首次出现在第 {limit} 行）",
        "the id {value} occurs again (first in row {limit})",
        "改正编号，或用 --field source_id=字段 指定唯一编号",
        "make ids unique, or give --field source_id=COLUMN",
    ),
    "id_missing": Rule("fault", "没有编号", "the id is missing", "补上编号", "add it"),
    "id_derived": Rule(
        "warning",
        "图层没有编号字段，编号由几何推出",
        "the layer has no field of ids: ids are derived from the geometry",
        "几何改动后会被当作新要素；用 --field source_id=字段 指定编号",
        "a changed geometry counts as a new feature; give --field source_id=COLUMN where there is one",
    ),
    "text_too_long": Rule(
        "fault",
        "文字有 {value} 个字符，上限 {limit}",
        "the text has {value} characters, the limit is {limit}",
        "缩短文字",
        "shorten it",
    ),
    # --- counts ---
    "count_not_number": Rule(
        "fault",
        "“{value}”不是数",
        "“{value}” is not a number",
        "改为整数或留空",
        "give a whole number, or leave it empty",
    ),
    "count_not_finite": Rule(
        "fault",
        "{value} 不是有限数",
        "{value} is not a finite number",
        "改为整数或留空",
        "give a whole number, or leave it empty",
    ),
    "count_negative": Rule(
        "fault", "{value} 是负数", "{value} is negative", "改为 0 或更大的整数", "give 0 or more"
    ),
    "count_fractional": Rule(
        "fault", "{value} 不是整数", "{value} is not a whole number", "改为整数", "give a whole number"
    ),
    "count_absurd": Rule(
        "fault",
        "{value} 超过合理上限 {limit}",
        "{value} is more than the plausible limit of {limit}",
        "改正数值，或检查字段是否选对（--field）",
        "correct it, or check the choice of the field (--field)",
    ),
    "density_absurd": Rule(
        "fault",
        "{value} 户住在 {area} 平方米建筑面积内，每户不足 {limit} 平方米",
        "{value} households in {area} m2 of gross floor area leave less than {limit} m2 to each",
        "改正户数或楼层数",
        "correct the households or the floors",
    ),
    "floors_rounded": Rule(
        "repair", "楼层数 {value} 已取整为 {limit}", "floors {value} were rounded up to {limit}"
    ),
    "kind_unknown": Rule(
        "fault",
        "“{value}”不是计数来源",
        "“{value}” is not a way a count is known",
        "可用：{limit}",
        "use one of {limit}",
    ),
    "households_missing": Rule(
        "warning",
        "{limit} 栋建筑中有 {value} 栋没有户数",
        "{value} of {limit} buildings have no number of households",
        "缺少的户数由占地和楼层估算并标明“估算”；--no-estimate 则记为 0、来源不明",
        "missing ones are estimated from footprint and floors and marked so; "
        "--no-estimate leaves them at 0, unknown",
    ),
    "persons_missing": Rule(
        "warning",
        "{limit} 栋建筑中有 {value} 栋没有人口数",
        "{value} of {limit} buildings have no number of persons",
        "缺少的人口按每户人数估算并标明“估算”；--no-estimate 则记为 0、来源不明",
        "missing ones are estimated by persons a household and marked so; "
        "--no-estimate leaves them at 0, unknown",
    ),
    # --- between features ---
    "duplicate_footprint": Rule(
        "warning",
        "与第 {limit} 行占地相同，户数都计入",
        "the footprint is the same as row {limit}'s: the households of both count",
        "若是同一栋楼，删除其中一行",
        "delete one of them if they are the same building",
    ),
    "overlap": Rule(
        "warning",
        "与第 {limit} 行建筑重叠，占较小者的 {value}",
        "overlaps the building of row {limit} by {value} of the smaller one",
        "检查两栋建筑的轮廓",
        "check the two footprints",
    ),
    "outside_boundary": Rule(
        "fault",
        "在社区 {limit} 界线之外 {value} 米",
        "lies {value} m outside of the boundary of community {limit}",
        "检查社区代码、界线或坐标系",
        "check the community's code, the boundary or the CRS",
    ),
    "outside_communities": Rule(
        "fault",
        "不在任何社区界线之内",
        "lies in no community's boundary",
        "补充界线，或用 --community 或 --by 指定社区",
        "add the boundary, or name the community with --community or --by",
    ),
    "community_unknown": Rule(
        "fault",
        "社区 {value} 既不在界线图层中，也不在数据库中",
        "community {value} is neither in the layer of communities nor known",
        "改正社区代码，或补充其界线",
        "correct the code, or add its boundary",
    ),
    "community_missing": Rule(
        "fault", "没有社区代码", "the community's code is missing", "补上代码", "add it"
    ),
    "communities_overlap": Rule(
        "fault",
        "与社区 {limit} 重叠 {value} 平方米",
        "overlaps community {limit} by {value} m2",
        "改正界线",
        "correct the boundaries",
    ),
    "placed_nowhere": Rule(
        "warning",
        "不在任何社区界线之内，已略去",
        "lies in no community's boundary: left out",
        "补充界线，或用 --community 指定社区",
        "add the boundary, or name the community with --community",
    ),
    "boundary_hull": Rule(
        "warning",
        "社区 {value} 没有界线，以建筑外包代替",
        "community {value} has no boundary: a hull of its buildings is used",
        "导入界线（--layer boundary=… 或 communities=…）",
        "import its boundary (--layer boundary=… or communities=…)",
    ),
    "rows_absent": Rule(
        "warning",
        "数据集中有 {value} 行不在文件里，予以保留",
        "{value} rows of the data set are not in the file: they are kept",
    ),
}
