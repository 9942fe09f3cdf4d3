"""Claims about `planner prices refresh` where feed or folder fail: before, in time, in one line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.feeds import azure_retail
from tests.cli.conftest import Call
from tests.cloud.server import Fault, Reply, Server, serving

AZURE, AWS = "PLANNER_AZURE_PRICES_ENDPOINT", "PLANNER_AWS_PRICES_ENDPOINT"


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server in the place of both feeds that has nothing."""
    with serving(lambda _: Reply(status=404)) as server:
        monkeypatch.setenv(AZURE, server.url)
        monkeypatch.setenv(AWS, server.url)
        yield server


def test_without_a_network_one_line_says_so(planner: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """From where nothing came, why, and what to look at."""
    monkeypatch.setenv(AZURE, "http://127.0.0.1:9")
    done = planner("prices", "refresh", "azure")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert done.err.startswith(
        "planner: nothing of the azure price feed could be read from 127.0.0.1:9: the connection"
    )
    assert done.err.endswith(f"; check the network or {AZURE}\n")


@pytest.mark.usefixtures("feed")
def test_a_server_that_has_no_file_is_no_fault_of_the_region(planner: Call) -> None:
    """No --region was given, so none is blamed."""
    done = planner("prices", "refresh", "aws")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[-1].endswith(f"; check the network or {AWS}")


def test_what_cannot_be_written_is_told_before_anything_is_asked(
    planner: Call, feed: Server
) -> None:
    """A file in the folder's place, and a table that is corrupt."""
    Path("pricing").write_text("no folder")
    done = planner("prices", "refresh", "azure")
    assert done.err.startswith("planner: cannot write to pricing: ")
    Path("pricing").unlink()
    Path("pricing").mkdir()
    Path("pricing/azure-tokens.csv").write_text("provider,model\nazure\n")
    done = planner("prices", "refresh", "azure")
    assert (done.code, done.err.startswith("planner: pricing/azure-tokens.csv:")) == (1, True)
    assert feed.seen == []


def test_a_dripping_feed_ends_with_the_run(feed: Server) -> None:
    """Empty lists that come late, and no others: the time is for all regions together."""
    feed.faults.append(Fault(matches=lambda _: True, reply=Reply(body={"Items": []}, drip=0.02)))
    regions = [f"region{n}" for n in range(60)]
    found = azure_retail.fetch(regions, deadline_seconds=5, run_seconds=1)
    assert found.areas == frozenset()
    assert len(feed.seen) < 60
