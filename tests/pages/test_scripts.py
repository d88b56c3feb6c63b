"""The page's own scripts: their tests, their types, and how much they weigh."""

import gzip
import subprocess
from pathlib import Path

from maps.pages import STATIC, json_for_html, map_modules, map_page, modules_behind

ROOT = Path(__file__).resolve().parents[2]
PLANNER_BYTES = 150_000


def run(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pure_scripts_pass_their_tests() -> None:
    run("node", "--test", *sorted((ROOT / "tests" / "js").glob("*.test.mjs")), cwd=ROOT)


def test_scripts_and_styles_stay_light() -> None:
    files = [
        *(STATIC / "js" / name for name in map_modules()),
        STATIC / "css/map.css",
        STATIC / "css/edit.css",
    ]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < PLANNER_BYTES


def test_settings_cannot_close_the_script_element() -> None:
    page = map_page("zh", caption="</script><b>")
    assert "</script><b>" not in page
    assert json_for_html("<") == '"\\u003c"'


def test_the_pages_of_residents_name_every_module_that_they_load() -> None:
    """What is not named is not kept for when there is no network."""
    for page, other in (
        ("report", set()),
        ("follow", {"report/db.js", "report/form.js", "report/photos.js"}),
    ):
        named = set(modules_behind(f"{page}/main.js"))
        own = {f"{page}/{path.name}" for path in (STATIC / "js" / page).glob("*.js")} - {
            "report/types.js",
            "report/texts_en.js",
            "report/texts_zh.js",
        }
        assert own | other | {"asking.js", "dom.js", "lang.js"} <= named
    assert not {"api.js", "report/types.js", "report/main.js"} & named
