"""Claims about hostile names: in every format they are text, and nothing that a tool obeys."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pycep import BicepParser

from planner.core.deployable import Deployable
from planner.render.emit import emit, fitting
from planner.render.emit.words import ASKS
from planner.render.safe import plain
from tests.deployables import azure, azure_units, batch, bedrock, bedrock_units, hosted
from tests.shells import options, run

HOSTILE = [
    "$(touch owned)",
    "`touch owned`",
    "'; touch owned #",
    '"; touch owned #',
    "${HOME}",
    "%{ if true }",
    "--yes",
    "a\nb: c\n- d",
    "\\",
    "a\\'${b}",
    "POLICY",
    "*",
    "&{aws:username}",
    "\ue000account\ue001",
    "\u2028owned",
    "../../etc/passwd",
    "",
]
NAMED: dict[str, Callable[[str], Deployable]] = {
    "azure": lambda name: _named(azure, name),
    "azure units": lambda name: _named(azure_units, name, overflow=_named(azure, name)),
    "azure batch": lambda name: _named(azure, name, batch=_named(batch, name)),
    "bedrock": lambda name: _named(bedrock, name, destinations=(name,)),
    "bedrock units": lambda name: _named(bedrock_units, name),
}
each_name = pytest.mark.parametrize("name", HOSTILE)
VARIABLES = dict.fromkeys((name.upper() for name in ASKS), "1")


def _named(build: Callable[..., Deployable], name: str, **changes: object) -> Deployable:
    """A choice in which everything that comes from outside has this name."""
    fields = ("name", "region", "model", "version", "publisher", "provider_model", "tier")
    return build(**dict.fromkeys((*fields, "deployment_type"), name) | changes)


def hosted_by(name: str) -> Deployable:
    """A model on machines in which everything that comes from outside has this name."""
    choice = hosted(instance=name, gpu=f"NVIDIA {name}", hugging_face=name)
    return _named(azure, name, kind=choice.kind, hosting=choice.hosting)


@each_name
def test_a_shell_takes_a_name_for_a_word(name: str, tmp_path: Path) -> None:
    """Each option of az has the whole name for a value, and no other command runs."""
    calls = run(emit("az", NAMED["azure units"](name)), tmp_path, VARIABLES)
    assert {call[0] for call in calls} == {"az"}
    made = [options(call) for call in calls if "create" in call]
    assert [one.get("--model-name") for one in made[1:]] == [plain(name)] * 2
    assert [path.name for path in tmp_path.iterdir()] == ["calls"]


@each_name
@pytest.mark.parametrize("which", ["bedrock", "bedrock units"])
def test_a_name_widens_no_policy(which: str, name: str, tmp_path: Path) -> None:
    """What is no id is asked for, so that neither wildcard nor policy variable gets into an ARN."""
    calls = run(emit("aws", NAMED[which](name)), tmp_path, VARIABLES)
    assert {call[0] for call in calls} == {"aws"}
    (written,) = set(tmp_path.iterdir()) - {tmp_path / "calls"}
    policy = json.loads(written.read_text(encoding="utf-8"))
    arns = [arn for one in policy["Statement"] for arn in one["Resource"]]
    assert all(re.fullmatch(r"arn:[A-Za-z0-9:/._-]+", arn) for arn in arns)


@each_name
@pytest.mark.parametrize("kind", ["vllm", "compose"])
def test_a_name_is_no_option_of_vllm(kind: str, name: str, tmp_path: Path) -> None:
    """A checkpoint that is no Hugging Face id is asked for; the rest stands in comments."""
    text = emit(kind, hosted_by(name))
    if kind == "vllm":
        servers = run(text, tmp_path, VARIABLES)
        assert [words[1:4] for words in servers] == [["vllm", "serve", checkpoint(name, "1")]] * 2
    else:
        parsed = yaml.safe_load(text)
        assert list(parsed) == ["x-copy", "services"]
        asked = "${MODEL:?the checkpoint to load, by its Hugging Face id}"
        assert parsed["x-copy"]["command"][0] == checkpoint(name, asked)


def checkpoint(name: str, asked: str) -> str:
    """What is loaded: a name that could be one's, else what is asked for."""
    return name if name.isalnum() else asked


@given(st.text(max_size=20))
@example("${a}")
@example('"}\n')
@settings(max_examples=60, deadline=None)
def test_terraform_reads_a_name_back(name: str) -> None:
    """The name of the model, as its parser decodes it, is the name, and adds no resource."""
    (block,) = read_hcl(emit("terraform", NAMED["azure"](f"m{name}")))["resource"]
    model = block['"azurerm_cognitive_deployment"']['"workload"']["model"][0]
    assert "${" not in model["name"]
    assert json.loads(model["name"]) == plain(f"m{name}")


@given(st.text(max_size=20).filter(lambda name: "'''" not in name))
@example("${a}")
@example("'}\n//")
@settings(max_examples=60, deadline=None)
def test_bicep_reads_a_name_back(name: str) -> None:
    """The same in Bicep, whose parser takes three quotes in a comment for a string."""
    parsed: Any = BicepParser().parse(text=emit("bicep", NAMED["azure"](f"m{name}")))
    assert list(parsed["resources"]) == ["account", "workload"]
    written = parsed["resources"]["workload"]["config"]["properties"]["model"]["name"]
    assert "${" not in written
    assert re.sub(r"\\u\{(\w+)\}", lambda m: chr(int(m[1], 16)), written) == plain(f"m{name}")


@given(st.text(max_size=20))
@example("\u2028")
@example("a\n#")
@settings(max_examples=60, deadline=None)
def test_a_name_breaks_no_line(name: str) -> None:
    """No output has more lines, or a character that a terminal obeys, for the sake of a name."""
    for build in (*NAMED.values(), hosted_by):
        choice = build(name)
        for kind in fitting(choice):
            text = emit(kind, choice)
            assert all(line.isprintable() for line in text.split("\n"))
            assert text.split("\n") == [*text.splitlines(), ""]


def read_hcl(text: str) -> dict[str, Any]:
    """The configuration as its parser sees it."""
    parsed: dict[str, Any] = hcl2.loads(text)
    return parsed
