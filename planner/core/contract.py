"""The answer type of each command: what `planner schema` describes and scripts rely on."""

from planner.core.answers import Answer, ModelsAnswer, OffersAnswer, RegionsAnswer
from planner.core.breakeven_answer import BreakevenAnswer
from planner.core.collect_answer import (
    CollectAnswer,
    DeploymentsAnswer,
    DoctorAnswer,
    QuotasAnswer,
)
from planner.core.diff_answer import DiffAnswer
from planner.core.forecast_answer import ForecastAnswer, GpusAnswer
from planner.core.history import PastAnswer
from planner.core.portfolio_answer import PortfolioAnswer
from planner.core.price_hours import HoursAnswer
from planner.core.prices_answer import CheckAnswer, HistoryAnswer, PricesAnswer, RefreshAnswer
from planner.core.probe_answer import ProbeAnswer
from planner.core.recommend_answer import Recommendation
from planner.core.retirements_answer import RetirementsAnswer
from planner.core.snapshots_answer import (
    SnapshotsCheckAnswer,
    SnapshotsCompactAnswer,
    SnapshotsExportAnswer,
    SnapshotsListAnswer,
    SnapshotsShowAnswer,
)

ANSWERS: dict[str, type[Answer]] = {
    "breakeven": BreakevenAnswer,
    "collect": CollectAnswer,
    "deployments": DeploymentsAnswer,
    "diff": DiffAnswer,
    "doctor": DoctorAnswer,
    "forecast": ForecastAnswer,
    "gpus": GpusAnswer,
    "history": PastAnswer,
    "models": ModelsAnswer,
    "offers": OffersAnswer,
    "prices": PricesAnswer,
    "prices check": CheckAnswer,
    "prices history": HistoryAnswer,
    "prices hours": HoursAnswer,
    "prices refresh": RefreshAnswer,
    "probe": ProbeAnswer,
    "quotas": QuotasAnswer,
    "recommend": Recommendation,
    "recommend portfolio": PortfolioAnswer,
    "regions": RegionsAnswer,
    "retirements": RetirementsAnswer,
    "snapshots check": SnapshotsCheckAnswer,
    "snapshots compact": SnapshotsCompactAnswer,
    "snapshots export": SnapshotsExportAnswer,
    "snapshots list": SnapshotsListAnswer,
    "snapshots show": SnapshotsShowAnswer,
}
