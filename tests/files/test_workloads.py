"""Claims about a workload's keys: what each means, and that all ways in are one conversion."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from planner.core.offers import Billing
from planner.core.profiles import bursty
from planner.core.workload import Lengths, OwnMachine, OwnUnits, Portion, Workload
from planner.files.workloads import workload_of
from tests.files.least_workload import LEAST, ON, VALUES, of, read


def test_the_least_is_models_rate_and_lengths(tmp_path: Path) -> None:
    """Everything else has a default; the name is the file's."""
    found = read(tmp_path, LEAST)
    assert found.notes == ()
    assert found.workload == Workload(
        name="chat",
        models=("gpt-4o",),
        requests_per_hour=Fraction(10),
        input=Lengths.of(100),
        output=Lengths.of(50),
    )


def test_every_other_key_is_read(tmp_path: Path) -> None:
    """Shares exactly, models by their canonical names, money as Decimal."""
    text = """\
name: Support chat
models: [large, GPT-4.1-mini]
same_class: {large: [gpt-4.1, Claude-3-5-Sonnet-20241022]}
requests_per_minute: 0.5
input_tokens: {mean: 1200.5, maximum: 8000}
output_tokens:
  - {share: 0.9, tokens: 150}
  - {share: 10%, tokens: 1_000}
max_tokens: 2e3
cached_share: 0.1
batch_share: 20%
tier: priority
ttft_ms: 1500
tpot_ms: 40.5
boundary: NL+ie
from_region: francecentral
latency_ms: 50
ways: [pay-as-you-go, self-hosted, batch]
providers: [Azure]
regions: [westeurope]
failures: 0
follow_replacements: no
quality: {gpt-4.1: 0.86, claude-3-5-sonnet: 1}
minimum_quality: 0.8
licences: [mit]
dtype: fp8
start_up_minutes: 20
growth_per_month: 5%
horizon_months: 24
peak_minute_factor: 3
profile: {name: bursty, peak_factor: 8}
machines:
  - {name: rack, gpu: H100, gpus: 8, usd_per_month: 7300, count: 2}
units:
  - {name: dbx, provider: Databricks, model: GPT-4.1, usd_per_hour: 6.50, tokens_per_second: 980}
side_costs: {search: 250.10}
self_hosting_costs: {people: 4000}
committed_spend: {Azure: 10000}
"""
    assert read(tmp_path, text).workload == Workload(
        name="Support chat",
        models=("gpt-4.1", "claude-3-5-sonnet", "gpt-4.1-mini"),
        requests_per_hour=Fraction(30),
        input=Lengths.of(Fraction(2401, 2), 8000),
        output=Lengths(
            (
                Portion(Fraction(9, 10), Fraction(150)),
                Portion(Fraction(1, 10), Fraction(1000)),
            )
        ),
        max_tokens=2000,
        cached_share=Fraction(1, 10),
        batch_share=Fraction(1, 5),
        tier="priority",
        ttft_ms=1500,
        tpot_ms=40.5,
        boundary="ie+nl",
        from_region="francecentral",
        latency_ms=50,
        ways=(Billing.ON_DEMAND, Billing.SELF_HOSTED, Billing.BATCH),
        providers=("azure",),
        regions=("westeurope",),
        failures=0,
        follow_replacements=False,
        quality={"gpt-4.1": 0.86, "claude-3-5-sonnet": 1},
        minimum_quality=0.8,
        licences=("mit",),
        dtype="fp8",
        start_up_minutes=Fraction(20),
        growth_per_month=Fraction(1, 20),
        horizon_months=24,
        profile=bursty(Fraction(8), peak_minute_factor=Fraction(3)),
        machines=(OwnMachine(name="rack", gpu="H100", gpus=8, usd_per_hour=Decimal(10), count=2),),
        units=(
            OwnUnits(
                name="dbx",
                provider="databricks",
                model="gpt-4.1",
                usd_per_hour=Decimal("6.50"),
                input_tokens_per_minute=Fraction(58800),
            ),
        ),
        side_costs={"search": Decimal("250.10")},
        self_hosting_costs={"people": Decimal(4000)},
        committed_spend={"azure": Decimal(10000)},
    )


