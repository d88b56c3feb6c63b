"""Rules about rows: geometries, ids, counts, and features among each other.

Placeholders: {value}, {limit}, {field}, {layer}, {id} and what a check adds (see `Fault.details`).
"""

from gis_core.exchange.fault_rule import Rule

ROW_RULES: dict[str, Rule] = {
    # geometry
    "geometry_null": Rule(
        "fault",
        "没有几何，或几何不成形（如少于四点的环）",
        "the geometry is missing, or is none (such as a ring of less than four points)",
        "补上几何、重新绘制或删除此行",
        "add it, draw it again or delete the row",
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
    # ids and texts
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
    # counts
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
    "kind_contradicted": Rule(
        "fault",
        "来源写“无”，却有计数 {value}",
        "the kind of the count is “none”, yet the count is {value}",
        "来源改为 real 或 estimated，或清空计数",
        "make the kind real or estimated, or leave the count empty",
    ),
    "count_boolean": Rule(
        "fault",
        "字段是真假值，不是计数",
        "the column holds true and false, no counts",
        "用 --field 选择计数的字段，或改为整数",
        "choose the column of counts with --field, or give whole numbers",
    ),
    "households_missing": Rule(
        "warning",
        "{limit} 栋楼中有 {value} 栋没有户数",
        "{value} of {limit} buildings have no number of households",
        "缺少的户数由占地和楼层估算并标明“估算”；--no-estimate 则记为 0、来源不明",
        "missing ones are estimated from footprint and floors and marked so; "
        "--no-estimate leaves them at 0, unknown",
    ),
    "floors_assumed": Rule(
        "warning",
        "{value} 栋楼的层数和高度未知，估算户数时按 {limit} 层计",
        "{value} buildings have neither floors nor height: their households are estimated with {limit} floors",
        "用 --floors 指定其他层数",
        "give another number with --floors",
    ),
    "persons_missing": Rule(
        "warning",
        "{limit} 栋楼中有 {value} 栋没有人口数",
        "{value} of {limit} buildings have no number of persons",
        "缺少的人口按每户人数估算并标明“估算”；--no-estimate 则记为 0、来源不明",
        "missing ones are estimated by persons a household and marked so; "
        "--no-estimate leaves them at 0, unknown",
    ),
    # between features
    "duplicate_footprint": Rule(
        "warning",
        "与第 {limit} 行占地相同，户数都计入",
        "the footprint is the same as row {limit}'s: the households of both count",
        "若是同一栋楼，删除其中一行",
        "delete one of them if they are the same building",
    ),
    "overlap": Rule(
        "warning",
        "与第 {limit} 行楼栋重叠，占较小者的 {value}",
        "overlaps the building of row {limit} by {value} of the smaller one",
        "检查两栋楼的轮廓",
        "check the two footprints",
    ),
    "outside_boundary": Rule(
        "fault",
        "在社区 {limit} 边界之外 {value} 米",
        "lies {value} m outside of the boundary of community {limit}",
        "检查社区代码、边界或坐标系",
        "check the community's code, the boundary or the CRS",
    ),
    "outside_communities": Rule(
        "fault",
        "不在任何社区边界之内",
        "lies in no community's boundary",
        "补充边界，或用 --by 指定写明社区的字段（导入时也可用 --community 指定社区）",
        "add the boundary, or name the column of communities with --by (an import takes --community as well)",
    ),
    "community_missing": Rule(
        "fault",
        "没有写明社区，也不在任何社区边界之内",
        "no community is named, and the building lies in no community's boundary",
        "填写社区代码，或补充边界",
        "fill in the community's code, or add its boundary",
    ),
    "community_unknown": Rule(
        "fault",
        "社区 {value} 既不在边界图层中，也不在数据库中",
        "community {value} is neither in the layer of communities nor known",
        "改正社区代码，或补充其边界",
        "correct the code, or add its boundary",
    ),
    "community_ambiguous": Rule(
        "fault",
        "有多个社区名为 {value}：{limit}",
        "several communities are called {value}: {limit}",
        "用社区代码代替名称",
        "give the community's code instead of its name",
    ),
    "communities_overlap": Rule(
        "fault",
        "与社区 {limit} 重叠 {value} 平方米",
        "overlaps community {limit} by {value} m2",
        "改正边界",
        "correct the boundaries",
    ),
    "ground_of_another": Rule(
        "warning",
        "社区 {value} 与已有的社区 {limit} 重叠，占较小者的 {share}：其中的楼栋可能重复计算",
        "the ground of community {value} is that of community {limit} as well, {share} of the smaller one: "
        "buildings there may count twice",
        "改正边界",
        "correct the boundaries",
    ),
    "placed_nowhere": Rule(
        "warning",
        "不在任何社区边界之内，已略去",
        "lies in no community's boundary: left out",
        "补充边界，或用 --community 指定社区",
        "add the boundary, or name the community with --community",
    ),
    "boundary_hull": Rule(
        "warning",
        "社区 {value} 没有边界，由楼栋外围推出",
        "community {value} has no boundary: a hull of its buildings is used",
        "导入边界（--layer boundary=… 或 communities=…）",
        "import its boundary (--layer boundary=… or communities=…)",
    ),
    "rows_absent": Rule(
        "warning",
        "数据集中有 {value} 行不在文件里，予以保留",
        "{value} rows of the data set are not in the file: they are kept",
    ),
}
