"""The answer type of each command: what `planner schema` describes and scripts rely on."""

from planner.core.answers import Answer, ModelsAnswer, OffersAnswer, RegionsAnswer
from planner.core.breakeven_answer import BreakevenAnswer

ANSWERS: dict[str, type[Answer]] = {
    "breakeven": BreakevenAnswer,
    "models": ModelsAnswer,
    "offers": OffersAnswer,
    "regions": RegionsAnswer,
}
