"""What `planner probe` answers; the field names are the outside contract."""

from planner.core.answers import Answer
from planner.core.measurements import Measurement
from planner.core.probed import Comparison


class ProbeAnswer(Answer, frozen=True):
    """`planner probe`: the measurements, and what is forecast of them without them.

    `comparisons` are those of measurements that forecasts know the model and the machine of;
    `kept` are the files that hold the measurements, `notes` what a reader has to know.
    """

    measurements: tuple[Measurement, ...]
    comparisons: tuple[Comparison, ...]
    kept: tuple[str, ...]
    notes: tuple[str, ...]
