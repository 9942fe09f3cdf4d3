"""Claims about the cut: who may import whom, and what a fast command does not load."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "planner").rglob("*.py"))
NAMES = [str(path.relative_to(ROOT / "planner")) for path in MODULES]
each_module = pytest.mark.parametrize("path", MODULES, ids=NAMES)

# Which parts of planner a part may import, and which third-party libraries have their home there.
INSIDE = {
    "": {"cli", "errors"},
    "errors": set(),
    "core": {"core", "errors"},
    "files": {"files", "core", "errors"},
    "render": {"render", "core", "errors"},
    "collectors": {"collectors", "core", "errors"},
    "feeds": {"feeds", "core", "errors"},
    "probe": {"probe", "core", "errors"},
    "cli": {"", "cli", "render", "collectors", "feeds", "probe", "files", "core", "errors"},
}
HOMES = {
    "click": {"cli"},
    "rich": {"render"},
    "pandas": {"render"},
    "matplotlib": {"render"},
    "yaml": {"files"},
    "pyarrow": {"files"},
    "msgspec": set(INSIDE),
    "azure": {"collectors"},
    "boto3": {"collectors"},
    "botocore": {"collectors"},
    "google": {"collectors"},
    "genai_prices": {"feeds"},
    "httpx2": {"collectors"},
    "aiohttp": {"probe"},
    "torch": {"probe"},
    "transformers": {"probe"},
}
HEAVY = {
    "aiohttp",
    "pandas",
    "pyarrow",
    "numpy",
    "matplotlib",
    "yaml",
    "torch",
    "azure",
    "boto3",
    "botocore",
    "google",
    "httpx2",
}
# What asks the world: no part of the core.
WORLD = {
    "os",
    "sys",
    "pathlib",
    "io",
    "time",
    "random",
    "socket",
    "subprocess",
    "tempfile",
    "shutil",
}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside its functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: name the module in full"
            yield node.module or ""


def part(path: Path) -> str:
    """The part of planner that a file belongs to: "core", "errors", "" for its root."""
    inside = path.relative_to(ROOT / "planner").with_suffix("").parts
    return inside[0] if len(inside) > 1 or inside[0] == "errors" else ""


@each_module
def test_imports_within_planner_go_one_way(path: Path) -> None:
    """The core imports itself alone; edges never import one another; only cli joins them."""
    names = [name.split(".") for name in imports(path)]
    reached = {(*name, "")[1] for name in names if name[0] == "planner"}
    assert reached <= INSIDE[part(path)]


@each_module
def test_each_library_has_one_home(path: Path) -> None:
    """Click is in cli alone, rich and pandas in render, yaml in files, an SDK in its collector."""
    tops = {name.split(".")[0] for name in imports(path)} - {"planner"}
    third_party = tops - sys.stdlib_module_names
    assert {name: part(path) in HOMES.get(name, set()) for name in third_party} == dict.fromkeys(
        third_party, True
    )


@pytest.mark.parametrize("path", [p for p in MODULES if part(p) == "core"], ids=str)
def test_the_core_asks_nothing_of_the_world(path: Path) -> None:
    """No file, process, network, clock or chance in it, and it prints nothing."""
    assert {name.split(".")[0] for name in imports(path)} & WORLD == set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert called & {"open", "print", "input", "exec", "eval"} == set()
    assert [name for name in called if name.endswith((".today", ".now", ".utcnow"))] == []


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment with a cache of its own, in which the price tables stand."""
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}
    call = [sys.executable, "-m", "planner", "regions", "gpt-4o", "--quiet"]
    subprocess.run(call, cwd=tmp_path_factory.mktemp("empty"), env=env, check=True)
    return env


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["regions", "gpt-4o"],
        ["regions", "gpt-4o", "--format", "json"],
        ["regions", "gpt-4o", "--from", "japaneast", "--on", "2026-06-03"],
    ],
    ids=" ".join,
)
def test_a_fast_command_loads_nothing_heavy(
    arguments: list[str], tmp_path: Path, warm: dict[str, str]
) -> None:
    """Neither pandas nor yaml, torch or any SDK is loaded on the way to the answer.

    The price tables are read once before: from then on they stand in a cache.
    """
    script = (
        "import json, sys\n"
        "from planner.cli.main import run\n"
        f"code = run({arguments!r})\n"
        "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=warm,
        capture_output=True,
        text=True,
        check=True,
    )
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    assert {name.split(".")[0] for name in loaded} & HEAVY == set()
