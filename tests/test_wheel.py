"""Claims about the wheel: after a plain install everything works from any folder."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CARRIED = "planner/carried/"


def run(*command: str, cwd: Path, **environment: str) -> str:
    """Run a program with nothing of this checkout in its environment; its stdout."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PLANNER"))}
    done = subprocess.run(
        command, cwd=cwd, env=kept | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    run(*pip, "--wheel-dir", str(folder), str(ROOT), cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a fresh folder, without its dependencies."""
    target = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index")
    run(*pip, "--target", str(target), str(wheel), cwd=target)
    return target


def test_the_wheel_carries_every_table_and_snapshot(wheel: Path) -> None:
    """What the repository holds of pricing/ and snapshots/ is in it, byte for byte, and no more."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(CARRIED)]
        found = {name.removeprefix(CARRIED): archive.read(name) for name in names}
    files = [p for what in ("pricing", "snapshots") for p in (ROOT / what).rglob("*.*")]
    assert found == {p.relative_to(ROOT).as_posix(): p.read_bytes() for p in files}
    assert {Path(name).suffix for name in found} == {".csv", ".yaml", ".jsonl", ".md"}
    assert "snapshots/azure/2024-07-23.jsonl" in found


def test_the_wheel_carries_every_file_of_facts(wheel: Path) -> None:
    """What stands in planner/data is in it, the licences of open models too."""
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if name.startswith("planner/data/")}
    assert found == {f"planner/data/{p.name}" for p in (ROOT / "planner" / "data").iterdir()}
    assert "planner/data/licences.csv" in found


def test_the_wheel_carries_no_snapshot_of_an_account(wheel: Path) -> None:
    """Every carried snapshot says a public origin, and tells of no account.

    Measurements are no snapshots: they say so, and know of machines alone.
    """
    with zipfile.ZipFile(wheel) as archive:
        snapshots = [name for name in archive.namelist() if name.endswith(".jsonl")]
        dated = [name for name in snapshots if name.startswith(f"{CARRIED}snapshots/")]
        lines = {name: json.loads(archive.read(name).split(b"\n")[0]) for name in dated}
    headers = [line for name, line in lines.items() if "/probe/" not in name]
    measured = [line for name, line in lines.items() if "/probe/" in name]
    assert len(headers) >= 10
    assert {line["kind"] for line in measured} == {"measurements"}
    assert {header["origin"] for header in headers} == {"api", "article", "public-docs"}
    assert not any("account" in entry for header in headers for entry in header["coverage"])


def test_an_installed_planner_answers_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """The 21 regions of 2024-07-23, from the data inside the package."""
    script = "import planner; print(planner.__file__)"
    told = run(sys.executable, "-c", script, cwd=tmp_path, PYTHONPATH=str(installed))
    assert told.strip() == str(installed / "planner" / "__init__.py")
    answer = json.loads(
        run(
            *(sys.executable, "-m", "planner", "regions", "gpt-4o"),
            *("--on", "2024-07-23", "--format", "json"),
            cwd=tmp_path,
            PYTHONPATH=str(installed),
        )
    )
    assert len({entry["region"] for entry in answer["regions"]}) == 21
    assert [(s["snapshot"], s["origin"]) for s in answer["sources"]] == [("2024-07-23", "article")]
    assert list(tmp_path.iterdir()) == []
