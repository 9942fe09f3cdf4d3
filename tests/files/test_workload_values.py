"""Claims about the ways into a workload: flags, Python values, the example; one conversion."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from planner.core.offers import Billing
from planner.core.profiles import bursty
from planner.core.workload import Lengths, OwnMachine, OwnUnits, Portion
from planner.files.workload_example import example_text
from planner.files.workloads import KEYS, workload_of
from tests.files.least_workload import LEAST, ON, of, read

THIRD = Fraction(1, 3)


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
    if key == "latency_ms":
        kept += "from_region: francecentral\n"
    assert read(tmp_path, f"{kept}{text}\n").workload.models
