"""Claims about good runs after a bad one: what failed once stands in nobody's way for good."""

import itertools
import json
from pathlib import Path

import pytest

from tests.cli.clouds import Clouds, clouds
from tests.cli.conftest import Call
from tests.cloud.server import Fault, Reply, Seen

__all__ = ["clouds"]

_LOGIN = ("/oauth2/", "/.well-known/", "/common/discovery/")
_REFUSED = Reply(status=401, body={"error": {"code": "ExpiredAuthenticationToken"}})


def expiring(after: int) -> Fault:
    """A token that is refused from so many requests on."""
    asked = itertools.count()

    def expired(seen: Seen) -> bool:
        return not any(part in seen.path for part in _LOGIN) and next(asked) >= after

    return Fault(matches=expired, reply=_REFUSED)


def gone_but_gpt_4_1() -> Fault:
    """Eastus2 from the day on which it offers gpt-4.1 alone, without a type."""
    kept = {"name": "gpt-4.1", "version": "2025-04-14", "format": "OpenAI", "skus": []}
    return Fault(
        matches=lambda seen: "/eastus2/models" in seen.path.lower(),
        reply=Reply(body={"value": [{"kind": "AIServices", "model": kept}]}),
    )


def dated(day: str) -> None:
    """Give today's snapshot of Azure an earlier date."""
    [path] = [p for p in Path("snapshots/azure").iterdir() if p.stem > "2026-01-31"]
    text = path.read_text(encoding="utf-8").replace(path.stem, day)
    path.unlink()
    path.with_name(f"{day}.jsonl").write_text(text, encoding="utf-8")


@pytest.fixture
def interrupted(planner: Call, clouds: Clouds) -> Clouds:
    """A run whose token was refused from the 20th request on."""
    fault = expiring(20)
    clouds.servers["azure"].faults.append(fault)
    assert planner("collect", "azure").code == 3
    clouds.servers["azure"].faults.remove(fault)
    return clouds


def test_a_login_that_ended_midway_blinds_no_later_diff(planner: Call, interrupted: Clouds) -> None:
    """After two good days a model that is gone is told, and the gate is reached."""
    dated("2026-01-01")
    for good in ("2026-01-02", "2026-01-03"):
        assert planner("collect", "azure").code == 0
        dated(good)
    interrupted.servers["azure"].faults.append(gone_but_gpt_4_1())
    planner("collect", "azure", "--accept-drop")
    done = planner("diff", "--provider", "azure", "--fail-on", "info", "--json")
    gone = {c["model"] for c in done.json["changes"] if c["regions"] == ["eastus2"]}
    assert (done.code, "gpt-4o" in gone) == (10, True)
    assert [n for n in done.json["not_compared"] if "denied" in n["reason"]] == []


@pytest.mark.usefixtures("interrupted")
def test_a_good_run_takes_the_days_failure_away(planner: Call) -> None:
    """The day's own file tells of no denied login, and nothing is left for --retry-failed."""
    [path] = Path("snapshots/azure").iterdir()
    assert '"denied"' in path.read_text(encoding="utf-8").splitlines()[0]
    assert planner("collect", "azure").code == 0
    coverage = json.loads(path.read_text(encoding="utf-8").splitlines()[0])["coverage"]
    assert {entry.get("status", "ok") for entry in coverage} == {"ok"}
    again = planner("collect", "azure", "--retry-failed")
    assert f"azure left out: nothing failed on {path.stem}" in again.err


def test_deployments_that_are_read_again_have_not_failed(planner: Call, clouds: Clouds) -> None:
    """A region's own row of a failure goes with the account's good one."""
    fault = Fault(
        matches=lambda seen: seen.path.lower().endswith("/deployments"), reply=Reply(status=403)
    )
    clouds.servers["azure"].faults.append(fault)
    assert planner("collect", "azure").code == 3
    clouds.servers["azure"].faults.remove(fault)
    assert planner("collect", "azure").code == 0
    [path] = Path("snapshots/azure").iterdir()
    coverage = json.loads(path.read_text(encoding="utf-8").splitlines()[0])["coverage"]
    assert {entry.get("status", "ok") for entry in coverage} == {"ok"}
