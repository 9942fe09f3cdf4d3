"""Claims about the file of a workload: every key, every fault in one line, one conversion."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from planner.core.offers import Billing
from planner.core.profiles import bursty
from planner.core.workload import Lengths, OwnMachine, OwnUnits, Portion, Workload
from planner.errors import BadFileError, UsageError
from planner.files.workload_example import example_text
from planner.files.workloads import KEYS, ReadWorkload, read_workload, workload_of

ON = dt.date(2026, 11, 26)
THIRD = Fraction(1, 3)
LEAST = """\
models: [gpt-4o]
requests_per_hour: 10
input_tokens: 100
output_tokens: 50
"""
VALUES = {
    "models": ["gpt-4o"],
    "requests_per_hour": 10,
    "input_tokens": 100,
    "output_tokens": 50,
}


def read(folder: Path, text: str) -> ReadWorkload:
    """The workload of a file with this text."""
    path = folder / "chat.yaml"
    path.write_text(text, encoding="utf-8")
    return read_workload(path, ON)


def fault(folder: Path, text: str) -> str:
    """What is said of a file with this text, after its folder."""
    with pytest.raises(BadFileError) as error:
        read(folder, text)
    told = str(error.value)
    assert "\n" not in told
    return told.removeprefix(f"{folder}/")


def of(**values: object) -> Workload:
    """The workload of the least values and these."""
    return workload_of(VALUES | values, ON).workload


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


FAULTS = [
    ("modles: [a]", "chat.yaml:5: unknown key 'modles'; did you mean models?"),
    ("models: [b]", "chat.yaml:5: key 'models' stands twice, first on line 1; remove one"),
    (
        "requests_per_month: 5",
        "chat.yaml:5: requests_per_hour and requests_per_month stand side by side; keep one",
    ),
    ("cached_share: 1.2", "chat.yaml:5: cached_share is 1.2; give a share from 0 to 1"),
    ("batch_share: -0.1", "chat.yaml:5: batch_share is -0.1; give a share from 0 to 1"),
    ("cached_share: .nan", "chat.yaml:5: cached_share is '.nan', no number; write digits such as"),
    ("ttft_ms: 1,500", "chat.yaml:5: ttft_ms is '1,500', no number; write 1500"),
    ("ttft_ms: 0", "chat.yaml:5: ttft_ms is 0; give more than 0"),
    ("ttft_ms: [1]", "chat.yaml:5: ttft_ms is a list; give one value"),
    ("max_tokens: 49", "chat.yaml:5: max_tokens is 49, less than an answer of 50 tokens; raise it"),
    ("max_tokens: 99.5", "chat.yaml:5: max_tokens is 99.5; give a whole number"),
    ("max_tokens:", "chat.yaml:5: max_tokens has no value; give one or remove it"),
    ("failures: 1e9", "chat.yaml:5: failures is 1000000000; give 0 to 100"),
    ("failures: 1e99", "chat.yaml:5: failures is 1e99; give 0 to 1,000,000,000"),
    ("tier: fast", "chat.yaml:5: tier is 'fast'; known are default, priority, flex"),
    ("boundary: mars", "chat.yaml:5: boundary 'mars' is not known; give anywhere, on-premises, a"),
    (
        "ways: [magic]",
        "chat.yaml:5: ways[0] is 'magic'; there is pay-as-you-go, batch, provisioned, hosted,",
    ),
    ("dtype: fp9", "chat.yaml:5: dtype is 'fp9'; did you mean fp8? There is bf16, fp16, fp8,"),
    ("follow_replacements: x", "chat.yaml:5: follow_replacements is 'x'; write true or false"),
    ("growth_per_month: 150%", "chat.yaml:5: growth_per_month is 150%; give -1 to 1"),
    ("growth_per_month: -1", "chat.yaml:5: growth_per_month is -1; give a share, e.g. 0.05"),
    ("horizon_months: 61", "chat.yaml:5: horizon_months is 61; give 1 to 60"),
    ("start_up_minutes: 90", "chat.yaml:5: start_up_minutes is 90; give 0 to 60"),
    ("quality: {gpt-5: 1}", "chat.yaml:5: quality names 'gpt-5', which models does not; add or"),
    ("quality:\n  gpt-4o: 1\n  GPT-4o: 1", "chat.yaml:7: quality names gpt-4o twice; remove one"),
    ("quality: 0.8", "chat.yaml:5: quality is '0.8'; give key: value, in one text key=value|key"),
    ("side_costs:\n  x: -1", "chat.yaml:6: side_costs.x is '-1'; give US dollars of 0 or more"),
    ("side_costs: {x: 1e3}", "chat.yaml:5: side_costs.x is '1e3'; write it out in plain digits"),
    (
        "machines:\n  - gpu: H100\n    gpus: 1",
        "chat.yaml:6: machines[0] lacks name; add it",
    ),
    (
        "machines:\n  - {name: a, gpu: H100, gpus: 1}",
        "chat.yaml:6: machines[0] has no price; give usd_per_hour or usd_per_month (0 where it",
    ),
    (
        "machines:\n  - {name: a, gpu: H100, gpus: 0, usd_per_hour: 1}",
        "chat.yaml:6: machines[0].gpus is 0; give 1 to 100,000",
    ),
    (
        (
            "machines:\n  - {name: a, gpu: H100, gpus: 1, usd_per_hour: 1}\n"
            "  - {name: a, gpu: H100, gpus: 1, usd_per_hour: 2}"
        ),
        "chat.yaml:7: machines[1] has the name 'a', which another has; rename one",
    ),
    ("machines: {name: a}", "chat.yaml:5: machines is a mapping; give a list of mappings"),
    (
        "units:\n  - {name: a, provider: p, model: m, usd_per_hour: 1}",
        "chat.yaml:6: units[0] has no rate; give input_tokens_per_minute or tokens_per_second",
    ),
    (
        (
            "units:\n  - name: a\n    provider: p\n    model: m\n    usd_per_hour: 1\n"
            "    tokens_per_second: 9\n    minimum: 5\n    maximum: 2"
        ),
        "chat.yaml:12: units[0].maximum is 2, less than the minimum of 5; raise it",
    ),
    (
        "profile: business-hour",
        "chat.yaml:5: profile is 'business-hour'; did you mean business-hours? There is flat,",
    ),
    (
        "profile:\n  name: flat\n  peak_factor: 3",
        "chat.yaml:7: profile.peak_factor says nothing of flat, but of bursty; remove it",
    ),
    ("profile:\n  timezon: UTC", "chat.yaml:6: unknown key 'timezon'; did you mean timezone?"),
    (
        "profile:\n  timezone: Asia/Tokio",
        "chat.yaml:6: time zone 'Asia/Tokio' is not known; did you mean Asia/Tokyo or Asia/Tomsk?",
    ),
    (
        "profile: {name: bursty, timezone: UTC}\ntimezone: UTC",
        "chat.yaml:6: timezone and profile.timezone stand side by side; keep one",
    ),
    ("profile: {from: 9, to: 10}", "chat.yaml:5: profile has no name; give name: one of flat,"),
    (
        "profile: {name: business-hours, from: 9}",
        "chat.yaml:5: profile has only one of from and to; give both",
    ),
    (
        "profile: {name: business-hours, from: 9, to: 17.5}",
        "chat.yaml:5: profile.to is '17.5'; give a whole hour from 0 to 24, such as 9 or 18:00",
    ),
    (
        "profile:\n  name: business-hours\n  days: [mo]",
        "chat.yaml:7: profile.days[0] is 'mo'; did you mean mon? There is monday, tuesday,",
    ),
    (
        "profile: {weights: [1, 2]}",
        "chat.yaml:5: profile.weights has 2 numbers; give 7 lists of 24, or one of 168, from",
    ),
    (
        "profile:\n  weights:\n  - [1, 2]",
        "chat.yaml:7: profile.weights[0] has 2 numbers; give 24, an hour each",
    ),
    ("peak_minute_factor: 61", "chat.yaml:5: peak_minute_factor is 61; give 1 to 60"),
    ("licences: [~]", "chat.yaml:5: licences[0] is nothing; give a value or remove the line"),
    ("name: [", "chat.yaml:6: did not find expected node content; mend the YAML"),
    ("name: &a [*a]", "chat.yaml:5: too much or too deep for a workload; write values out, a"),
    ("horizon_months: &a\n  x: *a", "chat.yaml:6: too much or too deep for a workload; write"),
]


@pytest.mark.parametrize(("line", "told"), FAULTS)
def test_a_fault_is_one_line_with_its_place(tmp_path: Path, line: str, told: str) -> None:
    """File, line, key, what is wrong with it, how to mend it."""
    assert fault(tmp_path, f"{LEAST}{line}\n").startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "chat.yaml:1: nothing stands in it; planner recommend --example shows one"),
        ("- a", "chat.yaml:1: the workload is a list; give key: value, a line each"),
        ("\nname: a", "chat.yaml:2: models is missing; name one or more"),
        ("models: []", "chat.yaml:1: models is empty; name one or more"),
        (
            "models: a",
            "chat.yaml:1: the request rate is missing; give one of requests_per_minute, requests",
        ),
        (
            "models: a\nrequests_per_hour: 1",
            "chat.yaml:1: input_tokens is missing; give the tokens of a request, or a log",
        ),
        (
            LEAST.replace("50", "0"),
            "chat.yaml:4: output_tokens is 0; a request needs some output",
        ),
        (LEAST.replace("100", "-1"), "chat.yaml:3: input_tokens is -1; give 0 to 10,000,000"),
        (LEAST.replace("10\n", "0\n"), "chat.yaml:2: requests_per_hour is 0; give more than 0"),
        (
            LEAST.replace("100", "{mean: 100, maximum: 50}"),
            "chat.yaml:3: maximum is 50, less than a length of 100; raise it",
        ),
        (
            LEAST.replace("100", "\n- {share: 0.5, tokens: 1}\n- {share: 0.6, tokens: 1}"),
            "chat.yaml:3: the shares of the lengths sum to 1.1; make it 1",
        ),
        (
            LEAST.replace("100", "\n- {share: 1, token: 1}"),
            "chat.yaml:4: unknown key 'token'; did you mean tokens?",
        ),
        (LEAST.replace("100", "{maximum: 5}"), "chat.yaml:3: input_tokens has no mean; give mean:"),
    ],
)
def test_a_file_that_is_no_workload_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """Nothing, a list, and what every workload needs."""
    assert fault(tmp_path, text).startswith(told)


def test_a_missing_log_is_named_where_it_stands(tmp_path: Path) -> None:
    """The path is beside the file."""
    assert fault(tmp_path, LEAST + "profile: {log: none.csv}") == (
        f"chat.yaml:5: profile.log is {tmp_path}/none.csv, which is no file; check the path"
    )


def test_a_fault_of_a_call_names_its_key_and_no_file() -> None:
    """The same words; a nested key by its whole name, and before it what the caller says."""
    with pytest.raises(UsageError) as error:
        workload_of(VALUES | {"cached_share": "1.2"}, ON)
    assert str(error.value) == "cached_share is 1.2; give a share from 0 to 1"
    with pytest.raises(UsageError) as error:
        workload_of(VALUES | {"machines": [{"name": "a", "gpu": "b", "gpus": -1}]}, ON, "flags")
    assert str(error.value) == (
        "flags: machines[0] has no price; give usd_per_hour or usd_per_month (0 where it costs"
        " nothing)"
    )
    with pytest.raises(UsageError) as error:
        workload_of(VALUES | {"timezone": "Mars/Base"}, ON)
    assert str(error.value).startswith("timezone: time zone 'Mars/Base' is not known; ")
    with pytest.raises(UsageError) as error:
        workload_of(VALUES | {"name": object()}, ON)
    assert str(error.value) == (
        "name is of type object; give a text, a number, a list or a mapping"
    )


def test_flags_and_python_values_give_what_yaml_gives(tmp_path: Path) -> None:
    """Texts with | and =, and Python's own numbers, lists and mappings."""
    text = """\
models: [gpt-4o, gpt-4.1]
requests_per_hour: 10
input_tokens: {mean: 1000, maximum: 4000}
output_tokens: 50
quality: {gpt-4o: 0.7}
ways: [batch, provisioned]
profile: {name: business-hours, from: 8, to: 17, days: [mon, tue]}
side_costs: {search: 100, it: 20.5}
follow_replacements: false
"""
    flags = {
        "name": "chat",
        "models": "gpt-4o|gpt-4.1",
        "requests_per_hour": "10",
        "input_tokens": "mean=1000|maximum=4000",
        "output_tokens": "50",
        "quality": "gpt-4o=0.7",
        "ways": ("batch", "provisioned"),
        "profile": "name=business-hours|from=8|to=17|days=mon,tue",
        "side_costs": "search=100;it=20.5",
        "follow_replacements": "false",
        "boundary": None,
    }
    values = {
        "name": "chat",
        "models": ("gpt-4o", "gpt-4.1"),
        "requests_per_hour": 10.0,
        "input_tokens": Lengths.of(1000, 4000),
        "output_tokens": Fraction(50),
        "quality": {"gpt-4o": 0.7},
        "ways": [Billing.BATCH, Billing.PROVISIONED],
        "profile": {"name": "business-hours", "from": 8, "to": 17, "days": ["mon", "tue"]},
        "side_costs": {"search": Decimal(100), "it": 20.5},
        "follow_replacements": False,
    }
    from_file = read(tmp_path, text).workload
    assert workload_of(flags, ON).workload == from_file
    assert workload_of(values, ON).workload == from_file


