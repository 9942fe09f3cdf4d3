"""Claims about what two days differ in: which change is told, how bad it is, and what is not."""

from typing import Any

import pytest

from planner.core.checks import CHECKS, Severity
from planner.core.diff import Side, compare
from planner.core.diff_answer import Change
from planner.core.judging import Ignore, Rules, judge
from planner.core.offers import AppliesTo, Offer, RegionCapacity, Retirement
from planner.core.snapshots import Coverage, Origin, Snapshot, Status
from planner.core.using import Use
from tests.builders import day, lifecycle, looked, offer, quota, retires, snapshot

OLD, NEW = "2026-11-20", "2026-11-21"
BOTH = looked("eastus2", "japaneast")


def changes(old: Snapshot, new: Snapshot, **rules: Any) -> list[Change]:
    """What changed between two snapshots."""
    found = compare(_side(old), _side(new), str)
    return list(judge(found.findings, Rules(**rules), new.date).changes)


def told(old: Snapshot, new: Snapshot, **rules: Any) -> list[tuple[str, str, str]]:
    """The changes as check, severity and message."""
    return [(c.check, c.severity.value, c.message) for c in changes(old, new, **rules)]


def unseen(old: Snapshot, new: Snapshot) -> list[tuple[str | None, str]]:
    """What could not be compared."""
    return [(u.region, u.reason) for u in compare(_side(old), _side(new), str).uncompared]


def _side(*looks: Snapshot) -> Side:
    return Side(on=looks[0].date, snapshots=looks)


def before(*offers: Any, **fields: Any) -> Snapshot:
    """The snapshot of the older day, its two regions read whole."""
    return snapshot(*offers, on=OLD, **({"coverage": BOTH} | fields))


def after(*offers: Any, **fields: Any) -> Snapshot:
    """The snapshot of the newer day, likewise."""
    return snapshot(*offers, on=NEW, **({"coverage": BOTH} | fields))


def test_a_new_model_in_several_regions_is_one_change() -> None:
    """One cause is one line, with the number of its regions where they are many."""
    regions = [f"region{n}" for n in range(14)]
    seen = looked(*regions)
    new = [offer(region, "gpt-5.5", version="2026-04-24") for region in regions]
    other = offer(regions[0])
    assert told(before(other, coverage=seen), after(other, *new, coverage=seen)) == [
        (
            "model_added",
            "info",
            "gpt-5.5 2026-04-24 GlobalStandard added in 14 regions; the first of the model",
        )
    ]


@pytest.mark.parametrize(
    ("left", "check", "severity"),
    [
        ((), "model_removed", "breaking"),
        ((offer("eastus2", version="1"),), "version_removed", "warning"),
        ((offer("eastus2", deployment_type="Standard"),), "deployment_type_removed", "warning"),
        ((offer("eastus2"),), "region_removed", "warning"),
    ],
)
def test_a_removal_says_how_much_of_the_model_is_left(
    left: tuple[Offer, ...], check: str, severity: str
) -> None:
    """Its model, version, deployment type or one region: only the first breaks everybody."""
    old = before(offer("japaneast"), *left)
    [change] = changes(old, after(*left, provider="azure"))
    assert (change.check, change.severity.value, change.regions) == (
        check,
        severity,
        ("japaneast",),
    )


def test_a_removal_breaks_those_who_use_it() -> None:
    """What the team runs is gone: breaking, with its name; what it does not run is left out."""
    old = before(
        offer("eastus2"), offer("japaneast"), offer("japaneast", "o1"), offer("eastus2", "o1")
    )
    new = after(offer("eastus2"), offer("eastus2", "o1"))
    chat = Use(model="gpt-4o", regions=("japaneast",), name="chat", file="using.yaml", line=3)
    judged = judge(compare(_side(old), _side(new), str).findings, Rules(uses=[chat]), day(NEW))
    [change] = judged.changes
    assert (change.check, change.severity, judged.not_used) == ("region_removed", "breaking", 1)
    [use] = change.used_by
    assert (use.name, use.file, use.line) == ("chat", "using.yaml", 3)
    elsewhere = Use(model="gpt-4o", regions=("eastus2",))
    assert told(old, new, uses=[elsewhere]) == []


