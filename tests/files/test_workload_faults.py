"""Claims about faults in a workload: one line each, with file, line, key and the way out."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import BadFileError, PlannerError, UsageError
from planner.files.workloads import KEYS, read_workload, workload_of
from tests.files.least_workload import LEAST, ON, VALUES


def fault(folder: Path, text: str) -> str:
    """What is said of a file with this text, after its folder."""
    path = folder / "chat.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFileError) as error:
        read_workload(path, ON)
    told = str(error.value)
    assert "\n" not in told
    return told.removeprefix(f"{folder}/")


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
    ("ttft_ms: 7,5", "chat.yaml:5: ttft_ms is '7,5', no number; write 7.5"),
    ("ttft_ms: '1,500.5'", "chat.yaml:5: ttft_ms is '1,500.5', no number; write 1500.5"),
    ("ttft_ms: 1.500,5", "chat.yaml:5: ttft_ms is '1.500,5', no number; write digits such as"),
    ("ttft_ms: 0", "chat.yaml:5: ttft_ms is 0; give more than 0"),
    ("ttft_ms: [1]", "chat.yaml:5: ttft_ms is a list; give one value"),
    ("max_tokens: 49", "chat.yaml:5: max_tokens is 49, less than an answer of 50 tokens; raise it"),
    ("max_tokens: 99.5", "chat.yaml:5: max_tokens is 99.5; give a whole number"),
    ("max_tokens:", "chat.yaml:5: max_tokens has no value; give one or remove it"),
    ("failures: 1e9", "chat.yaml:5: failures is 1000000000; give 0 to 100"),
    ("failures: 1e99", "chat.yaml:5: failures is 1e99; give 0 to 1,000,000,000"),
    ("tier: fast", "chat.yaml:5: tier is 'fast'; there is default, priority, flex"),
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
            "chat.yaml:4: output_tokens is 0; this weighs models that answer with text",
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
    with pytest.raises(UsageError) as error:
        workload_of(VALUES | {"log": "x" * 5000}, ON)
    assert str(error.value).endswith("x, which is no file; check the path")


ODD = [
    *(None, True, -1, 1.5, float("nan"), 10**5000, object(), b"x", [], {}, [[]], [None], {1: 2}),
    *("", " ", "1e99", "1/0", "%", "=|=", "a=b|a=c", "|;,", "\x00", "\x1b[0m", "\u2028", "x" * 999),
    *({"name": "bursty"}, {"name": []}, {"mean": 1}, {"share": 1}, {"log": "/"}, {"weights": [1]}),
    *([{"share": 1, "tokens": 1}], [{"name": "a"}], {"days": ""}, {"gpt-4o": "high"}),
]


@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(ODD), max_size=4))
def test_whatever_is_given_is_read_or_refused_in_one_line(given_values: dict[str, object]) -> None:
    """No value of any key is a fault of the program."""
    try:
        workload_of(VALUES | given_values, ON)
    except PlannerError as error:
        assert str(error).isprintable()  # noqa: PT017  (a value may be sound, too)
