"""What a recommended choice deploys, as the tools that deploy it need to know it."""

from decimal import Decimal

from planner.core.answers import Answer
from planner.core.hardware import Dtype, WeightFormat
from planner.core.offers import Billing

EMITS = ("az", "bicep", "terraform", "aws", "vllm", "compose")
"""The tools whose text can be printed."""


class Hosting(Answer, frozen=True):
    """How a model is served on machines: so many of them, each with copies of the model.

    `gpus` and `copies` are those of one machine; a copy lies on `tensor_parallel` of its GPUs.
    `hugging_face` is the id to load, `checkpoint` the format that it is stored in where that is
    not 16 bits; `context_tokens` the longest request, `concurrency` how many run at once on each
    copy. `memory_share` is how much of a GPU's memory the engine takes, None: its default;
    `native_dtype` the GPU's 16-bit format, `advice` what to see to with that engine there.
    """

    instance: str
    machines: int
    gpu: str
    gpus: int
    copies: int
    tensor_parallel: int
    dtype: WeightFormat | None
    kv_dtype: WeightFormat
    engine: str
    hugging_face: str | None
    context_tokens: int
    concurrency: int
    checkpoint: WeightFormat | None = None
    memory_share: float | None = None
    native_dtype: Dtype | None = None
    advice: str | None = None


class ComingAndGoing(Answer, frozen=True):
    """Units or machines that do not run day and night, as many as `most` at once.

    Outside `hours` none of them is needed, null: there are no such hours, or too many to tell.
    They are priced at `usd_per_month`; left running they cost `usd_if_left_running`.
    """

    most: int
    hours: str | None
    usd_per_month: Decimal
    usd_if_left_running: Decimal


class Deployable(Answer, frozen=True):
    """One thing to deploy: a managed offer with its units, or a model on machines.

    `name` is the workload's. `provider_model` is the id to call, `deployment_type` the provider's
    own word. `capacity` is what the provider counts: PTU or model units, or units of so many
    tokens (`tokens_per_unit`) a minute, or enqueued at once where it is a batch's; None where
    there is nothing to choose. `overflow` is the offer that takes what the units do not, `batch`
    the one that takes what may wait. `reserved` of the units or machines are bought for `term`
    (None: by the hour) and run day and night; those beyond are `come_and_go`.
    `at_first` is how many are enough to begin with where traffic grows, null: all of them.
    """

    name: str
    kind: Billing
    provider: str
    region: str | None
    model: str
    version: str | None
    publisher: str | None
    provider_model: str | None
    deployment_type: str | None
    tier: str
    capacity: int | None
    hosting: Hosting | None
    destinations: tuple[str, ...]
    overflow: "Deployable | None"
    batch: "Deployable | None" = None
    tokens_per_unit: int | None = None
    term: str | None = None
    reserved: int | None = None
    come_and_go: ComingAndGoing | None = None
    at_first: int | None = None