@pytest.mark.parametrize("status", [Status.DENIED, Status.FAILED, Status.THROTTLED, Status.SUSPECT])
def test_a_region_that_failed_lost_nothing(status: Status) -> None:
    """What the newer side could not read is no removal: it is not compared; coverage is lost."""
    failed = Coverage(region="japaneast", status=status, error="no right to read")
    new = after(offer("eastus2"), coverage=(*looked("eastus2"), failed))
    old = before(offer("eastus2"), offer("japaneast"))
    assert told(old, new) == [
        ("coverage_lost", "warning",
         f"azure could not be read any more in japaneast; {status}")
    ]  # fmt: skip
    assert unseen(old, new) == [("japaneast", f"{status} (no right to read) on {NEW}")]
    [back] = told(new, after(offer("eastus2"), offer("japaneast")))
    assert back[0] == "coverage_regained"


def test_a_region_that_one_side_never_read_is_not_compared() -> None:
    """Neither its offers that are gone nor those that came are changes."""
    small, large = (
        before(offer("eastus2"), coverage=looked("eastus2")),
        after(offer("eastus2"), offer("japaneast")),
    )
    assert told(small, large) == []
    assert unseen(small, large) == [("japaneast", f"not read on {OLD}")]
    turned = snapshot(offer("eastus2"), on="2026-11-22", coverage=looked("eastus2"))
    assert [c for c, *_ in told(large, turned)] == ["coverage_lost"]
    assert unseen(large, turned) == [("japaneast", "not read on 2026-11-22")]


def test_a_look_that_asked_for_some_models_alone_says_nothing_of_the_others() -> None:
    """Outside of its coverage a snapshot says nothing."""
    new = after(offer("eastus2"), coverage=looked("eastus2", models=("gpt-4o",)))
    old = before(offer("eastus2"), offer("eastus2", "o1"), coverage=looked("eastus2"))
    assert told(old, new) == []
    assert unseen(old, new) == [("eastus2", f"o1 not looked for on {NEW}")]


def test_an_offer_told_in_more_detail_is_the_same_one() -> None:
    """A document names no usage, an article no deployment type: neither gone nor new."""
    vague = before(offer("eastus2", deployment_type=None, version=None))
    known = offer("eastus2", usage_name="OpenAI.GlobalStandard.gpt-4o")
    assert told(vague, after(known, origin=Origin.ACCOUNT)) == []
    assert told(before(known), after(*vague.records, origin=Origin.ARTICLE)) == []


def test_a_renamed_offer_is_no_loss() -> None:
    """The same id to call under another name is renamed; another usage name is a detail."""
    old = before(offer("eastus2", "gpt4o", provider_model="openai.gpt-4o"))
    new = after(offer("eastus2", "gpt-4o", provider_model="openai.gpt-4o"))
    assert told(old, new) == [
        ("renamed", "info", "gpt-4o 2024-11-20 GlobalStandard is what gpt4o was in eastus2")
    ]
    was, now = (offer("eastus2", usage_name=name) for name in ("OpenAI.a", "AIServices.a"))
    assert [(c.check, c.before, c.after) for c in changes(before(was), after(now))] == [
        ("details_changed", "OpenAI.a", "AIServices.a")
    ]


