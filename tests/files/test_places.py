"""Claims about where the data is: the user's own folder first, then the carried one."""

from pathlib import Path

import pytest

from planner.errors import UsageError
from planner.files.places import carried_folder, folders, own_folder

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("what", ["snapshots", "pricing"])
def test_a_checkout_carries_its_own_folders(what: str) -> None:
    """Run from its repository, the program finds the data at the repository's root."""
    assert carried_folder(what) == ROOT / what


def test_a_folder_in_the_working_directory_comes_before_the_carried_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """./snapshots is the user's own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "snapshots").mkdir()
    assert folders("snapshots", None) == [Path("snapshots"), ROOT / "snapshots"]


def test_without_an_own_folder_there_is_the_carried_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an empty folder every analysis still has data; a file of that name is no folder."""
    monkeypatch.chdir(tmp_path)
    assert folders("snapshots", None) == [ROOT / "snapshots"]
    (tmp_path / "snapshots").write_text("no folder")
    assert folders("snapshots", None) == [ROOT / "snapshots"]


def test_a_chosen_folder_wins_over_the_working_directorys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--snapshots DIR is used instead of ./snapshots."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "mine").mkdir()
    assert own_folder("snapshots", tmp_path / "mine") == tmp_path / "mine"


def test_a_chosen_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    """The message names the folder and the option."""
    with pytest.raises(UsageError, match="nowhere is no folder; give --pricing an existing one"):
        own_folder("pricing", tmp_path / "nowhere")
    assert UsageError.exit_code == 2


def test_in_its_own_repository_the_carried_data_is_not_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There ./snapshots is the carried folder, also behind a link."""
    monkeypatch.chdir(ROOT)
    assert folders("snapshots", None) == [ROOT / "snapshots"]
    (tmp_path / "link").symlink_to(ROOT / "snapshots")
    assert own_folder("snapshots", tmp_path / "link") is None
