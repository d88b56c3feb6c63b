"""The documentation hangs together: links lead somewhere, decisions are numbered and complete."""

import re
from pathlib import Path

import pytest

from gis_core.accounts.rules import PERMISSIONS, Permission, Role

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)|(?:src|href)=\"([^\"]+)\"")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", flags=re.MULTILINE | re.DOTALL)


def anchor_of(heading: str) -> str:
    """The anchor that GitHub and GitLab give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors_in(page: Path) -> set[str]:
    return {anchor_of(heading) for heading in re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)}


def relative_links(page: Path) -> list[str]:
    links = (first or second for first, second in LINK.findall(CODE.sub("", page.read_text())))
    return [link for link in links if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_to_a_file_and_a_heading(page: Path) -> None:
    broken = []
    for link in relative_links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_in(target)):
            broken.append(link)
    assert broken == []


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    listed = relative_links(ROOT / "docs" / "adr" / "README.md")
    assert listed == [page.name for page in DECISIONS]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_decision_has_context_decision_and_consequences(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text(), flags=re.MULTILINE)
    assert headings[:3] == ["Context", "Decision", "Consequences"]
    assert set(headings[3:]) <= {"Measured"}


def test_the_table_of_permissions_is_that_of_the_code() -> None:
    text = (ROOT / "docs/planner.md").read_text()
    rows = [
        line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `") and "✓" in line
    ]
    table = {cells[0].strip().split("`")[1]: [cell.strip() == "✓" for cell in cells[1:]] for cells in rows}
    assert table == {str(one): [one in PERMISSIONS[role] for role in Role] for one in Permission}