@pytest.mark.parametrize(
    ("was", "now", "check", "what"),
    [
        (None, "2027-01-01", "retirement_set", "retires on {1}"),
        ("2027-05-01", "2027-01-01", "retirement_earlier", "retires on {1} instead of {0}"),
        ("2027-01-01", "2027-05-01", "retirement_later", "retires on {1} instead of {0}"),
        ("2027-01-01", None, "retirement_withdrawn", "has no retirement date any more, {0} before"),
        ("2026-11-21", "2026-11-21", "retired", "retired on 2026-11-21"),
    ],
)
def test_retirement_dates(was: str | None, now: str | None, check: str, what: str) -> None:
    """Set, moved, withdrawn, or come to pass between the two days."""
    dates = [(retires(on),) if on else () for on in (was, now)]
    old, new = (offer("eastus2", retirement_dates=some) for some in dates)
    [change] = changes(before(old), after(new))
    assert (change.check, change.what) == (check, what.format(was, now))


def test_a_tentative_date_that_becomes_planned_is_told() -> None:
    """Certainty is a change of its own; the two dates of a name stay apart."""

    def dated(certainty: str) -> Offer:
        dates = (
            Retirement(on=day("2027-01-01"), applies_to=AppliesTo.BASE, certainty=certainty),
            retires("2028-01-01", AppliesTo.FINE_TUNED),
        )
        return offer("eastus2", retirement_dates=dates)

    [change] = changes(before(dated("tentative")), after(dated("planned")))
    assert (change.check, change.severity.value) == ("retirement_certainty", "info")
    assert change.what == "retires on 2027-01-01, planned instead of tentative"


def test_a_document_sets_the_retirement_of_every_region() -> None:
    """A notice without regions changes the life of the offers; so does the replacement it names."""
    old = snapshot(offer("eastus2"), offer("japaneast"), on=OLD, coverage=BOTH)
    notice = lifecycle("2027-03-01", replacement="gpt-5.1")
    page = snapshot(
        notice, on=NEW, coverage=looked(None, kinds=("lifecycle",)), origin=Origin.PUBLIC_DOCS
    )
    found = compare(_side(old), _side(page, old), str)
    [change] = judge(found.findings, Rules(), page.date).changes
    assert change.message == (
        "gpt-4o 2024-11-20 GlobalStandard retires on 2027-03-01 in eastus2, japaneast;"
        " replaced by gpt-5.1"
    )
    assert [u.reason for u in found.uncompared] == [f"not read since {OLD}"] * 2


@pytest.mark.parametrize(
    ("fields", "check", "what"),
    [
        ({"lifecycle": ("active", "legacy")}, "lifecycle_worse", "is legacy instead of active"),
        ({"lifecycle": ("legacy", "active")}, "lifecycle_changed", "is active instead of legacy"),
        ({"boundary": ("eu", "us")}, "boundary_wider", "may process in us instead of in eu"),
        ({"boundary": ("eu", "fr")}, "boundary_narrower", "may process in fr instead of in eu"),
        ({"boundary": ("eu", None)}, "boundary_unknown", "does not tell its boundary, eu before"),
        ({"destinations": ("a", ("a", "b"))}, "destinations_added", "may also process in b"),
        ({"destinations": (("a", "b"), "a")}, "destinations_removed", "no longer processes in b"),
        ({"context_tokens": (2000, 100)}, "context_shorter", "takes 100 tokens instead of 2,000"),
        ({"output_tokens_maximum": (40, 80)}, "context_longer", "answers 80 tokens instead of 40"),
        ({"units_minimum": (15, 25)}, "units_changed", "has units minimum 25 instead of 15"),
        ({"replacement": ("a", "b")}, "replacement_changed", "names b as replacement instead of a"),
        ({"publisher": ("A", "B")}, "details_changed", "has publisher B instead of A"),
    ],
)  # fmt: skip
def test_a_fact_that_changed(fields: dict[str, tuple[Any, Any]], check: str, what: str) -> None:
    """Each kind of fact has its own check."""
    [(name, values)] = fields.items()
    old, new = (offer("eastus2", **{name: value}) for value in values)
    [change] = changes(before(old), after(new))
    assert (change.check, change.what) == (check, what)


