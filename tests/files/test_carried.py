"""Claims about the carried snapshots: the reference cases, and that they hold what they may."""

import re
from functools import cache
from pathlib import Path

import pytest

from planner.core.boundaries import parse_boundary
from planner.core.catalog import Catalog
from planner.core.lifecycle import ends_on
from planner.core.offers import Offer
from planner.core.placement import follow_replacements
from planner.core.snapshots import Origin
from planner.files.facts import model_names, regions
from planner.files.hardware import architectures
from planner.files.measurements import kept, measurement_files
from planner.files.places import carried_folder
from planner.files.pricing import read_pricing
from planner.files.snapshots import list_snapshots, read_snapshot, snapshot_path, write_snapshot
from tests.builders import day

FOLDER = Path(__file__).parents[2] / "snapshots"
FILES = [
    snapshot_path(FOLDER, provider, on)
    for provider, days in list_snapshots(FOLDER).items()
    for on in days
]
NAMES = ["/".join(path.with_suffix("").parts[-2:]) for path in FILES]
each_file = pytest.mark.parametrize("path", FILES, ids=NAMES)

ARTICLE = (
    "southafricanorth australiaeast japaneast koreacentral southindia canadaeast francecentral "
    "germanywestcentral norwayeast polandcentral swedencentral switzerlandnorth uksouth westeurope "
    "brazilsouth eastus eastus2 northcentralus southcentralus westus westus3"
)
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
ACCOUNT = re.compile(r"(?<![0-9a-f])\d{12}(?![0-9a-f])")


@cache
def on(date: str) -> Catalog:
    """What the carried snapshots say on a date."""
    return Catalog((), map(read_snapshot, FILES), day(date), model_names().canonical)


def regions_of(model: str, date: str) -> list[str]:
    """The regions of a model on a date."""
    return sorted({s.offer.region for s in on(date).offers(model)})


def retired_since(model: str, date: str) -> dict[tuple[str | None, str | None], set[str]]:
    """The last day of each version and deployment type on Azure, in all its regions."""
    ends: dict[tuple[str | None, str | None], set[str]] = {}
    for s in on(date).offers(model):
        key = (s.offer.version, s.offer.deployment_type)
        ends.setdefault(key, set()).add(str(ends_on(s.offer, on(date).life(s))))
    return ends


def test_gpt_4o_had_the_articles_21_regions() -> None:
    """On 2024-07-23 gpt-4o runs in exactly these, deployment types unknown."""
    assert regions_of("gpt-4o", "2024-07-23") == sorted(ARTICLE.split())
    types = {s.offer.deployment_type for s in on("2024-07-23").offers("gpt-4o")}
    assert (len(ARTICLE.split()), types) == (21, {None})


@pytest.mark.parametrize(
    ("model", "region"), [("claude-3-opus", "us-west-2"), ("claude-3-5-sonnet", "us-east-1")]
)
def test_claude_of_the_article_runs_in_one_region(model: str, region: str) -> None:
    """On 2024-07-23 each of the two models is in one region of Amazon Bedrock alone."""
    assert regions_of(model, "2024-07-23") == [region]


def test_gpt_4o_is_retired_today_in_every_offer_and_replaced_by_gpt_5_1() -> None:
    """On 2026-11-21 nothing of it answers; the provider names gpt-5.1, which lives."""
    today = "2026-11-21"
    ends = set().union(*retired_since("gpt-4o", today).values())
    assert ends == {"2026-03-31", "2026-10-01"}
    chain, living, notes = follow_replacements(on(today), "gpt-4o")
    assert (chain, living) == (("gpt-5.1",), "gpt-5.1")
    assert notes == ("gpt-4o retired on 2026-10-01; its provider names gpt-5.1 as replacement",)
    assert len(regions_of("gpt-5.1", today)) == 28


def test_in_june_2026_the_older_standard_offers_of_gpt_4o_are_retired_everywhere() -> None:
    """Standard of 2024-05-13 and 2024-08-06 ended on 2026-03-31, that of 2024-11-20 did not."""
    ends = retired_since("gpt-4o", "2026-06-03")
    assert ends["2024-05-13", "Standard"] == {"2026-03-31"}
    assert ends["2024-08-06", "Standard"] == {"2026-03-31"}
    assert ends["2024-11-20", "Standard"] == {"2026-10-01"}
    assert ends["2024-08-06", "GlobalStandard"] == {"2026-10-01"}


def test_gpt_4o_transcribe_moved() -> None:
    """Told for 2026-06-01 in April, for 2026-10-15 in July."""
    kind = ("2025-03-20", "GlobalStandard")
    assert retired_since("gpt-4o-transcribe", "2026-06-03")[kind] == {"2026-06-01"}
    assert retired_since("gpt-4o-transcribe", "2026-07-07")[kind] == {"2026-10-15"}


def test_gpt_4_1_provisioned_keeps_two_dates_of_one_sku() -> None:
    """Base 2026-10-14, fine-tuned deployments 2027-10-14, under one usage name."""
    [sku] = [
        s.offer
        for s in on("2026-04-23").offers("gpt-4.1")
        if s.offer.deployment_type == "ProvisionedManaged"
    ]
    assert [(str(r.on), r.applies_to) for r in sku.retirement_dates] == [
        ("2026-10-14", "base"),
        ("2027-10-14", "fine_tuned"),
    ]
    assert (sku.usage_name, sku.units_minimum, sku.units_step) == (
        "OpenAI.ProvisionedManaged",
        25,
        25,
    )