def test_a_workload_s_own_parts_are_taken_as_they_are() -> None:
    """A profile, lengths, units and machines that a Python caller has made."""
    first = of(
        profile=bursty(Fraction(3)),
        output_tokens=Lengths((Portion(THIRD, Fraction(1)), Portion(1 - THIRD, Fraction(4))), 9),
        machines=[OwnMachine(name="a", gpu="L4", gpus=1, usd_per_hour=Decimal("0.5"))],
    )
    again = of(profile=first.profile, output_tokens=first.output, machines=list(first.machines))
    assert again == first
    assert again.profile == bursty(Fraction(3))


def test_the_example_reads_cleanly_and_shows_every_key(tmp_path: Path) -> None:
    """Each key of a workload, of a machine and of units stands in it, left out or not."""
    text = example_text()
    assert read(tmp_path, text).workload.name == "support-chat"
    shown = set(re.findall(r"(?m)^#?\s*(?:- )?(\w+):", text))
    assert set(KEYS) - shown == set()
    units = {field.name for field in msgspec.structs.fields(OwnUnits)}
    assert units - {"input_tokens_per_minute"} - shown == set()
    assert max(map(len, text.splitlines())) <= 100


LEFT_OUT = re.findall(r"(?m)^#(?! )(\w+):.*(?:\n#  .*)*", example_text())


@pytest.mark.parametrize("key", sorted(set(LEFT_OUT) - {"profile", "log", "peak_factor"}))
def test_each_key_that_the_example_leaves_out_reads_cleanly(tmp_path: Path, key: str) -> None:
    """With its # removed; a rate in the place of the one that stands there."""
    block = re.search(rf"(?m)^#{key}:.*(?:\n#  .*)*", example_text())
    assert block
    text = block[0].replace("\n#", "\n").removeprefix("#")
    kept = example_text()
    if key.startswith("requests"):
        kept = kept.replace("requests_per_minute: 120\n", "\n")
    if key == "timezone":
        kept = LEAST
    assert read(tmp_path, f"{kept}{text}\n").workload.models