def test_what_another_kind_of_source_does_not_tell_has_not_changed() -> None:
    """A document knows less than the API: what it leaves out is no change of the offer."""
    full = offer("eastus2", publisher="OpenAI", tasks=("chat",), context_tokens=128000)
    bare = after(offer("eastus2"), origin=Origin.PUBLIC_DOCS)
    assert told(before(full), bare) == []
    assert [c for c, *_ in told(before(full), after(offer("eastus2")))] == ["details_changed"] * 2


def test_another_default_version() -> None:
    """Told once a model, whatever its deployment types."""

    def versions(default: str) -> list[Offer]:
        kinds = [(v, t) for v in ("1", "2") for t in ("Standard", "GlobalStandard")]
        return [
            offer("eastus2", version=v, deployment_type=t, default_version=v == default)
            for v, t in kinds
        ]

    assert told(before(*versions("1")), after(*versions("2"))) == [
        (
            "default_version_changed",
            "warning",
            "gpt-4o defaults to version 2 instead of 1 in eastus2",
        )
    ]


@pytest.mark.parametrize(
    ("limit", "check", "severity", "what"),
    [
        (450, "quota_up", "info", "is 450 instead of 300"),
        (100, "quota_down", "warning", "is 100 instead of 300"),
        (0, "quota_zero", "breaking", "is 0 instead of 300"),
        (None, "quota_unknown", "warning", "tells no limit any more, 300 before"),
    ],
)
def test_quota_limits(limit: int | None, check: str, severity: str, what: str) -> None:
    """Up, down and to nothing; what is used is no change; the models that it limits are named."""
    seen = looked("eastus2", account="main-1a2b", kinds=("offer", "quota"))
    own = offer("eastus2", usage_name="openai.standard.gpt-4o", accounts=("main-1a2b",))
    old = before(own, quota(), coverage=seen)
    [change] = changes(old, after(own, quota(limit=limit, used=99), coverage=seen))
    assert (change.check, change.severity.value, change.what) == (check, severity, what)
    assert (change.model, change.account, change.note) == ("gpt-4o", "main-1a2b", "limits gpt-4o")
    assert told(old, after(own, quota(used=250), coverage=seen)) == []


def test_quotas_that_could_not_be_read_were_not_cut() -> None:
    """The region's offers are compared, its quotas are not."""
    entry = Coverage(region="eastus2", account="main-1a2b", kinds=("offer", "quota"))
    failed = Coverage(region="eastus2", account="main-1a2b", kinds=("offer", "quota"),
                      quota_status=Status.DENIED)  # fmt: skip
    old, new = before(quota(), coverage=(entry,)), after(coverage=(failed,))
    assert told(old, new) == []
    assert unseen(old, new) == [("eastus2", f"main-1a2b: quotas: denied on {NEW}")]


def test_an_account_that_no_longer_sees_an_offer_is_named() -> None:
    """Of two accounts one lost it: the region is not gone for the other."""
    seen = tuple(Coverage(region="eastus2", account=name) for name in ("dev", "prod"))
    old = before(offer("eastus2", accounts=("dev", "prod")), coverage=seen)
    new = after(offer("eastus2", accounts=("dev",)), coverage=seen)
    [change] = changes(old, new)
    assert (change.check, change.account, change.what) == (
        "region_removed",
        "prod",
        "no longer offered to prod",
    )
    failed = Coverage(region="eastus2", account="prod", status=Status.DENIED)
    lost = told(old, after(offer("eastus2", accounts=("dev",)), coverage=(seen[0], failed)))
    assert [check for check, *_ in lost] == ["coverage_lost"]


def test_an_account_that_was_not_asked_lost_nothing() -> None:
    """Its offers are those of the older look: not compared, neither gone nor back."""
    both = tuple(Coverage(region="eastus2", account=name) for name in ("dev", "prod"))
    old = before(offer("eastus2", accounts=("dev", "prod")), coverage=both)
    new = after(offer("eastus2", accounts=("dev",)), coverage=both[:1])
    found = compare(_side(old), _side(new, old), str)
    assert [f.check for f in found.findings] == ["coverage_lost"]
    assert [u.reason for u in found.uncompared] == [f"prod: not read since {OLD}"]


