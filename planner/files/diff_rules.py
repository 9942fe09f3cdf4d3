"""What a team does not want to hear of, and how bad a change is for it: two small YAML files.

The ignore file is a list; every key of an entry is optional, but one must be there:

    - check: region_removed
      provider: azure
      model: gpt-4o
      regions: [eastus]
      until: 2027-01-01
      reason: we moved away

The severities file maps checks to breaking, warning, info or ignore:

    quota_down: breaking
    region_added: ignore
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from planner.core.checks import CHECKS, Severity
from planner.core.judging import Ignore
from planner.errors import BadFileError
from planner.files.pricing_fields import show, to_date, unknown
from planner.files.yaml_text import (
    Node,
    compose,
    items,
    line_of,
    mapping,
    read_text,
    text_of,
    value_of,
)

_SILENT = "ignore"
_WORDS = ("check", "provider", "model", "version", "deployment_type", "account")
_KEYS = (*_WORDS, "region", "regions", "until", "reason")


def read_ignores(path: Path, canonical: Callable[[str], str]) -> tuple[Ignore, ...]:
    """Read an ignore file; BadFileError names file and line."""
    root = compose(path, read_text(path))
    nodes = [] if root is None else items(path, root, "the file")
    return tuple(_ignore(path, node, canonical) for node in nodes)


def read_severities(path: Path) -> tuple[dict[str, Severity], tuple[Ignore, ...]]:
    """Read a severities file: the levels by check, and the checks that it silences."""
    root = compose(path, read_text(path))
    levels: dict[str, Severity] = {}
    silent = []
    for name, (key, value) in ({} if root is None else mapping(path, root)).items():
        check = _known(path, key, "check", name, CHECKS)
        level = text_of(path, name, value)
        if level == _SILENT:
            silent.append(Ignore(check=check))
        else:
            levels[check] = _level(path, value, level)
    return levels, tuple(silent)


def _level(path: Path, node: Node, level: str) -> Severity:
    if level not in list(Severity):
        told = ", ".join((*Severity, _SILENT))
        raise BadFileError(f"{path}:{line_of(node)}: no level {show(level)}; give one of {told}")
    return Severity(level)


def _ignore(path: Path, node: Node, canonical: Callable[[str], str]) -> Ignore:
    found = mapping(path, node)
    for name, (key, _) in found.items():
        _known(path, key, "key", name, _KEYS)
    if not found.keys() - {"until", "reason"}:
        raise BadFileError(
            f"{path}:{line_of(node)}: the entry would ignore everything; name a check or a model"
        )
    told: dict[str, Any] = {
        name: text_of(path, name, value) for name, (_, value) in found.items() if name in _WORDS
    }
    if "check" in told:
        _known(path, found["check"][1], "check", told["check"], CHECKS)
    if "model" in told:
        told["model"] = canonical(told["model"])
    if "until" in found:
        told["until"] = value_of(path, "until", found["until"][1], to_date)
    regions = [found["region"][1]] if "region" in found else []
    if "regions" in found:
        regions += items(path, found["regions"][1], "regions")
    return Ignore(
        **told,
        regions=tuple(text_of(path, "a region", r) for r in regions),
        file=str(path),
        line=line_of(node),
    )


def _known(path: Path, node: Node, kind: str, name: str, known: Iterable[str]) -> str:
    if name not in known:
        raise BadFileError(f"{path}:{line_of(node)}: {unknown(kind, name, known)}")
    return name
