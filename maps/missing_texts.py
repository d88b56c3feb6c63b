"""Texts of the page for an address that has none, in Chinese and English."""

TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "lang": "zh-CN", "query": "?lang=zh", "brand": "网格", "title": "没有这个页面",
        "words": "本站没有 {path} 这个地址。请检查地址是否有误，或从下面的页面进入。",
        "map": "社区网格（须登录）", "report": "上报问题", "public": "公开的事件地图",
    },
    "en": {
        "lang": "en", "query": "?lang=en", "brand": "Wangge", "title": "There is no such page",
        "words": "This site has no address {path}. Check how it is written, or begin at one of these pages.",
        "map": "Community grids (sign in)", "report": "Report an incident", "public": "The public map of incidents",
    },
}  # fmt: skip
