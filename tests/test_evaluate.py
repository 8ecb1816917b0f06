"""helpers.evaluate against scikit-learn, theory, and its own promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    recall_score,
    roc_auc_score,
)

from helpers import evaluate


@pytest.fixture
def scores():
    """Labels, and scores that carry some signal, one row per patient."""
    generator = np.random.default_rng(0)
    y = generator.integers(0, 2, 400)
    return y, 1 / (1 + np.exp(-(generator.normal(size=400) + 1.5 * (y - 0.5))))


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    patients=st.integers(30, 80),
    most=st.integers(1, 6),
    classes=st.integers(1, 3),
)
def test_no_patient_is_on_both_sides(seed, patients, most, classes):
    generator = np.random.default_rng(seed)
    ids = np.repeat(np.arange(patients), generator.integers(1, most + 1, patients))
    # Round robin: every stratum holds enough patients to be divided in three.
    labels = (ids % classes) if classes > 1 else np.zeros(len(ids), dtype=int)
    parts = evaluate.split_patients(ids, labels, seed=seed)
    sets = [set(ids[part]) for part in parts]
    assert sum(len(one) for one in sets) == len(set.union(*sets)), "a patient on both sides"
    assert sorted(np.concatenate(parts)) == list(range(len(ids)))
    sizes = np.array([len(one) for one in sets]) / patients
    assert np.abs(sizes - [0.6, 0.2, 0.2]).max() < 3 / patients + 1e-9
    shares = [np.mean([i % classes == 0 for i in one]) for one in sets]
    assert max(shares) - min(shares) < 0.35


def test_a_split_is_stratified_and_fixed_by_its_seed():
    ids = np.arange(1000)
    labels = (ids < 100).astype(int)
    parts = evaluate.split_patients(ids, labels, (0.5, 0.25, 0.25), seed=3)
    assert [int(labels[part].sum()) for part in parts] == [50, 25, 25]
    again = evaluate.split_patients(ids, labels, (0.5, 0.25, 0.25), seed=3)
    other = evaluate.split_patients(ids, labels, (0.5, 0.25, 0.25), seed=4)
    assert all(np.array_equal(a, b) for a, b in zip(parts, again, strict=True))
    assert not np.array_equal(parts[0], other[0])


def test_the_stratum_of_a_patient_is_the_usual_label():
    ids = ["a", "a", "a", "b", "b", "c"]
    assert evaluate._strata(np.array(ids), np.array([0, 0, 1, 0, 1, 1]))[1].tolist() == [0, 1, 1]


@pytest.mark.parametrize("fractions", [(0.5, 0.6), (1.2, -0.2), (0.5, 0.2)])
def test_fractions_that_make_no_sense(fractions):
    with pytest.raises(ValueError, match="fractions must be positive and sum to 1"):
        evaluate.split_patients(range(10), [0, 1] * 5, fractions, seed=0)


def test_the_bootstrap_covers_the_truth():
    """Percentile intervals of a mean, 300 times: near 95 %, allowing for 300 repetitions."""
    hits = 0
    for k in range(300):
        values = np.random.default_rng(k).normal(size=60)
        interval = evaluate.bootstrap(lambda y, s: s.mean(), values, values, resamples=400, seed=k)
        hits += interval.low <= 0 <= interval.high
    # 0.95 less four standard errors of a proportion from 300 repetitions.
    assert hits / 300 > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 300)


def test_repeated_images_do_not_make_the_interval_narrower(scores):
    y, score = scores
    ids = np.arange(len(y))
    once = evaluate.bootstrap(roc_auc_score, y, score, ids)
    five = evaluate.bootstrap(
        roc_auc_score, np.repeat(y, 5), np.repeat(score, 5), np.repeat(ids, 5)
    )
    naive = evaluate.bootstrap(roc_auc_score, np.repeat(y, 5), np.repeat(score, 5))
    assert five.value == pytest.approx(once.value)
    assert five.high - five.low == pytest.approx(once.high - once.low)
    assert naive.high - naive.low < 0.6 * (once.high - once.low)


def test_an_interval_holds_its_value_and_prints(scores):
    interval = evaluate.bootstrap(average_precision_score, *scores)
    assert interval.low < interval.value < interval.high
    assert str(evaluate.Interval(0.9, 0.85, 0.94)) == "0.900 (95% interval 0.850 to 0.940)"


def test_the_paired_difference_of_a_model_with_itself_is_zero(scores):
    y, score = scores
    same = evaluate.bootstrap_difference(roc_auc_score, y, score, score)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    worse = evaluate.bootstrap_difference(roc_auc_score, y, score, score[::-1])
    assert worse.low > 0


def test_resamples_of_one_class_are_drawn_again_or_refused():
    y = np.array([0, 0, 0, 0, 1])
    assert np.isfinite(evaluate.bootstrap(roc_auc_score, y, y, resamples=50).low)
    with pytest.raises(ValueError, match="undefined on most resamples"):
        evaluate.bootstrap(roc_auc_score, np.zeros(5), np.zeros(5), resamples=50)


def test_rates_equal_scikit_learns(scores):
    y, score = scores
    called = (score >= 0.4).astype(int)
    assert evaluate.sensitivity(y, score, 0.4) == recall_score(y, called)
    assert evaluate.specificity(y, score, 0.4) == recall_score(y, called, pos_label=0)
    (tn, fp), (fn, tp) = confusion_matrix(y, called)
    assert evaluate.accuracy(y, score, 0.4) == pytest.approx((tp + tn) / (tp + tn + fp + fn))
    assert evaluate.brier(y, score) == brier_score_loss(y, score)


def test_the_auc_by_ranks_equals_scikit_learns(scores):
    y, score = scores
    for values in (score, score.round(1)):  # without ties and with
        assert evaluate.roc_auc(y, values) == pytest.approx(roc_auc_score(y, values))
        assert evaluate.roc_auc(y[:, None], values[:, None]) == evaluate.roc_auc(y, values)
    assert np.isnan(evaluate.roc_auc(np.ones(3), np.arange(3)))


@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.95, 1.0])
def test_the_threshold_reaches_the_sensitivity_and_no_higher_one_does(scores, wanted):
    y, score = scores
    threshold = evaluate.threshold_for_sensitivity(y, score, wanted)
    assert evaluate.sensitivity(y, score, threshold) >= wanted
    assert evaluate.sensitivity(y, score, np.nextafter(threshold, 1)) < wanted


def test_a_sensitivity_that_makes_no_sense(scores):
    with pytest.raises(ValueError, match="at_least must lie above 0"):
        evaluate.threshold_for_sensitivity(*scores, 0)


def test_youden_finds_the_best_sum(scores):
    y, score = scores
    best = evaluate.threshold_youden(y, score)

    def index(threshold):
        return evaluate.sensitivity(y, score, threshold) + evaluate.specificity(y, score, threshold)

    assert index(best) == pytest.approx(max(index(t) for t in np.unique(score)))


def test_calibrated_probabilities_look_calibrated():
    generator = np.random.default_rng(1)
    p = generator.uniform(size=20_000)
    y = generator.uniform(size=20_000) < p
    table = evaluate.calibration(y, p)
    assert table.n.sum() == 20_000
    assert ((table.low < table.predicted) & (table.predicted < table.high)).mean() >= 0.8
    assert evaluate.expected_calibration_error(y, p) < 0.02
    assert evaluate.expected_calibration_error(y, p**3) > 0.1
    with pytest.raises(ValueError, match="between 0 and 1"):
        evaluate.calibration(y, p + 1)


def test_wilson_equals_scipys():
    exact = binomtest(7, 40).proportion_ci(method="wilson")
    assert evaluate.wilson_interval(7, 40) == pytest.approx((exact.low, exact.high), abs=1e-6)


def test_net_benefit_by_hand():
    y = np.array([1, 1, 0, 0, 0])
    curve = evaluate.decision_curve(y, {"model": np.array([0.9, 0.3, 0.6, 0.2, 0.1])}, [0.5, 0.25])
    assert curve.loc[0.5, "model"] == pytest.approx(1 / 5 - 1 / 5)
    assert curve.loc[0.25, "model"] == pytest.approx(2 / 5 - 1 / 5 / 3)
    assert curve.loc[0.25, "treat all"] == pytest.approx(0.4 - 0.6 / 3)
    assert (curve["treat none"] == 0).all()
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        evaluate.decision_curve(y, {}, [0, 0.5])


def test_the_table_of_metrics(scores):
    y, score = scores
    table = evaluate.metrics_table({"a": score, "b": 1 - score}, y, {"AUC": roc_auc_score})
    assert table.loc["a", "AUC"].startswith(f"{roc_auc_score(y, score):.3f} (")
    assert list(table.index) == ["a", "b"]
