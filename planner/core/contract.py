"""The answer type of each command: what `planner schema` describes and scripts rely on."""

from planner.core.answers import Answer, ModelsAnswer, OffersAnswer, RegionsAnswer
from planner.core.breakeven_answer import BreakevenAnswer
from planner.core.collect_answer import (
    CollectAnswer,
    DeploymentsAnswer,
    DoctorAnswer,
    QuotasAnswer,
)

ANSWERS: dict[str, type[Answer]] = {
    "breakeven": BreakevenAnswer,
    "collect": CollectAnswer,
    "deployments": DeploymentsAnswer,
    "doctor": DoctorAnswer,
    "models": ModelsAnswer,
    "offers": OffersAnswer,
    "quotas": QuotasAnswer,
    "regions": RegionsAnswer,
}
