"""What the README shows is what the program prints."""

import re
from pathlib import Path

import pytest

from planner.cli.main import run

README = Path(__file__).parent.parent / "README.md"
SHOWN = re.findall(r"```console\n\$ planner (.*)\n((?:.*\n)*?)```", README.read_text("utf-8"))


def test_the_readme_shows_the_main_commands() -> None:
    """Help, regions and breakeven are shown with their output."""
    assert [call.split()[0] for call, _ in SHOWN].count("regions") == 2
    assert [call.split()[0] for call, _ in SHOWN].count("breakeven") == 2
    assert "--help" in [call for call, _ in SHOWN]


@pytest.mark.parametrize(("call", "shown"), SHOWN, ids=[call for call, _ in SHOWN])
def test_output_is_real(
    call: str,
    shown: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each shown call prints, on 80 columns, what stands below it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert run(call.split()) == 0
    assert capsys.readouterr().out.rstrip("\n") == shown.rstrip("\n")
