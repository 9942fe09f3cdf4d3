"""Claims about the carried licences of open models."""

from collections import Counter
from pathlib import Path

import pytest

from planner.core.licences import LicenceStatus
from planner.errors import BadFileError
from planner.files.hardware import architectures
from planner.files.licences import licence_of, licences

HEAD = "model,licence,commercial_use,status,source,retrieved_on\n"


def test_every_architecture_has_a_licence_and_no_other_model_has() -> None:
    """97 models have a known shape, and so many rows there are."""
    assert set(licences()) == {a.model for a in architectures()}
    assert len(licences()) == 97


def test_what_is_recalled_says_so() -> None:
    """Six licences are recalled and have no source; the others name what was read, and when."""
    recalled = {m for m, one in licences().items() if one.status is LicenceStatus.RECALLED}
    assert recalled == {
        "codellama-7b",
        "deepseek-v3.2",
        "elyza-japanese-llama-2-7b-fast",
        "gemma-2-27b",
        "llama-13b",
        "mistral-small-2409",
    }
    assert {licences()[model].source for model in recalled} == {"recalled"}
    counts = Counter(one.retrieved_on is None for one in licences().values())
    assert counts == {False: 91, True: 6}


@pytest.mark.parametrize(
    ("model", "licence"),
    [
        ("llama-2-7b", "llama2"),
        ("llama-3.1-8b", "llama3.1"),
        ("llama-3.3-70b", "llama3.3"),
        ("llama-4-scout-17b-16e", "llama4"),
        ("gpt-oss-120b", "apache-2.0"),
        ("phi-4", "mit"),
        ("gemma-3-27b", "gemma"),
        ("gemma-4-31b", "apache-2.0"),
        ("qwen2.5-7b", "apache-2.0"),
        ("qwen2.5-3b", "qwen-research"),
        ("qwen2.5-72b", "qwen"),
        ("deepseek-v3", "deepseek"),
        ("deepseek-r1", "mit"),
        ("kimi-k2", "modified-mit"),
        ("mistral-large-2407", "mrl"),
        ("command-r", "cc-by-nc-4.0"),
        ("llama-65b", "other"),
    ],
)
def test_known_licences(model: str, licence: str) -> None:
    """Sizes and versions of one family differ, and a modified MIT licence is not MIT."""
    found = licence_of(model)
    assert found is not None
    assert found.licence == licence


def test_a_model_that_no_row_names_has_no_licence() -> None:
    """Nothing is concluded from a relative: the distilled Llama of DeepSeek has no row."""
    assert licence_of("deepseek-r1-distill-llama-8b") is None
    assert licence_of("gpt-4o") is None


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("phi-4,MIT,,verified,a page,2026-11-26", "licence of phi-4 is MIT; write it in lower"),
        ("phi-4,mit,,verified,a page,", "phi-4: a verified licence has a date"),
        ("phi-4,mit,,recalled,recalled,2026-11-26", "phi-4: .*a recalled one has none"),
        ("phi-4,mit,,guessed,a page,2026-11-26", "Invalid enum value 'guessed'"),
        ("phi-2,mit,,verified,a page,2026-11-26", "phi-2 has a licence above"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, row: str, fault: str) -> None:
    """A row that says too much or too little ends with the file, the line and what to do."""
    path = tmp_path / "licences.csv"
    path.write_text(f"{HEAD}phi-2,mit,,verified,a page,2026-11-26\n{row}\n", encoding="utf-8")
    with pytest.raises(BadFileError, match=rf"licences.csv:3: {fault}.*correct the line"):
        licences(path)
