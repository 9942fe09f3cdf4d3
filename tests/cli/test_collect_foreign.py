"""Claims about a cloud of another package that was installed as any package is."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Call, environ
from tests.collectors.test_foreign import ACME, ENTRY_POINTS

INFO = "acme_cloud-1.0.dist-info"
PARTS = {
    "acme_cloud.py": ACME,
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: acme-cloud\nVersion: 1.0\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": ENTRY_POINTS,
}


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed a wheel with a hand-written collector."""
    wheel = tmp_path_factory.mktemp("wheel") / "acme_cloud-1.0-py3-none-any.whl"
    record = "".join(f"{name},,\n" for name in (*PARTS, f"{INFO}/RECORD"))
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in (PARTS | {f"{INFO}/RECORD": record}).items():
            archive.writestr(name, text)
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(wheel)], check=True, capture_output=True)
    return target


def test_an_installed_package_adds_a_cloud(program: Call, site: Path, elsewhere: Path) -> None:
    """`collect acme` writes its snapshot and exits 3 for Mars; `offers` and `doctor` know it."""
    path = os.pathsep.join((environ()["PYTHONPATH"], str(site)))
    environment = {"PYTHONPATH": path, "XDG_CONFIG_HOME": str(elsewhere / "config")}
    done = program("collect", "acme", "--json", environment=environment)
    assert (done.code, done.err) == (3, "")
    [found] = done.json["collections"]
    assert {e["region"]: e["status"] for e in found["coverage"]} == {
        "moon": "ok",
        "mars": "denied",
    }
    [offer] = program("offers", "--provider", "acme", "--json").json["offers"]
    assert (offer["model"], offer["region"], offer["deployment_type"]) == (
        "gpt-4o",
        "moon",
        "rocket",
    )
    checks = program("doctor", "acme", "--json", environment=environment).json["checks"]
    told = {c["check"]: c["detail"] for c in checks if c["subject"] == "acme"}
    assert told["sdk"] == "acme-cloud 1.0"
