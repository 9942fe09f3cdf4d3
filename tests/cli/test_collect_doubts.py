"""Claims about lists of the clouds that are suddenly empty: suspect, carried and named."""

from typing import Any

import pytest

from tests.cli.clouds import Clouds, clouds
from tests.cli.conftest import Call
from tests.cloud.server import Fault, Reply

__all__ = ["clouds"]

EMPTY = Reply(body={"value": [], "models": []})


def empty(clouds: Clouds, provider: str, part: str) -> None:
    """Have every list whose address has this part answered without an entry."""
    clouds.servers[provider].faults.append(Fault(matches=lambda s: part in s.path, reply=EMPTY))


def doubted(outcome: Any) -> set[tuple[str | None, str | None]]:
    """The regions that are suspect, and why."""
    [found] = outcome.json["collections"]
    return {
        (entry["region"], entry["error"])
        for entry in found["coverage"]
        if "suspect" in (entry["status"], entry["quota_status"])
    }


@pytest.mark.parametrize(
    ("part", "region", "error"),
    [
        ("/Microsoft.Compute/skus", "southindia", "2 of 2 machines gone since last time"),
        ("/Microsoft.Compute/skus", "eastus2", "2 of 2 machines gone since last time"),
        ("/locations/eastus2/models", "eastus2", "10 of 10 offers gone since last time"),
        ("Microsoft.CognitiveServices/accounts", None, "2 of 2 deployments gone since last time"),
        ("/Microsoft.Compute/locations/eastus2/usages", "eastus2", "GPU quotas: no usages are"),
        ("0001/locations", "southindia", "the region is not listed any more"),
    ],
)
def test_an_empty_list_of_azure_takes_nothing_away(
    planner: Call, clouds: Clouds, part: str, region: str | None, error: str
) -> None:
    """Exit 3 names it; what is known stays as it was."""
    before = planner("collect", "azure", "--json").json["collections"][0]
    empty(clouds, "azure", part)
    done = planner("collect", "azure", "--json")
    [after] = done.json["collections"]
    assert (done.code, after["offers"], after["quotas"]) == (3, before["offers"], before["quotas"])
    assert [e for r, e in doubted(done) if r == region and (e or "").startswith(error)]
    assert len(planner("deployments", "--json").json["deployments"]) == 4


def test_what_a_library_logs_is_no_word_of_ours(program: Call, clouds: Clouds) -> None:
    """A portal in the place of the login server: one reason, no traceback."""
    portal = Reply(body=b"<html>login</html>")
    clouds.servers["azure"].faults.append(Fault(matches=lambda s: "/token" in s.path, reply=portal))
    done = program("collect", "azure")
    assert (done.code, done.err) == (1, "planner: nothing was collected; the summary says why\n")
    assert "the login server gives no token" in done.out


def test_an_empty_first_list_of_gemini_leaves_the_public_one(planner: Call, clouds: Clouds) -> None:
    """The models that others saw are not gone for one odd answer; --accept-drop believes it."""
    empty(clouds, "gemini", "/models")
    done = planner("collect", "gemini", "--json")
    assert done.code == 3
    [(region, error)] = doubted(done)
    assert (region, str(error)[:17]) == ("global", "no offers listed,")
    assert (
        planner("regions", "gemini-2.5-flash", "--json").json["recommended"]["region"] == "global"
    )
    assert planner("collect", "gemini", "--accept-drop", "--quiet").code == 0
