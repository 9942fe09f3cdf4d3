"""Shell scripts run for real, with the clouds' tools replaced by functions that note words."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

# Words end with one control character, commands with another: a written name holds neither. One
# printf a command, since servers start side by side.
_STUBS = r"""
note() { printf '%s\x1f' "$@" $'\x1e' >> "$CALLS"; }
az() { note az "$@"; echo Succeeded; }
aws() { note aws "$@"; echo arn:of-the-units; }
vllm() { note "$CUDA_VISIBLE_DEVICES" vllm "$@"; }
sleep() { :; }
"""


def run(script: str, folder: Path, variables: Mapping[str, str] | None = None) -> list[list[str]]:
    """The commands that a script runs, each as its words; its files land in the folder."""
    calls = folder / "calls"
    calls.write_text("", encoding="utf-8")
    bash = shutil.which("bash")
    assert bash is not None
    subprocess.run(
        [bash, "-c", f"{_STUBS}\n{script}"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "CALLS": str(calls), "LC_ALL": "C.UTF-8"}
        | dict(variables or {}),
        capture_output=True,
        text=True,
        check=True,
    )
    commands = calls.read_bytes().decode().split("\x1e\x1f")[:-1]
    return [command.split("\x1f")[:-1] for command in commands]


def fails(script: str, folder: Path) -> str:
    """What a script says that stops for want of a variable, before it runs any command."""
    calls = folder / "calls"
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(
        [bash, "-c", f"{_STUBS}\n{script}"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "CALLS": str(calls)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert not calls.exists()
    return done.stderr.split(": ", 2)[-1].strip()


def options(words: list[str]) -> dict[str, str]:
    """The options of a command, "--a b" and "--a=b" alike; one without a value has ""."""
    found: dict[str, str] = {}
    for number, word in enumerate(words):
        if not word.startswith("--"):
            continue
        flag, bound, value = word.partition("=")
        after = words[number + 1] if number + 1 < len(words) else "--"
        found[flag] = value if bound else "" if after.startswith("--") else after
    return found
