"""Rules about a file as a whole: its format, layers, fields and place on the earth.

Placeholders: {value}, {limit}, {field}, {layer}, {id} and what a check adds (see `Fault.details`).
"""

from gis_core.exchange.fault_rule import Rule

FILE_RULES: dict[str, Rule] = {
    # the file
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
        "无法读取文件 {value}：{reason_zh}",
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
    "zip_namesakes": Rule(
        "fault",
        "压缩包中有同名文件：{value}",
        "the zip holds files of the same name: {value}",
        "只保留一个，或改名后重新压缩",
        "keep one of them, or give them different names",
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
    "encoding_unused": Rule(
        "warning",
        "此格式的文字总是 UTF-8，未使用编码 {value}",
        "texts of this format are UTF-8 always: the encoding {value} is not used",
        "去掉 --encoding",
        "leave --encoding out",
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
        "例如 {option} {example_zh}",
        "write it like {option} {example}",
    ),
    "option_out_of_range": Rule(
        "fault",
        "选项 {option} 的值 {value} 超出范围：{reason_zh}",
        "option {option} is {value}: {reason}",
        "改正选项",
        "correct the option",
    ),
    # layers and fields
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
        "没有找到楼栋图层（文件中的图层：{value}）",
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
    "csv_ragged": Rule(
        "fault",
        "该行有 {value} 个值，表头有 {limit} 列",
        "the row has {value} values, the header {limit} columns",
        "补齐或删去多余的值；含分隔符的文字要加引号",
        "give each row as many values as the header; put texts that hold a separator in quotes",
    ),
    "csv_column_twice": Rule(
        "fault",
        "表头中 {value} 出现多次",
        "the header names {value} more than once",
        "给各列不同的名称",
        "give the columns different names",
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
        "{value} 栋楼只有点坐标，以边长 {limit} 米的方块代替占地",
        "{value} buildings are points: each gets a square of {limit} m as its footprint",
        "这些楼的户数不做估算；有轮廓数据时请改用轮廓",
        "their households are never estimated; use footprints where you can",
    ),
    # where on the earth
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
        "坐标系有误：用 --crs 指定真正的坐标系",
        "the CRS is wrong: give the true one with --crs",
    ),
    "coordinates_astray": Rule(
        "fault",
        "坐标 {value} 不可能属于坐标系 {limit}，其余各行则可能",
        "the coordinates {value} cannot be in {limit}, where those of most rows can",
        "改正该行的坐标",
        "correct the row's coordinates",
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
    "known_elsewhere": Rule(
        "fault",
        "{count} 栋楼中有 {value} 栋已在数据集 {limit} 中：再导入一次会重复计算户数",
        "{value} of {count} buildings stand in the data set {limit} already: their households would count twice",
        "用 --dataset {limit} 更新该数据集",
        "use --dataset {limit} to bring that data set up to date",
    ),
    "looks_like_gcj02": Rule(
        "fault",
        "看起来是 GCJ-02 坐标：只有 {value} 的楼栋落在边界内，按 GCJ-02 换算后为 {limit}",
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
    "metric_crs_elsewhere": Rule(
        "fault",
        "--metric-crs {value} 不适用于此地：面积误差 {error}",
        "--metric-crs {value} is made for another place: areas would be wrong by {error} here",
        "去掉该选项，或用 EPSG:{limit}",
        "leave it out, or use EPSG:{limit}",
    ),
}