def test_one_usage_name_of_several_is_no_offer_lost() -> None:
    """The SKU of fine-tuned deployments goes; the version stays under its type."""
    base, tuned = (offer("eastus2", usage_name=f"OpenAI.a{end}") for end in ("", "-finetune"))
    [lost] = changes(before(base, tuned), after(base))
    assert (lost.check, lost.what) == ("details_changed", "is no longer sold as OpenAI.a-finetune")
    [new] = changes(before(base), after(base, tuned))
    assert (new.severity.value, new.what) == ("info", "is also sold as OpenAI.a-finetune")


def test_a_renamed_model_is_heard_of_under_its_old_name() -> None:
    """By the team that still calls it so, also of its retirement."""
    id_ = "openai.gpt-4o"
    old = before(offer("eastus2", "gpt4o", provider_model=id_))
    ends = (retires("2027-01-01"),)
    new = after(offer("eastus2", "gpt-4o", provider_model=id_, retirement_dates=ends))
    heard = changes(old, new, uses=[Use(model="gpt4o")])
    assert [c.check for c in heard] == ["retirement_set", "renamed"]


def test_ignoring_one_model_does_not_silence_what_is_about_others() -> None:
    """Neither a region's loss of coverage nor a quota that several models share."""
    seen = looked("eastus2", account="main-1a2b", kinds=("offer", "quota"))
    own = [offer("eastus2", name, usage_name="q", accounts=("main-1a2b",)) for name in ("a", "b")]
    old = before(*own, quota(name="q"), coverage=seen)
    new = after(*own, quota(name="q", limit=0), coverage=seen)
    assert [c for c, *_ in told(old, new, ignores=[Ignore(model="a")])] == ["quota_zero"]
    failed = Coverage(region="eastus2", account="main-1a2b", status=Status.FAILED)
    lost = after(*own, coverage=(failed,))
    assert [c for c, *_ in told(old, lost, ignores=[Ignore(model="a")])] == ["coverage_lost"]


def test_a_quota_that_limits_nothing_known_is_nobodys() -> None:
    """A team hears of the quotas of what it runs."""
    seen = looked("eastus2", account="main-1a2b", kinds=("offer", "quota"))
    old, new = (
        make(offer("eastus2"), quota(name="zed", limit=limit), coverage=seen)
        for make, limit in ((before, 10), (after, 0))
    )
    assert told(old, new, uses=[Use(model="gpt-4o")]) == []
    assert [s for _, s, _ in told(old, new)] == ["breaking"]


def test_a_fine_tuned_retirement_breaks_no_base_deployment() -> None:
    """It is told, and no worse for those who use the model."""
    dates = (retires("2026-11-21", AppliesTo.FINE_TUNED),)
    old, new = (make(offer("eastus2", retirement_dates=dates)) for make in (before, after))
    [change] = changes(old, new, uses=[Use(model="gpt-4o")])
    assert (change.severity.value, change.what) == ("warning", "retired on 2026-11-21 (fine-tuned)")


def test_a_retirement_that_was_put_off_and_came_to_pass_is_one() -> None:
    """The old date had passed, the new one passes between the two looks: retired, not put off."""
    old, new = (offer("eastus2", retirement_dates=(retires(on),)) for on in ("2026-11-10", NEW))
    [change] = changes(before(old), after(new))
    assert (change.check, change.before, change.after) == ("retired", "2026-11-10", NEW)


