"""What the call is about: all that is known, or what a team says or is seen to run."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
import msgspec

from planner.cli.facts import PROVIDERS, known_region, one_of
from planner.cli.holdings import Holdings
from planner.cli.options import Settings
from planner.core.offers import Deployment
from planner.core.using import Use, uses_of
from planner.errors import BadFileError, NoDataError, UnknownNameError, UsageError
from planner.files.facts import model_names
from planner.files.places import folders
from planner.files.settings import UserSettings
from planner.files.snapshots import models_in

P = ParamSpec("P")
R = TypeVar("R")

COLLECTED = "deployments"
_COLLECT = "run planner collect, or name a file: --using using.yaml"


def using_options(function: Callable[P, R]) -> Callable[P, R]:
    """`--using FILE|deployments` and `--mine`."""
    function = click.option(
        "--mine", is_flag=True,
        help="Only what you run: planner.yaml's using file, else your deployments.",
    )(function)  # fmt: skip
    return click.option(
        "--using", metavar="FILE|deployments",
        help="Only what this file, or what was collected, says that you run.",
    )(function)  # fmt: skip


def find_uses(
    using: str | None,
    mine: bool,
    user: UserSettings,
    holdings: Callable[[], Holdings],
    canonical: Callable[[str], str],
) -> tuple[Use, ...] | None:
    """What the team runs, as the options say; None where neither is given.

    `holdings` reads the collected deployments, where they are asked for. NoDataError where there
    are none; BadFileError names file and line.
    """
    if using is not None and mine:
        raise UsageError("--using and --mine both say what you run; keep one")
    if using is None and not mine:
        return None
    path = Path(using) if using is not None else user.using
    if path is not None and using != COLLECTED:
        from planner.files.using import read_using  # noqa: PLC0415 - 30 ms of YAML

        if not path.is_file():
            named = "" if using else "planner.yaml names it as what you run; "
            raise BadFileError(f"{path}: there is no such file; {named}write it, or mend the name")
        return tuple(_placed(use) for use in read_using(path, canonical))
    held = holdings()
    held.note_unreadable()
    records = [h.record for h in held.held if isinstance(h.record, Deployment)]
    found = uses_of(records, [canonical(r.model) if r.model else "" for r in records])
    if not found:
        raise NoDataError(f"no snapshot here knows deployments of yours; {_COLLECT}")
    return tuple(found)


def refuse_unknown(uses: Sequence[Use] | None, known: Collection[str], chosen: Settings) -> None:
    """BadFileError for a model in a using file that nobody knows: it would never be heard of.

    One that is gone from what the call looks at is known to an older snapshot, or to the table of
    models.
    """
    names = model_names()
    for use in uses or ():
        if use.file is not None and use.model not in known and names.facts(use.model) is None:
            everything = set(known) | {
                names.canonical(model)
                for folder in folders("snapshots", chosen.snapshots)
                for model in models_in(folder)
            }
            if use.model in everything:
                continue
            near = names.close(use.model, everything)
            hint = f"did you mean {near[0]}?" if near else "see planner models"
            where = f"{use.file}:{use.line}"
            raise BadFileError(f"{where}: nothing here knows the model {use.model!r}; {hint}")


def _placed(use: Use) -> Use:
    """A use with provider and regions as the snapshots spell them."""
    try:
        provider = use.provider and one_of("provider", use.provider, {*PROVIDERS, "aws"})
        regions = tuple(sorted({known_region(r, provider) for r in use.regions}))
    except UnknownNameError as error:
        raise BadFileError(f"{use.file}:{use.line}: {error}") from None
    return msgspec.structs.replace(use, provider=provider, regions=regions)
