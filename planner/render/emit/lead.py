"""The first lines of every output: what it deploys, for which workload, and what to fill in."""

from collections.abc import Iterable, Iterator

from planner.core.deployable import ComingAndGoing, Deployable, Hosting
from planner.core.offers import Billing
from planner.render.emit.words import comment, listed, words

BEDROCK_JOBS = (
    "a batch there is a job (aws bedrock create-model-invocation-job) with a role that "
    "bedrock.amazonaws.com may assume, to read and write its files in S3 and to invoke the model: "
    "docs.aws.amazon.com/bedrock/latest/userguide/batch-iam-sr.html"
)
"""What takes the place of a deployment; that page of AWS' was read on 2026-11-26."""
_THOUSAND = 1_000
_UNITS = {
    ("azure", Billing.ON_DEMAND): "thousand tokens a minute",
    ("azure", Billing.BATCH): "thousand enqueued tokens",
    ("azure", Billing.PROVISIONED): "PTU",
    ("bedrock", Billing.PROVISIONED): "model units",
}


def lead(
    of: Deployable, fill_in: Iterable[str], more: Iterable[str] = (), mark: str = "#"
) -> list[str]:
    """Comment lines: what is deployed for whom, that nobody ran it, what to set first, and more."""
    to_set = tuple(fill_in)
    first = f" Set {listed(to_set)} first." if to_set else ""
    texts = [
        f"For the workload {words(of.name)}: {subject(of)}.",
        f"planner wrote this and has not run it.{first}",
        *more,
        *_remarks(of),
    ]
    return [line for text in texts for line in comment(text, mark)]


def _remarks(of: Deployable) -> Iterator[str]:
    """What no tool here sets: the tier of the requests, an overflow elsewhere."""
    if of.tier != "default":
        yield f"Each request is to ask for the {words(of.tier)} tier."
    yield from _bought(of)
    if of.batch is not None and not deploys_batch(of):
        yield f"Not in here: what may wait goes to {subject(of.batch)}."
        if of.batch.provider == "bedrock":
            yield f"{BEDROCK_JOBS[0].upper()}{BEDROCK_JOBS[1:]}."
    if of.overflow is not None and not same_place(of, of.overflow):
        yield f"Not in here: what this does not take goes to {subject(of.overflow)}."


def _bought(of: Deployable) -> Iterator[str]:
    """What to buy beside it, and what is to come and go.

    Azure bills deployed units by the hour, and a reservation of the same type and region covers
    them; it is bought after they are deployed (learn.microsoft.com, PTU costs and billing,
    2026-04-07). Bedrock's units are bought with their term.
    """
    if of.term is not None and of.reserved:
        term = words(of.term.replace("_", " "))
        if of.hosting is not None:
            yield f"Priced with {of.reserved:,} machines bought for {term}: buy that beside them."
        elif of.provider == "azure":
            yield (
                f"Priced with a reservation of {of.reserved:,} PTU for {term}: buy it once they "
                "are deployed, for the same type and region; until then they cost more by the hour."
            )
    if of.at_first is not None:
        are = "is" if of.at_first == 1 else "are"
        yield f"{of.at_first:,} {are} enough to begin with, the others are for traffic as it grows."
    if of.come_and_go is not None:
        yield _switched_off(of, of.come_and_go)


def _switched_off(of: Deployable, some: ComingAndGoing) -> str:
    """When to do without what is paid by the hour, and what it costs to let it stand."""
    one = some.most == 1
    noun = ("machine" if of.hosting is not None else "unit") + ("" if one else "s")
    goes, it = ("comes and goes", "it costs") if one else ("come and go", "they cost")
    how = "buy and delete them apart" if of.provider == "bedrock" else "scale as it does"
    if some.hours is not None:
        how = f"none is needed outside {some.hours}; {how}"
    return (
        f"Up to {some.most:,} {noun} {goes} with the load: {how}. Priced so at "
        f"{some.usd_per_month:,.0f} USD a month; left running day and night {it} "
        f"{some.usd_if_left_running:,.0f} USD."
    )


def subject(of: Deployable) -> str:
    """What is deployed, in a line: the model, where and as what, and how much of it."""
    if of.hosting is not None:
        return f"{words(of.model)} on {machines(of.hosting, of.provider)}"
    place = [of.provider, of.deployment_type, of.region]
    text = f"{model(of)} ({', '.join(words(part) for part in place if part)})"
    return text if of.capacity is None else f"{text}, {units(of)}"


def model(of: Deployable) -> str:
    """The model with its version."""
    return words(of.model if of.version is None else f"{of.model} {of.version}")


def units(of: Deployable) -> str:
    """How much is deployed, in the provider's units."""
    name = _UNITS.get((of.provider, of.kind), "units")
    if of.tokens_per_unit not in {None, _THOUSAND}:
        name = f"units of {of.tokens_per_unit:,} tokens a minute"
    return f"{of.capacity:,} {name}"


def machines(of: Hosting, cloud: str) -> str:
    """How many machines, of which kind and where."""
    return f"{of.machines} x {words(of.instance)} ({words(cloud)})"


def deploys_batch(of: Deployable) -> bool:
    """Whether what may wait has a deployment of its own beside this one: on Bedrock it is a job."""
    return of.batch is not None and same_place(of, of.batch) and of.provider == "azure"


def same_place(of: Deployable, other: Deployable) -> bool:
    """Whether one output deploys both: managed, and in one region of one provider."""
    places = {(one.provider, one.region) for one in (of, other)}
    return len(places) == 1 and of.hosting is None and other.hosting is None