def test_the_documentation_of_june_2026_has_2895_offers() -> None:
    """Model x version x deployment type x region, as in its tables."""
    docs = read_snapshot(FOLDER / "azure" / "2026-06-03.jsonl")
    assert docs.origin is Origin.PUBLIC_DOCS
    assert len([r for r in docs.records if isinstance(r, Offer)]) == 2895


def test_opus_3_is_gone_by_august_2026() -> None:
    """A real removal: seen on 2026-02-13, absent from a whole look on 2026-08-21."""
    gone = on("2026-11-21").gone("claude-3-opus")
    assert {(str(s.seen_on), str(s.gone_by)) for s in gone} == {("2026-02-13", "2026-08-21")}
    assert regions_of("claude-3-opus", "2026-11-21") == []


def test_regions_that_were_not_read_lose_nothing() -> None:
    """The look of 2026-08-21 left out two regions: what they had in February stands."""
    seen = {
        (s.offer.region, str(s.seen_on))
        for s in on("2026-11-21").offers()
        if s.offer.region in ("me-central-1", "me-south-1")
    }
    assert seen == {("me-central-1", "2026-02-13"), ("me-south-1", "2026-02-13")}


@each_file
def test_a_carried_file_is_in_canonical_form(path: Path, tmp_path: Path) -> None:
    """It parses, and writing what was read gives the same bytes."""
    assert write_snapshot(tmp_path, read_snapshot(path)).read_bytes() == path.read_bytes()


@each_file
def test_a_carried_file_holds_nothing_dated_after_its_name(path: Path) -> None:
    """Neither its source nor its collection nor a sight is of a later day."""
    found = read_snapshot(path)
    told = re.findall(r"\d{4}-\d{2}-\d{2}", found.source or "")
    sights = [r.observed_on for r in found.records if isinstance(r, Offer) and r.observed_on]
    assert told
    assert max([*map(day, told), *sights]) <= found.date
    assert found.collected_at is None or found.collected_at.date() <= found.date


@each_file
def test_a_carried_file_is_public(path: Path) -> None:
    """No account's snapshot; no account alias, quota, deployment, GUID (but meters'), id or ARN."""
    found = read_snapshot(path)
    assert found.origin in {Origin.API, Origin.ARTICLE, Origin.PUBLIC_DOCS}
    assert {c.account for c in found.coverage} == {None}
    assert {r.kind for r in found.records} <= {"offer", "lifecycle", "meter", "capacity"}
    assert not any(r.accounts for r in found.records if isinstance(r, Offer))
    for line in path.read_text(encoding="utf-8").splitlines():
        meter = line.startswith('{"kind":"meter"')
        rest = re.sub(r'"meter_ids":\[[^]]*\]', "", line) if meter else line
        assert not GUID.search(rest)
        assert not ACCOUNT.search(rest)
        assert "arn:" not in rest.lower()


@each_file
def test_every_region_and_boundary_of_a_carried_offer_is_known(path: Path) -> None:
    """A region has its place in the table of regions, a boundary its meaning."""
    offers = [r for r in read_snapshot(path).records if isinstance(r, Offer)]
    places = {(o.provider, o.region) for o in offers} - {("gemini", "global")}
    assert [place for place in places if regions().get(*place) is None] == []
    claims = {o.boundary for o in offers if o.boundary is not None}
    assert {claim: parse_boundary(claim) for claim in claims} == {c: c for c in claims}


def test_every_carried_file_says_in_the_readme_where_it_comes_from() -> None:
    """Each file is named in snapshots/README.md, beside its origin; nothing else lies there."""
    rows = [
        line.split("|") for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    ]
    origins = {
        name.strip(): row[2].strip() for row in rows if len(row) > 4 for name in row[1].split(",")
    }
    assert {name: origins.get(name) for name in NAMES} == {
        name: str(read_snapshot(path).origin) for name, path in zip(NAMES, FILES, strict=True)
    }
    measured = measurement_files(FOLDER)
    assert {origins.get(f"probe/{path.stem}") for path in measured} == {"measured"}
    files = {path for path in FOLDER.rglob("*") if path.is_file()}
    assert files == {*FILES, *measured, FOLDER / "README.md"}


def test_carried_measurements_name_machine_and_versions() -> None:
    """What ran, on what, and the ceilings that MBU and MFU are shares of; nobody's own names."""
    found, faults = kept([FOLDER])
    assert (len(found) >= 6, faults) == (True, ())
    for one in found:
        assert one.model in {a.model for a in architectures()}
        assert one.device.name is not None
        assert {"torch", "transformers"} <= one.versions.keys()
        assert None not in (one.device.bandwidth_gb_per_s, one.device.matmul_tflops)
        assert one.served_as is None


def test_the_carried_days_written_one_after_another_give_the_same_folder(tmp_path: Path) -> None:
    """Each day is written beside the days before it; none turns out to equal another one."""
    for path in FILES:
        write_snapshot(tmp_path, read_snapshot(path))
    assert {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*.jsonl")} == {
        p.relative_to(FOLDER): p.read_bytes() for p in FILES
    }


def test_prices_and_architectures_use_canonical_names() -> None:
    """A row under another name would join no offer."""
    names = model_names()
    table = read_pricing([carried_folder("pricing")])
    spelled = {row.model for row in table.usage} | {a.model for a in architectures()}
    assert {name for name in spelled if names.canonical(name) != name} == set()
