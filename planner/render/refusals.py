"""Why nothing serves a workload, or some of what was looked at does not, in sentences."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from planner.core.offers import Billing
from planner.core.own_machines import OWN
from planner.core.recommend_answer import Recommendation, Rejection

_NAMED = 3
_ELSEWHERE = re.compile(r"it may process .+, asked for (.+)")
_FIGURES = re.compile(r"\d[\d,.]*")


def nothing(answer: Recommendation) -> Iterator[str]:
    """That nothing fits, which constraint leaves nothing, and what would serve but for a step."""
    load = answer.workload
    yield f"Nothing fits {load.name}: of {len(answer.rejected)} ways none meets every constraint."
    most = [] if answer.conflicts else [*_most(answer)]
    yield from (f"{_sentence(said)}." for said in answer.conflicts[:_NAMED])
    yield from most
    waits = {Billing.BATCH} if not load.batch_share else set()
    nearly: dict[tuple[str, ...], list[Rejection]] = defaultdict(list)
    for no in answer.rejected:
        told = bool(no.reasons) and any(f": {no.reasons[0]};" in said for said in most)
        if len(no.reasons) == 1 and no.steps and no.kind not in waits and not told:
            nearly[no.model, no.reasons[0], no.steps[0]].append(no)
    for (model, reason, step), rows in [*nearly.items()][:_NAMED]:
        names = ", ".join(dict.fromkeys(no.what for no in rows))
        one = rows[0].regions if len(rows) == 1 else ()
        place = f" in {one[0]}" if one else ""
        yield f"{model}, {names}{place}: {reason}; {step}."


def _sentence(said: str) -> str:
    """With a capital, unless it begins with a key of the workload."""
    key = "_" in said.partition(" ")[0]
    return said if key else f"{said[0].upper()}{said[1:]}"


def _most(answer: Recommendation) -> Iterator[str]:
    """The reason that most of them share, whatever its figures: no one constraint explains all."""
    told = Counter(
        kind for no in answer.rejected for kind in {_FIGURES.sub("#", r) for r in no.reasons}
    )
    if not told:
        return
    kind, count = told.most_common(1)[0]
    reason, step = next(
        pair
        for no in answer.rejected
        for pair in zip(no.reasons, no.step_by_reason, strict=True)
        if _FIGURES.sub("#", pair[0]) == kind
    )
    yield f"With {count} of them: {reason}{f'; {step}' if step else ''}."


def rejections(answer: Recommendation) -> Iterator[str]:
    """What cannot serve, by its first reason; offers that process elsewhere together."""
    groups: dict[tuple[str, str, str], list[Rejection]] = defaultdict(list)
    machines = [
        no for no in answer.rejected if no.kind is Billing.SELF_HOSTED and no.provider != OWN
    ]
    folded = len(machines) > _NAMED
    for no in answer.rejected:
        if not folded or no not in machines:
            groups[no.model, no.provider, _main_reason(no)].append(no)
    for (model, provider, reason), rows in groups.items():
        names = ", ".join(dict.fromkeys(no.what for no in rows))
        regions = list(dict.fromkeys(r for no in rows for r in no.regions))
        place = f" in {', '.join(regions[:_NAMED])}" if regions else ""
        more = len(regions) - _NAMED
        place += f" and {more} more" if more > 0 else ""
        steps = dict.fromkeys(step for no in rows for step in _steps(no, reason))
        then = f" ({'; '.join(steps)})" if steps else ""
        yield f"{model}, {names} ({provider}{place}): {reason}{then}"
    if folded:
        count = len(machines)
        yield f"{count} machines: too small, or no forecast; --json has each with its reason"


def _steps(no: Rejection, reason: str) -> Iterator[str]:
    """What would mend that reason: the step of another stands beside none."""
    for one, step in zip(no.reasons, no.step_by_reason, strict=True):
        if one == reason and step is not None:
            yield step


def _main_reason(no: Rejection) -> str:
    """The reason that decides: where it processes, else the first."""
    for reason in no.reasons:
        elsewhere = _ELSEWHERE.fullmatch(reason)
        if elsewhere is not None:
            return f"it may process elsewhere than {elsewhere[1]}"
    return no.reasons[0] if no.reasons else "it does not serve the load"