@pytest.mark.parametrize(
    ("rate", "per_hour"),
    [
        ({"requests_per_minute": "1.5"}, Fraction(90)),
        ({"requests_per_hour": "0.1"}, Fraction(1, 10)),
        ({"requests_per_month": "73000"}, Fraction(100)),
        ({"requests_per_month": "73000", "profile": "night-batch"}, Fraction(300)),
    ],
)
def test_a_rate_is_by_the_minute_the_hour_or_the_month(
    rate: dict[str, str], per_hour: Fraction
) -> None:
    """A month's requests are spread over the hours that have traffic: a third of them at night."""
    workload = workload_of(VALUES | {"requests_per_hour": None} | rate, ON).workload
    assert workload.requests_per_hour == per_hour


def test_a_profile_by_name_is_that_of_the_place(tmp_path: Path) -> None:
    """Hours of Berlin in November, one ahead of UTC; that summer differs is said."""
    found = read(
        tmp_path,
        LEAST + "profile: {name: business-hours, timezone: Europe/Berlin, from: 08:00, to: 20,"
        " days: [mon, weekend], outside: 0.05}\n",
    )
    profile = found.workload.profile
    assert [hour for hour, weight in enumerate(profile.weights) if weight == 1][:13] == [
        *range(7, 19),
        5 * 24 + 7,
    ]
    assert profile.weights[0] == Fraction(1, 20)
    assert found.notes == (
        "Europe/Berlin is taken +1 hours from UTC, as on 2026-11-26, all the year",
    )


def test_weights_are_seven_days_of_a_place_or_one_list() -> None:
    """From Monday 00:00 on; Tokyo's 09:00 is 00:00 UTC."""
    day = [0] * 9 + [1] + [0] * 14
    week = of(profile={"weights": [day] * 7, "timezone": "Asia/Tokyo"}).profile
    assert [hour for hour, weight in enumerate(week.weights) if weight] == [*range(0, 168, 24)]
    assert week.told == "the hours given, Asia/Tokyo"
    assert of(profile={"weights": day * 7}).profile.weights[9] == 1


def test_half_hours_of_a_zone_are_told_where_they_are_left_out() -> None:
    """Bursts and weights are moved by whole hours."""
    assert workload_of(VALUES | {"profile": "bursty", "timezone": "Asia/Kolkata"}, ON).notes == (
        "Asia/Kolkata is taken +5 hours from UTC, lest half hours flatten peaks",
    )


def test_a_log_gives_what_the_file_does_not(tmp_path: Path) -> None:
    """Rate, lengths, cached share and hours; a key of the file wins."""
    rows = [f"2026-11-{2 + h // 24:02}T{h % 24:02}:00:00Z,100,20,50" for h in range(168)]
    text = "\n".join(["timestamp,input_tokens,output_tokens,cached_tokens", *rows])
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    read_whole = read(tmp_path, "models: [gpt-4o]\nprofile: {log: log.csv}\n").workload
    assert read_whole.requests_per_hour == 1
    assert [read_whole.input.mean, read_whole.output.mean] == [100, 20]
    assert read_whole.cached_share == Fraction(1, 2)
    assert read_whole.profile.peak_minute_factor == 60
    mixed = read(
        tmp_path, LEAST + "cached_share: 0\nlog: log.csv\npeak_minute_factor: 2\n"
    ).workload
    assert mixed.requests_per_hour == 10
    assert [mixed.input.mean, mixed.cached_share] == [100, 0]
    assert mixed.profile.peak_minute_factor == 2


def test_what_says_nothing_is_noted(tmp_path: Path) -> None:
    """A group that models does not name, units of a model that it does not name."""
    text = (
        LEAST
        + "same_class: {big: [gpt-4.1]}\n"
        + "units: [{name: dbx, provider: d, model: gpt-5, usd_per_hour: 1, tokens_per_second: 1}]\n"
    )
    assert read(tmp_path, text).notes == (
        "the group big of same_class stands in models nowhere",
        "units dbx are of gpt-5, which models does not name: they are not used",
    )
