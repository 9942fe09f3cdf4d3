"""Which models are compared: those that a workload names, or what replaces them."""

from planner.core.lots import Lot
from planner.core.offered import Supply
from planner.core.offers import Availability
from planner.core.picking import whole_months
from planner.core.placement import named_replacement
from planner.core.workload import Workload

MOST_SUCCESSORS = 3
_OVER = frozenset({Availability.CLOSED_TO_NEW, Availability.RETIRED})


def living(workload: Workload, supply: Supply) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The models that are compared, and what is said of those that replace others."""
    models: dict[str, None] = {}
    notes: list[str] = []
    for name in workload.models:
        model = name
        if workload.follow_replacements:
            _, model, told = supply.shelf.replaced_by(name)
            notes += told
            for _ in range(MOST_SUCCESSORS):
                why = _why_not(model, workload, supply)
                instead = why and named_replacement(supply.shelf.catalog, model)
                if not instead:
                    break
                notes.append(f"{why}; {instead} is named instead")
                model = instead
        models[model] = None
    return tuple(models), tuple(dict.fromkeys(notes))


def _why_not(model: str, workload: Workload, supply: Supply) -> str | None:
    """Why a model is not worth comparing: it is closed to who comes new, or ends at once."""
    lots = supply.shelf.lots(model, workload.tiers[0])
    if not lots or supply.architecture(model) is not None:
        return None
    if not workload.existing and all(lot.standing.availability in _OVER for lot in lots):
        return f"{model} takes no new deployments"
    if workload.horizon_months is not None and all(_ends_at_once(lot, supply) for lot in lots):
        last = max(lot.retires_on for lot in lots if lot.retires_on is not None)
        return f"{model} retires on {last}, within the first month"
    return None


def _ends_at_once(lot: Lot, supply: Supply) -> bool:
    return lot.retires_on is not None and whole_months(supply.shelf.on, lot.retires_on) < 1
