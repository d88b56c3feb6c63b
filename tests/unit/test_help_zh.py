"""The help of the command line in Chinese: every text of it, and none that is shown no more."""

import typer

from api.cli import build
from api.commands.help_zh import CHINESE, helps, speak_chinese


def test_every_help_has_its_chinese_and_nothing_else() -> None:
    shown = {told for _, _, told in helps(typer.main.get_command(build()))}
    assert shown - CHINESE.keys() == set()
    assert CHINESE.keys() - shown == set()
    assert all(
        any("\u4e00" <= letter <= "\u9fff" for letter in words) or words.isascii()
        for words in CHINESE.values()
    )


def test_a_command_and_its_options_speak_chinese() -> None:
    command = typer.main.get_command(build("draw"))
    speak_chinese(command)
    assert command.commands["draw"].help.startswith("划分网格并打印。")
    assert {words for _, _, words in helps(command)} <= set(CHINESE.values())
