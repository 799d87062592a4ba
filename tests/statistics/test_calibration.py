"""How often verdicts are wrong, and how often they find what is there: on drawn values.

A seed's luck is shared by all treatments, and the difference of any two has sd 1: 10 seeds each.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from cnnopt.statistics import (
    Pair,
    best_of,
    compare_pairs,
    hedges_g_av,
    holm,
    pair_verdict,
    wilcoxon,
)

SEEDS = 10
PLANS = [(2, 0.0, 4000), (9, 0.0, 2000), (2, 2.0, 2000), (9, 2.0, 1000)]


def drawn(generator: np.random.Generator, treatments: int, advantage: float) -> np.ndarray:
    """Draw values of shape (treatments, SEEDS); the first is better by so many sds on average."""
    values = generator.normal(0, 1, SEEDS) + generator.normal(
        0, math.sqrt(0.5), (treatments, SEEDS)
    )
    values[0] += advantage
    return values


@cache
def families(treatments: int, advantage: float, repetitions: int) -> list[list[Pair]]:
    generator = np.random.default_rng([treatments, round(advantage), repetitions])
    return [
        compare_pairs(
            {
                f"t{i}": row.tolist()
                for i, row in enumerate(drawn(generator, treatments, advantage))
            },
            higher_is_better=True,
        )
        for _ in range(repetitions)
    ]


def against(family: list[Pair], name: str) -> list[Pair]:
    """Return the pairs in which a treatment has the better mean."""
    return [pair for pair in family if pair.a == name]


def disagrees(pair: Pair) -> bool:
    low, high = pair.interval
    return pair.significant != (low > 0 or high < 0)


def test_one_pair_without_a_difference() -> None:
    share = np.mean([pair.significant for (pair,) in families(*PLANS[0])])
    assert 0.03 < share < 0.07


def test_best_of_nine_picked_after_looking() -> None:
    studies = families(*PLANS[1])
    best = [against(study, best_of(study)) for study in studies]
    assert {len(pairs) for pairs in best} == {8}
    assert np.mean([any(pair.significant for pair in pairs) for pairs in best]) < 0.06
    # Corrected only over the eight pairs that are read, it would not hold: the picking has a price.
    eight = [min(holm([pair.test.p for pair in pairs])) <= 0.05 for pairs in best]
    assert np.mean(eight) > 0.09


def test_one_pair_two_sds_apart() -> None:
    found = [pair.significant and pair.a == "t0" for (pair,) in families(*PLANS[2])]
    assert np.mean(found) >= 0.99


def test_one_of_nine_two_sds_better() -> None:
    studies = families(*PLANS[3])
    mine = [against(study, "t0") for study in studies]
    than_another = [any(p.b == "t8" and p.significant for p in pairs) for pairs in mine]
    than_all = [len(pairs) == 8 and all(p.significant for p in pairs) for pairs in mine]
    assert np.mean(than_another) >= 0.85
    assert 0.5 < np.mean(than_all) < np.mean(than_another)
    others = [pair for study in studies for pair in study if "t0" not in (pair.a, pair.b)]
    assert np.mean([pair.significant for pair in others]) < 0.01


@pytest.mark.parametrize("plan", PLANS)
def test_p_and_interval_agree_in_every_pair_of_every_simulation(
    plan: tuple[int, float, int],
) -> None:
    pairs = [pair for family in families(*plan) for pair in family]
    assert len(pairs) == plan[2] * plan[0] * (plan[0] - 1) // 2
    assert not any(map(disagrees, pairs))


@pytest.mark.parametrize("treatments", [2, 4])
def test_p_and_interval_agree_at_the_very_edge(treatments: int) -> None:
    for seed in range(60):
        values = drawn(np.random.default_rng(seed), treatments, 0.0)

        def pair(shift: float, values: np.ndarray = values) -> Pair:
            moved = {f"t{i}": row for i, row in enumerate(values)} | {"t0": values[0] + shift}
            return compare_pairs(moved, higher_is_better=True)[0]

        low, high = values[1].mean() - values[0].mean(), 1e3  # from equal means to far apart
        while (middle := (low + high) / 2) not in (low, high):
            low, high = (low, middle) if pair(middle).significant else (middle, high)
        assert not pair(low).significant
        assert pair(high).significant
        for steps in range(-4, 5):
            assert not disagrees(pair(high + steps * math.ulp(high)))


def test_a_treatment_against_itself() -> None:
    for seed in range(20):
        values = {f"t{i}": row for i, row in enumerate(drawn(np.random.default_rng(seed), 8, 0.0))}
        study = compare_pairs(values | {"copy": values["t3"]}, higher_is_better=True)
        (same,) = [pair for pair in study if {pair.a, pair.b} == {"t3", "copy"}]
        assert (same.test.p, same.p_adjusted, same.interval) == (1.0, 1.0, (0.0, 0.0))
        assert pair_verdict(same, "loss") == "t3 and copy are identical on all 10 seeds"
        assert wilcoxon(values["t3"], values["t3"]).p == 1.0
        assert hedges_g_av(values["t3"], values["t3"]) == 0.0


def test_wilcoxon_keeps_its_level_and_finds_two_sds() -> None:
    generator = np.random.default_rng(6)
    equal = [wilcoxon(*drawn(generator, 2, 0.0)).p <= 0.05 for _ in range(4000)]
    assert 0.03 < np.mean(equal) <= 0.06  # its last step below 5 % is 0.0488
    assert np.mean([wilcoxon(*drawn(generator, 2, 2.0)).p <= 0.05 for _ in range(1000)]) >= 0.99
