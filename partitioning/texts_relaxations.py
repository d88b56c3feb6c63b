"""Sentences about changes of rules that admit a plan, in Chinese and English."""

from collections.abc import Mapping

RELAXATION_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "least": "Lowering the least {rule} to {value} would allow it.",
        "most": "Raising the most {rule} to {value} would allow it.",
        "tolerance": "Widening the {rule} tolerance to {value} would allow it.",
        "release": "Releasing the locks of {buildings} would allow it.",
        "share": "Letting {pairs} share a grid would allow it.",
        "merge": "Letting grids lie in several patches would allow it.",
    },
    "zh": {
        "least": "将{rule}下限降到 {value} 即可。",
        "most": "将{rule}上限提高到 {value} 即可。",
        "tolerance": "将{rule}容差放宽到 {value} 即可。",
        "release": "解除楼栋 {buildings} 的锁定即可。",
        "share": "允许 {pairs} 同属一个网格即可。",
        "merge": "允许网格跨片区即可。",
    },
}
"""Changes that admit a plan, while smaller ones are proven not to."""

REACHED_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "least": (
            "The least {rule} would have to be lowered to {value} or less; with {reached} there is a plan."
        ),
        "most": "The most {rule} would have to be raised to {value} or more; with {reached} there is a plan.",
        "tolerance": (
            "The {rule} tolerance would have to be widened to {value} or more; with {reached} there is a plan."
        ),
        "release": "Releasing the locks of {buildings} would allow it; perhaps fewer would do.",
        "share": "Letting {pairs} share a grid would allow it; perhaps fewer pairs would do.",
        "merge": "Letting grids lie in several patches would allow it; perhaps fewer would do.",
    },
    "zh": {
        "least": "{rule}下限至少需降到 {value}；降到 {reached} 时已有可行方案。",
        "most": "{rule}上限至少需提高到 {value}；提高到 {reached} 时已有可行方案。",
        "tolerance": "{rule}容差至少需放宽到 {value}；放宽到 {reached} 时已有可行方案。",
        "release": "解除楼栋 {buildings} 的锁定即可；或许解除更少也可行。",
        "share": "允许 {pairs} 同属一个网格即可；或许更少也可行。",
        "merge": "允许网格跨片区即可；或许放宽部分片区也可行。",
    },
}
"""Changes below which there is no plan, and those with which one was found."""

NEED_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "least": "The least {rule} would have to be lowered to {value} or less.",
        "most": "The most {rule} would have to be raised to {value} or more.",
        "tolerance": "The {rule} tolerance would have to be widened to {value} or more.",
        "release": "At least {value} of the locked or held buildings would have to be released, such as {buildings}.",
        "share": "At least {value} of these pairs would have to be allowed in one grid, such as {pairs}.",
        "merge": "Grids would have to lie in several patches.",
    },
    "zh": {
        "least": "{rule}下限至少需降到 {value}。",
        "most": "{rule}上限至少需提高到 {value}。",
        "tolerance": "{rule}容差至少需放宽到 {value}。",
        "release": "至少需解除其中 {value} 栋楼的锁定或固定，例如 {buildings}。",
        "share": "至少需允许其中 {value} 对同属一个网格，例如 {pairs}。",
        "merge": "网格须跨片区。",
    },
}
"""Changes below which there is no plan; whether they do is not known."""
