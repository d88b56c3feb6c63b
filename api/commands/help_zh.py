"""The help of the command line in Chinese, by the English that the commands are written with."""

import inspect
from collections.abc import Iterator
from typing import Any

from typer import rich_utils

_TITLES = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}

CHINESE = {
    "Show this message and exit.": "显示本说明并退出。",
    "Divide communities into management grids, and work from the map.": "把社区划分为网格，并在地图上开展工作。",
    # import
    """Check a file of buildings and load it into the database, all of it or nothing.

Exit status: 0 when it was imported (or could be, with --dry-run), 1 when the file or what an option says was
rejected, 2 when the call is not understood.""": """检查楼栋文件并导入数据库；要么全部导入，要么什么也不导入。

退出状态：0 已导入（或加 --dry-run 时可以导入）；1 文件或选项的值被拒绝；2 命令写法有误。""",
    "the file; further ones complete it, e.g. with barriers": "文件；更多文件用来补充，例如障碍物",
    "ROLE=LAYER, e.g. buildings=houses": "角色=图层，例如 buildings=houses",
    "MEANING=COLUMN, e.g. households=nb_logts": "含义=字段，例如 households=nb_logts",
    "CRS where the file declares none, e.g. EPSG:4547": "文件没有声明坐标系时所用的坐标系，例如 EPSG:4547",
    "wgs84, gcj02 (Amap, Tencent) or bd09 (Baidu)": "wgs84、gcj02（高德、腾讯）或 bd09（百度）",
    "CRS to measure in, e.g. EPSG:4547": "量算所用的坐标系，例如 EPSG:4547",
    "all buildings belong to this community": "所有楼栋都属于这个社区",
    "column that holds the community's code": "写有社区代码的字段",
    "name of the data set; else the file's": "数据集名称；不写则用文件名",
    "leave missing counts missing": "缺少的户数、人口不估算",
    "floors where unknown, for estimates": "楼层未知时按此层数估算",
    "for estimated persons": "估算人口时每户的人数",
    "encoding of the attributes, e.g. gb18030": "属性的编码，例如 gb18030",
    "write every fault to this CSV file": "把所有错误写入这个 CSV 文件",
    "check everything, change nothing": "只检查，不作任何改动",
    "do not ask": "不询问",
    "no progress bar": "不显示进度条",
    # draw
    """Draw grids and print them.

In the database, the answer becomes the community's next plan, a draft. From file to file, every community of the
file is drawn and written with the reasons of those that cannot be. Exit status: 0 when every community has an
answer, 1 when the file or what an option says is rejected, 2 when the call is not understood.""": """划分网格并打印。

在数据库中，结果成为社区的下一个方案（草案）。从文件到文件时，文件中的每个社区都划分并写出，不能划分的写明原因。
退出状态：0 每个社区都有结果；1 文件或选项的值被拒绝；2 命令写法有误。""",
    "a community's code, or a file": "社区代码，或文件",
    "rules as TOML": "TOML 格式的规则",
    "number of grids: 5, or 4-8; goes before the rules'": "网格数：5 或 4-8；优先于规则中的值",
    "the same seed gives the same plan": "随机种子；种子相同则方案相同",
    "seconds a community; then the best so far": "每个社区的秒数；到时取当时最好的方案",
    "the result": "结果文件",
    "From file to file": "从文件到文件",
    "column of the communities": "写有社区的字段",
    "layer": "图层",
    "layer of streets": "道路图层",
    "field": "字段",
    "estimate persons where the file has none, so that their rule counts": "文件没有人口时估算人口，使人口规则生效",
    "floors where unknown": "楼层未知时的层数",
    "leave missing counts at 0": "缺少的户数、人口按 0 计",
    "ROLE=LAYER, as for import": "角色=图层，与导入相同",
    "MEANING=COLUMN, as for import": "含义=字段，与导入相同",
    "CRS where the file has none": "文件没有坐标系时所用的坐标系",
    "wgs84, gcj02 or bd09": "wgs84、gcj02 或 bd09",
    "CRS to measure in": "量算所用的坐标系",
    "of the attributes": "属性的编码",
    # export, print, serve, demo, worker
    "Write a plan to a file: GeoPackage with QGIS styles, GeoJSON, Shapefile, CSV, KML or a page of HTML.":
        "把方案写入文件：带 QGIS 样式的 GeoPackage、GeoJSON、Shapefile、CSV、KML 或 HTML 网页。",
    "id, community@version, or community": "编号、社区@版本，或社区",
    "the file; one of .gpkg, .geojson, .shp.zip, .csv, .kml, .html":
        "文件；后缀为 .gpkg、.geojson、.shp.zip、.csv、.kml、.html 之一",
    "Write a wall map of a plan as PDF, with a sheet for each grid if asked for.":
        "把方案的挂图写成 PDF；需要时每个网格另加一页。",
    "the PDF to write": "要写的 PDF",
    "paper of the wall map": "挂图的纸张",
    "language of the map; none: the settings'": "图上的语言；不写则按设置",
    "add a page (A4) for each grid": "每个网格另加一页（A4）",
    "Serve the map and the API until Ctrl-C.": "提供地图和接口服务，按 Ctrl-C 结束。",
    "address to listen on; 127.0.0.1 unless told": "监听的地址；默认 127.0.0.1",
    "port; 0 takes a free one": "端口；0 表示任取一个空闲端口",
    "Import a real neighbourhood (or the file named by DATA), draw its grids and serve the map.":
        "导入一个真实的街区（或 DATA 指定的文件），划分网格并提供地图服务。",
    "Take jobs for the engine until Ctrl-C. `wangge serve` starts one; start more for more planners.":
        "执行引擎的任务，按 Ctrl-C 结束。`wangge serve` 已启动一个；规划员多时可再启动。",
    "end when the standard input does": "标准输入结束时随之结束",
    # plan
    "Look at plans; propose, adopt and retire them.": "查看方案；拟定、采用和停用方案。",
    "List all plans, newest first.": "列出全部方案，新的在前。",
    "Print a plan's grids, rules, scores and reasons.": "打印方案的网格、规则、指标和原因。",
    "Propose a draft.": "拟定草案。",
    "Adopt a proposed plan: its grid codes are issued, the plan in force is retired.":
        "采用已拟定的方案：发布网格编码，现行方案停用。",
    "Retire a plan.": "停用方案。",
    # user, token
    "Accounts: who may do what where, and how they sign in.": "账号：谁在哪里可以做什么，以及如何登录。",
    """Add an account, with its first role: everywhere, unless --area or --community is given.

Asks for a password; with none, the account signs in by a one-time link, which is printed.""":
        """添加账号及其第一个角色：不写 --area 或 --community 则为全部范围。

会询问密码；不设密码则用打印出的一次性链接登录。""",
    "name of the account, such as li.na": "账号名，例如 li.na",
    "first role; more with `wangge user grant`": "第一个角色；其他角色用 `wangge user grant`",
    "12-digit code of an admin area: the role holds in all of it": "行政区域的 12 位代码：角色在其全部范围内有效",
    "code of a community: the role holds in it alone": "社区代码：角色只在该社区有效",
    "as people read it, such as 李娜": "显示名，例如 李娜",
    "read the password from standard input": "从标准输入读取密码",
    "List accounts and their roles.": "列出账号及其角色。",
    "Give a role: in an area and all below it, in a community, or everywhere.":
        "授予角色：在一个区域及其下级、在一个社区，或在全部范围。",
    "what the account is there": "账号在那里的角色",
    "Take a role away again, named as it was given.": "收回角色，写法与授予时相同。",
    "Set an account's password; its browsers are signed out.": "设置账号的密码；其浏览器全部退出登录。",
    "Print a link that signs in once, within half an hour.": "打印半小时内有效、只能用一次的登录链接。",
    "address that people reach the server by": "人们访问服务器所用的地址",
    "Close an account: it is signed out everywhere, and its tokens do not hold.":
        "停用账号：各处退出登录，令牌失效。",
    "Open a disabled account again.": "重新启用已停用的账号。",
    "Tokens with which programs act for an account.": "令牌：程序用它代表账号操作。",
    "Print a new token of an account. It is shown this once.": "打印账号的新令牌；只显示这一次。",
    "what the token is for, such as QGIS": "令牌的用途，例如 QGIS",
    "how long it holds; unset: until revoked": "有效天数；不写则到吊销为止",
    "List tokens, newest first.": "列出令牌，新的在前。",
    "Make a token void.": "吊销令牌。",
    "id from `wangge token list`": "`wangge token list` 所列的编号",
    # incident
    "Incidents: the catalogue, the calendar, who answers for what, timers.":
        "事件：目录、日历、谁负责什么、计时。",
    "Put a CSV file in the place of what was loaded before; nothing is changed where it has a fault.":
        "用 CSV 文件替换以前载入的内容；文件有错则不作任何改动。",
    "what the file holds": "文件的内容",
    "CSV in UTF-8 (or GBK, as spreadsheets save it)": "UTF-8（或表格软件保存的 GBK）编码的 CSV",
    "Load days that differ from the calendar shipped: day,working,name; a day loaded before is replaced.":
        "载入与自带日历不同的日子：day,working,name；以前载入的同一天被替换。",
    "Say who answers for a grid: incidents there are told to them.": "指定网格的负责人：那里的事件会通知他们。",
    "code of a grid in force": "生效网格的编码",
    "name of an account": "账号名",
    "leads the grid": "网格长",
    "answers for it no longer": "不再负责",
    "Say who acts for a department; the account needs the role `department` in an area as well.":
        "指定谁代表责任单位；账号还须在某区域有 `department` 角色。",
    "code of a department": "责任单位代码",
    "acts for it no longer": "不再代表",
    """Tell where reports at many points would go, and report nothing: lon,lat,category and, if known, condition.

The answer is CSV on standard output: the same columns, with community, grid, department, level and rule.""":
        """试算许多地点的上报会派往何处，不产生事件：lon,lat,category，已知时另有 condition。

结果以 CSV 写到标准输出：原有各列，加上社区、网格、责任单位、级别和规则。""",
    "Fire the timers that are due; a server does so by itself.": "触发到期的计时；服务运行时会自动触发。",
    "the time to go by, such as 2026-12-01T09:00+08:00; unset: this moment":
        "以此时间为准，例如 2026-12-01T09:00+08:00；不写则为此刻",
    "tell what would fire, and fire nothing": "只列出会触发的，不触发",
    "Erase what has been kept for its time (WANGGE_KEEP_…); a server does so once a day.":
        "删除保存期满的数据（WANGGE_KEEP_…）；服务运行时每天自动执行。",
    "Write the measures of a period down as they are; a server does so 15 days after its end.":
        "把一个时期的指标按现状固定下来；服务在期末 15 天后自动执行。",
    "a month, quarter or year that is over: 2026-10, 2026Q3, 2025": "已结束的月、季或年：2026-10、2026Q3、2025",
    # key, area, db
    "Keys with which other people's programs report by Open311.": "密钥：他人的程序用它按 Open311 上报。",
    "Print a new key. It is shown this once.": "打印新密钥；只显示这一次。",
    "name of the program, such as citizen-app": "程序名，例如 citizen-app",
    "code of an admin area or a community: the key holds in it alone": "行政区域或社区的代码：密钥只在其中有效",
    "List keys, oldest first.": "列出密钥，旧的在前。",
    "Make a key void; its name is not given again.": "吊销密钥；名称不再使用。",
    "List the admin areas and communities that a key can be for.": "列出密钥可用的行政区域和社区。",
    "Administrative areas: cities, districts, subdistricts.": "行政区域：市、区、街道。",
    """Add areas, or rename them: code,name and, where the code does not tell, level,parent.

Codes have 12 digits, or the 2, 4, 6 or 9 that count. Communities whose codes tell where they lie are put there.""":
        """添加区域或更改名称：code,name；代码不能说明时另有 level,parent。

代码为 12 位，或其有效的 2、4、6、9 位。代码能说明所属区域的社区随之归入。""",
    "List areas with the one that each lies in.": "列出区域及其上级。",
    "Say in which area a community lies, where its code does not tell.": "指定社区所属的区域（代码不能说明时）。",
    "code of the community": "社区代码",
    "code of its area; none: it lies in none": "所属区域的代码；不写则不属于任何区域",
    "Start, stop and look at the database.": "启动、停止和查看数据库。",
    "Start the embedded server so that it stays until `wangge db stop`.":
        "启动内置数据库，直到 `wangge db stop`。",
    "Stop the embedded server.": "停止内置数据库。",
    "Tell whether the embedded server runs, and where its files are.": "显示内置数据库是否在运行，及其文件所在。",
    "Bring the schema to the newest revision.": "把数据库结构升级到最新版本。",
    "Seal personal data anew under the newest of WANGGE_SECRET_KEYS, so that older keys can go.":
        "用 WANGGE_SECRET_KEYS 中最新的密钥重新加密个人数据，之后可删去旧密钥。",
    "Print the connection URL, for psql, QGIS or ogr2ogr. The embedded server must run (`wangge db start`).":
        "打印连接地址，供 psql、QGIS 或 ogr2ogr 使用。内置数据库须在运行（`wangge db start`）。",
}  # fmt: skip


def speak_chinese(command: Any) -> None:
    """Put Chinese into the help of a command and of all below it; what has none stays English."""
    for name, title in _TITLES.items():
        setattr(rich_utils, name, title)
    for holder, name, told in helps(command):
        setattr(holder, name, CHINESE.get(told, told))


def helps(command: Any) -> Iterator[tuple[Any, str, str]]:
    """(holder, attribute, words) of every text that the help of a command and of all below it shows."""
    for one in (command, *command.params, command.get_help_option(command.context_class(command))):
        for name in ("help", "rich_help_panel"):
            told = getattr(one, name, None)
            if isinstance(told, str):
                yield one, name, inspect.cleandoc(told)
    for below in getattr(command, "commands", {}).values():
        yield from helps(below)
