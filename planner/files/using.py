"""The file of what a team runs, each entry a model with as much as the team wants to say.

    - gpt-5.1
    - name: chat
      provider: azure
      model: gpt-4.1
      version: "2025-04-14"
      deployment_type: GlobalStandard
      regions: [swedencentral, eastus2]
      account: prod

`region: swedencentral` is short for a list of one. Whatever is left out is left open.
"""

from collections.abc import Callable
from pathlib import Path

from planner.core.using import Use
from planner.errors import BadFileError
from planner.files.pricing_fields import unknown
from planner.files.yaml_text import Node, compose, items, line_of, mapping, read_text, text_of

_WORDS = ("name", "provider", "model", "version", "deployment_type", "account")
_KEYS = (*_WORDS, "region", "regions")
_AGAIN = "write - model: NAME, or - NAME, a line each"


def read_using(path: Path, canonical: Callable[[str], str]) -> tuple[Use, ...]:
    """Read what a team runs. BadFileError names file and line, also where nothing stands in it."""
    root = compose(path, read_text(path))
    if root is None:
        raise BadFileError(f"{path}:1: nothing stands in it; {_AGAIN}")
    nodes = items(path, root, "the file")
    if not nodes:
        raise BadFileError(f"{path}:{line_of(root)}: the list is empty; {_AGAIN}")
    return tuple(_use(path, node, canonical) for node in nodes)


def _use(path: Path, node: Node, canonical: Callable[[str], str]) -> Use:
    if node.id == "sequence":
        raise BadFileError(f"{path}:{line_of(node)}: a list where a model belongs; {_AGAIN}")
    if node.id == "scalar":
        model = text_of(path, "the model", node)
        return Use(model=canonical(model), file=str(path), line=line_of(node))
    found = mapping(path, node)
    for name, (key, _) in found.items():
        if name not in _KEYS:
            raise BadFileError(f"{path}:{line_of(key)}: {unknown('key', name, _KEYS)}")
    if "model" not in found:
        raise BadFileError(f"{path}:{line_of(node)}: the entry names no model; {_AGAIN}")
    if "region" in found and "regions" in found:
        line = line_of(found["region"][0])
        raise BadFileError(f"{path}:{line}: region and regions stand side by side; keep one")
    words = {n: text_of(path, n, value) for n, (_, value) in found.items() if n in _WORDS}
    words["model"] = canonical(words["model"])
    regions = [found["region"][1]] if "region" in found else []
    if "regions" in found:
        regions = items(path, found["regions"][1], "regions")
    return Use(
        **words,
        regions=tuple(sorted({text_of(path, "a region", r) for r in regions})),
        file=str(path),
        line=line_of(node),
    )
