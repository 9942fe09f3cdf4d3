"""Claims about planner.yaml: what it says, which file wins, and that faults name their line."""

from pathlib import Path

import pytest

from planner.errors import BadFileError
from planner.files.settings import UserSettings, configuration_folder, read_settings

GUID = "12345678-9abc-4def-8123-456789abcdef"
WHOLE = f"""\
home_region: japaneast
boundary: EU
staleness_days: 14
using: lists/using.yaml
accounts:
  prod: {GUID}
  aws-main: 012345678901
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A working folder."""
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


def read(here: Path, text: str = "", user: str | None = None) -> UserSettings:
    """The settings of a working folder and, where given, of the user's configuration."""
    (here / "planner.yaml").write_text(text, encoding="utf-8")
    configuration = here.parent / "configuration"
    configuration.mkdir()
    if user is not None:
        (configuration / "planner.yaml").write_text(user, encoding="utf-8")
    return read_settings(here, configuration)


def test_each_setting_is_read(here: Path) -> None:
    """Ids keep their first zeros, a path is beside its file, the boundary has its usual name."""
    found = read(here, WHOLE)
    assert (found.home_region, found.boundary, found.staleness_days) == ("japaneast", "eu", 14)
    assert found.using == here / "lists" / "using.yaml"
    assert found.accounts == {GUID: "prod", "012345678901": "aws-main"}
    assert found.files == (here / "planner.yaml",)


def test_the_nearer_file_wins_setting_by_setting(here: Path) -> None:
    """What ./planner.yaml leaves out, the user's own file tells; accounts of both are known."""
    found = read(
        here, f"boundary: us\naccounts:\n  mine: {GUID}\n", user=WHOLE.replace("prod", "theirs")
    )
    assert (found.boundary, found.home_region) == ("us", "japaneast")
    assert found.accounts == {GUID: "mine", "012345678901": "aws-main"}
    assert found.using == here.parent / "configuration" / "lists" / "using.yaml"
    assert len(found.files) == 2


def test_without_a_file_the_usual_values_hold(tmp_path: Path) -> None:
    """Nothing is known, and what is older than 30 days is stale."""
    assert read_settings(tmp_path, tmp_path / "none") == UserSettings()
    assert UserSettings().staleness_days == 30


def test_an_empty_file_says_nothing(here: Path) -> None:
    """A file of comments alone is no fault."""
    assert read(here, "# later\n") == UserSettings(files=(here / "planner.yaml",))


def test_the_configuration_folder_follows_the_desktop_rules(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """$XDG_CONFIG_HOME/planner, else ~/.config/planner."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "x"))
    assert configuration_folder() == tmp_path / "x" / "planner"
    monkeypatch.setenv("XDG_CONFIG_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert configuration_folder() == tmp_path / ".config" / "planner"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("home_regoin: x\n", "1: unknown key 'home_regoin'; did you mean home_region?"),
        ("boundary: no\n", "1: boundary is 'no' unquoted, which YAML reads as true or false; "),
        ("boundary: mars\n", "1: boundary 'mars' is not known; give anywhere, on-premises,"),
        ("staleness_days: 1e1\n", "1: staleness_days is '1e1'; write a whole number such as"),
        ("staleness_days: -3\n", "1: staleness_days is '-3'; write a whole number such as"),
        ("home_region: a\nhome_region: b\n", "2: key 'home_region' stands twice, first on line 1"),
        ("home_region: [a]\n", "1: home_region is a sequence; give one word"),
        ("accounts: prod\n", "1: a scalar where keys belong; write key: value"),
        ("accounts:\n  prod: [a]\n", "2: prod is a sequence; give one value"),
        ("accounts:\n  prod:\n", "2: prod has no id; give it its own"),
        (f"accounts:\n  a: {GUID}\n  b: {GUID}\n", "3: b has the id of another alias; give it"),
        ("- a\n", "1: a sequence where keys belong; write key: value"),
        ("home_region: 'a\n", "1: found unexpected end of stream; mend the YAML"),
    ],
)
def test_a_fault_names_file_and_line(here: Path, text: str, message: str) -> None:
    """One line: where, what, and how to mend it."""
    with pytest.raises(BadFileError) as caught:
        read(here, text)
    assert str(caught.value).startswith(f"{here}/planner.yaml:{message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [f"accounts:\n  {GUID}: prod\n", "accounts:\n  a b: 1\n"])
def test_an_id_in_an_aliass_place_is_not_quoted(here: Path, text: str) -> None:
    """Who writes them the other way round is told so without the id."""
    with pytest.raises(
        BadFileError, match=r"planner\.yaml:2: an alias .*; write alias: id$"
    ) as caught:
        read(here, text)
    assert GUID not in str(caught.value)
