"""Claims about who draws on a quota, as a snapshot's lines tell it."""

from pathlib import Path
from typing import Any

from planner.core.collect_answer import Limited
from planner.core.offers import AnyRecord, Billing, Offer
from planner.core.snapshots import Origin
from planner.files.quota_uses import Limits, Pools, quota_uses
from planner.files.snapshots import write_snapshot
from tests.builders import day, offer, quota, snapshot

POOL = "AIServices.GlobalStandard.MaaS"
ON = day("2026-11-20")


def drawing(model: str, region: str = "eastus2", *names: str, **fields: Any) -> Offer:
    """An offer that draws on the pool, or on quotas of other names."""
    return offer(region, model, quota_names=names or (POOL,), **fields)


def wrote(folder: Path, *records: AnyRecord, on: str = "2026-11-20") -> Path:
    """A snapshot of the user's own."""
    return write_snapshot(folder, snapshot(*records, on=on, origin=Origin.ACCOUNT))


def test_a_pool_names_every_model_that_draws_on_it_in_a_region(tmp_path: Path) -> None:
    """Those of another region, of another quota, and machines are none of them."""
    wrote(
        tmp_path,
        drawing("a"),
        drawing("a", version="2"),
        drawing("b"),
        drawing("far", "westus"),
        drawing("other", "eastus2", "OpenAI.Standard.gpt-4o"),
        drawing("Standard_NC24", billing=Billing.SELF_HOSTED),
    )
    pools = Pools(tmp_path, ON)
    assert pools("azure", "eastus2", POOL) == {"a", "b"}
    assert pools("azure", "westus", POOL) == {"far"}
    assert list(pools("azure", "japaneast", POOL)) == []
    assert list(Pools(None, ON)("azure", "eastus2", POOL)) == []


def test_a_region_that_a_newer_look_leaves_out_is_told_by_an_older_one(tmp_path: Path) -> None:
    """Up to the date; a name that holds another one's is not that one."""
    wrote(tmp_path, drawing("a"), drawing("b", "westus"), on="2026-11-18")
    wrote(tmp_path, drawing("c", "westus"), on="2026-11-19")
    wrote(tmp_path, drawing("d", "westus"), on="2026-11-21")
    pools = Pools(tmp_path, ON)
    assert pools("azure", "eastus2", POOL) == {"a"}
    assert pools("azure", "westus", POOL) == {"c"}
    assert list(pools("azure", "westus", "AIServices.GlobalStandard.Maa")) == []


def test_a_day_that_equals_an_earlier_one_has_its_offers(tmp_path: Path) -> None:
    """Its own file is a header and quotas."""
    wrote(tmp_path, drawing("a"), quota(name=POOL, used=1), on="2026-11-19")
    path = wrote(tmp_path, drawing("a"), quota(name=POOL, used=2))
    assert b'"equals"' in path.read_bytes()
    assert [use.model for use in quota_uses(path)] == ["a"]
    assert Pools(tmp_path, ON)("azure", "eastus2", POOL) == {"a"}


def test_lines_that_cannot_be_read_count_for_nothing(tmp_path: Path) -> None:
    """Nor does a file that is not there: reading the snapshot itself tells of them."""
    path = wrote(tmp_path, drawing("a"))
    path.write_bytes(
        path.read_bytes() + b'{"kind":"offer","quota_names":[7]}\n{"offer"\n\xff"offer"\n'
    )
    assert Pools(tmp_path, ON)("azure", "eastus2", POOL) == {"a"}
    path.write_bytes(b"no header\n")
    assert Pools(tmp_path, ON)("azure", "eastus2", POOL) == ()
    assert list(quota_uses(tmp_path / "azure" / "2026-01-01.jsonl")) == []


def test_what_a_quota_limits_is_told_in_any_case(tmp_path: Path) -> None:
    """Machines, too, and by the usage name where an offer names no quota."""
    wrote(
        tmp_path,
        drawing("a", "eastus2", "openai.Standard.a"),
        offer("eastus2", "b", usage_name="OpenAI.Standard.b"),
        drawing("Standard_NC24", "eastus2", "NC", billing=Billing.SELF_HOSTED),
    )
    limits = Limits([tmp_path / "nothing", tmp_path])
    told = {name: limits(quota(name=name), ON) for name in ("OpenAI.Standard.A", "NC", "none")}
    assert told == {
        "OpenAI.Standard.A": {Limited(model="a", deployment_type="GlobalStandard")},
        "NC": {Limited(model="Standard_NC24", deployment_type="GlobalStandard")},
        "none": (),
    }
    assert limits(quota(name="OpenAI.Standard.b"), ON) == {
        Limited(model="b", deployment_type="GlobalStandard")
    }
    assert limits(quota("westus", name="NC"), ON) == ()
