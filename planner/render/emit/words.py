"""Text that is safe in a shell, HCL, Bicep, JSON or Compose file, whoever chose the names in it.

A value is text with holes. What comes from outside passes `known`, which leaves one line of visible
characters; what planner cannot know is a hole, and each format writes it as a variable of its own.
"""

import json
import re
import shlex
import textwrap
from collections.abc import Callable, Iterable

from planner.render.safe import plain

ASKS = {
    "resource_group": "the resource group",
    "account": "the Azure AI resource that holds the deployments",
    "location": "the Azure region of the resource",
    "cognitive_account_id": "the id of the Azure AI resource that holds the deployments",
    "model_format": "the format of the model, as az cognitiveservices account list-models shows it",
    "model_version": "the version of the model",
    "sku_name": "the deployment type, such as GlobalStandard or GlobalProvisionedManaged",
    "capacity": "the units to deploy",
    "overflow_model_format": "the format of the model that takes the overflow",
    "overflow_model_version": "the version of the model that takes the overflow",
    "overflow_sku_name": "the deployment type of the overflow",
    "overflow_capacity": "the units of the overflow",
    "batch_model_format": "the format of the model that takes what may wait",
    "batch_model_version": "the version of the model that takes what may wait",
    "batch_sku_name": "the deployment type of the batch, such as GlobalBatch",
    "batch_capacity": "the thousands of tokens that the batch may hold at once",
    "account_id": "the AWS account, 12 digits",
    "region": "the AWS region that requests enter",
    "model_id": "the id that requests name",
    "foundation_model": "the id of the model behind the inference profile",
    "overflow_region": "the AWS region of the overflow",
    "overflow_model_id": "the id of what takes the overflow",
    "overflow_foundation_model": "the id of the model behind the profile of the overflow",
    "model": "the checkpoint to load, by its Hugging Face id",
}
"""What planner leaves open, by the hole's name, and what to set it to: no quote, no brace."""

# Private characters: `plain` spells them out, so that no name from outside can hold a hole.
_START, _END = "\ue000", "\ue001"
_HOLE = re.compile(f"{_START}([a-z_]+){_END}")
# Holes that Terraform fills by itself.
_FOUND_OUT = {
    "account_id": "data.aws_caller_identity.current.account_id",
    "provisioned_arn": "aws_bedrock_provisioned_model_throughput.workload.provisioned_model_arn",
}
_SLUG_CHARACTERS = 40
_NAME_CHARACTERS = 80
_COMMENT_WIDTH = 92


def hole(name: str) -> str:
    """A value that is to be filled in."""
    return f"{_START}{name}{_END}"


def known(text: object) -> str:
    """A value from outside: one line of visible characters, without holes."""
    return plain(text)


def known_or(text: object | None, name: str) -> str:
    """A value from outside, or the hole for it where it is not known."""
    return hole(name) if text is None or text == "" else known(text)


def holes(texts: Iterable[str]) -> tuple[str, ...]:
    """The names of the holes, each once, in order."""
    return tuple(dict.fromkeys(name for text in texts for name in _HOLE.findall(text)))


def words(text: object) -> str:
    """A name in a comment: one line, cut where it is very long."""
    shown = plain(text)
    return shown if len(shown) <= _NAME_CHARACTERS else f"{shown[:_NAME_CHARACTERS]}..."


def comment(text: str, mark: str = "#") -> list[str]:
    """A remark as comment lines, broken between words."""
    lines = textwrap.wrap(text, _COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"{mark} {line}" for line in lines]


def slug(name: str, ending: str = "") -> str:
    """A name for a resource: ASCII letters, digits and single hyphens, a letter or digit first."""
    kept = re.sub(r"[^A-Za-z0-9]+", "-", name)[:_SLUG_CHARACTERS].strip("-")
    return f"{kept or 'workload'}{ending}"


def variable(name: str) -> str:
    """A hole's name as a shell variable."""
    return name.upper()


def camel(name: str) -> str:
    """A hole's name as a Bicep parameter."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def shell(text: str) -> str:
    """One word of a shell command."""
    if not _HOLE.search(text):
        return shlex.quote(text)
    escaped = re.sub(r'([\\"$`])', r"\\\1", text)
    return f'"{_filled(escaped, variable)}"'


def option(flag: str, text: str) -> str:
    """An option and its value; bound by "=" where the value could be taken for an option."""
    return f"{flag}{'=' if text.startswith('-') else ' '}{shell(text)}"


def here_document(text: str) -> str:
    """Lines of a here-document in which the shell replaces the holes alone."""
    return _filled(re.sub(r"([\\$`])", r"\\\1", text), variable)


def hcl(text: str) -> str:
    """A string of Terraform's language; a hole is a variable, or what Terraform can find out."""
    if whole := _HOLE.fullmatch(text):
        return _hcl_reference(whole[1])
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    inert = re.sub(f"[$%](?=[{{{_START}])", lambda m: f"\\u{ord(m[0]):04x}", escaped)
    return f'"{_filled(inert, _hcl_reference)}"'


def bicep(text: str) -> str:
    """A string of Bicep; a hole is a parameter."""
    if whole := _HOLE.fullmatch(text):
        return camel(whole[1])
    escaped = re.sub(rf"[\\']|\$(?=[{{{_START}])", lambda m: f"\\u{{{ord(m[0]):x}}}", text)
    return f"'{_filled(escaped, camel)}'"


def compose(text: str) -> str:
    """A string of a Compose file, in which "$" starts a variable of the environment."""
    quoted = json.dumps(text, ensure_ascii=False).replace("$", "$$")
    return _filled(quoted, lambda name: f"{variable(name)}:?{ASKS[name]}")


def number(text: str, quoted: Callable[[str], str]) -> str:
    """A whole number, or the variable that is to hold it."""
    return text if text.isdecimal() else quoted(text)


def sentence(name: str) -> str:
    """What to set a hole to, as the start of a sentence."""
    return ASKS[name][0].upper() + ASKS[name][1:]


def demands(names: Iterable[str]) -> list[str]:
    """Lines of a shell script that stop it while a variable is not set."""
    return [f': "${{{variable(name)}:?{ASKS[name]}}}"' for name in names]


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names in a row: "a", "a and b", "a, b and c"."""
    *most, end = names
    return f"{', '.join(most)} {last} {end}" if most else end


def _hcl_reference(name: str) -> str:
    return _FOUND_OUT.get(name, f"var.{name}")


def _filled(escaped: str, reference: Callable[[str], str]) -> str:
    """The holes as references, which every format here writes in the same braces."""
    return _HOLE.sub(lambda m: f"${{{reference(m[1])}}}", escaped)