def test_a_part_of_a_region_that_failed_is_not_compared() -> None:
    """A look at some models that failed beside one at the others, and one at the capacity."""
    part = Coverage(region="eastus2", models=("gpu",), status=Status.FAILED, error="timed out")
    left = Coverage(region="eastus2", kinds=("capacity",), status=Status.DENIED)
    own = offer("eastus2")
    old, new = before(own), after(own, coverage=(*BOTH, part, left))
    assert unseen(old, new) == [("eastus2", f"in part failed (timed out) on {NEW}")]
    alone = after(own, coverage=(*BOTH, left))
    assert unseen(old, alone) == [("eastus2", f"capacity: denied on {NEW}")]


def capacity(units: int | None) -> RegionCapacity:
    """What eastus2 has left for a provisioned model."""
    return RegionCapacity(provider="azure", region="eastus2", model="gpt-4.1", version="1",
                          deployment_type="ProvisionedManaged", available_units=units)  # fmt: skip


def test_capacity_is_gone_only_when_two_looks_running_find_none() -> None:
    """It comes and goes by the hour: one look at nothing is no news, the second is, once."""
    days = [f"2026-11-{n}" for n in (17, 18, 19, 20, 21)]
    looks = [
        snapshot(
            capacity(units),
            on=on,
            provider="azure",
            coverage=looked("eastus2", kinds=("capacity",)),
        )
        for on, units in zip(days, (50, 0, 0, 0, 25), strict=True)
    ]

    def step(number: int) -> list[str]:
        old = Side(
            on=looks[number - 1].date,
            snapshots=[looks[number - 1]],
            before=looks[: number - 1][::-1],
        )
        new = Side(on=looks[number].date, snapshots=[looks[number]])
        return [c.check for c in judge(compare(old, new, str).findings, Rules(), new.on).changes]

    assert [step(number) for number in (1, 2, 3, 4)] == [
        [],
        ["capacity_zero"],
        [],
        ["capacity_back"],
    ]


def test_ignored_changes_are_counted_until_their_day() -> None:
    """An entry matches by any of its words; from `until` on it is heard of again."""
    old, new = before(offer("eastus2"), offer("japaneast")), after(offer("eastus2"))
    findings = compare(_side(old), _side(new), str).findings
    for rule, left in (
        (Ignore(check="region_removed"), 0),
        (Ignore(model="gpt-4o", regions=("japaneast",)), 0),
        (Ignore(model="gpt-4o", regions=("eastus2",)), 1),
        (Ignore(check="region_removed", until=day("2027-01-01")), 0),
        (Ignore(check="region_removed", until=day(NEW)), 1),
    ):
        judged = judge(findings, Rules(ignores=[rule]), day(NEW))
        assert (len(judged.changes), judged.ignored) == (left, 1 - left)


def test_severities_can_be_overridden() -> None:
    """By check, also of what is used."""
    old, new = before(offer("eastus2"), offer("japaneast")), after(offer("eastus2"))
    levels = {"region_removed": Severity.INFO}
    assert [s for _, s, _ in told(old, new, severities=levels)] == ["info"]
    assert [s for _, s, _ in told(old, new, severities=levels, uses=[Use(model="gpt-4o")])] == [
        "info"
    ]


def test_the_checks_are_stable() -> None:
    """Scripts, ignore files and severities name them: none goes, none changes its name."""
    assert sorted(CHECKS) == [
        "boundary_narrower", "boundary_unknown", "boundary_wider", "capacity_back", "capacity_zero",
        "context_longer", "context_shorter", "coverage_lost", "coverage_regained",
        "default_version_changed", "deployment_type_added", "deployment_type_removed",
        "destinations_added", "destinations_removed", "details_changed", "lifecycle_changed",
        "lifecycle_worse", "model_added", "model_removed", "price_down", "price_gone", "price_new",
        "price_up", "quota_added", "quota_down", "quota_removed", "quota_unknown", "quota_up",
        "quota_zero",
        "region_added", "region_removed", "renamed", "replacement_changed", "retired",
        "retirement_certainty", "retirement_earlier", "retirement_later", "retirement_set",
        "retirement_withdrawn", "units_changed", "version_added", "version_removed",
    ]  # fmt: skip
