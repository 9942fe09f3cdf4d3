"""Claims about a machine without network: what is on disk answers."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import environ

COMMANDS = (
    "regions gpt-4o",
    "regions gpt-x",
    "offers --json",
    "models",
    "quotas",
    "deployments",
    "breakeven llama-2-7b",
    "doctor --on 2026-11-21",
    "schema regions",
)
CODE = """
import socket, sys
def refuse(*_):
    raise AssertionError("asked the network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from planner.cli.main import run
for line in sys.argv[1:]:
    code = run(line.split())
    if code:
        sys.exit(f"{line}: {code}")
"""
# Logins that a command could be tempted to try.
LOGINS = {
    "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s",
    "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "GEMINI_API_KEY": "k",
}  # fmt: skip


def test_every_analysis_works_without_network(
    elsewhere: Path, snapshot: Callable[..., Path]
) -> None:
    """No command but `collect` so much as tries to connect, whoever is logged in."""
    snapshot("azure", "2026-11-01", {})
    done = subprocess.run(
        [sys.executable, "-c", CODE, *COMMANDS],
        capture_output=True,
        text=True,
        check=False,
        env=environ() | LOGINS | {"XDG_CONFIG_HOME": str(elsewhere / "config")},
        cwd=elsewhere,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_collection_without_network_says_so(elsewhere: Path) -> None:
    """Nothing could be read: exit 1, a reason for each cloud, and nothing is written."""
    blocked = dict.fromkeys(("AWS_ENDPOINT_URL", "GOOGLE_GEMINI_BASE_URL"), "http://127.0.0.1:9")
    more = {
        "PLANNER_AZURE_ENDPOINT": "https://127.0.0.1:9",
        "AZURE_AUTHORITY_HOST": "https://127.0.0.1:9",
        "XDG_CONFIG_HOME": str(elsewhere / "config"),
        "AWS_CONFIG_FILE": os.devnull,
    }
    done = subprocess.run(
        [sys.executable, "-m", "planner", "collect", "--json", "--deadline", "20"],
        capture_output=True,
        text=True,
        check=False,
        env=environ() | LOGINS | blocked | more,
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stdout.count('"status": "failed"') + done.stdout.count('"status": "denied"') == 4
    assert list((elsewhere / "snapshots").iterdir()) == []
