"""Evaluation as medicine asks for it: patients, intervals, thresholds, calibration, net benefit.

Thin over scikit-learn. Everywhere: y_true is 0 or 1, (n,); y_score is higher for class 1, (n,);
patients is one id per row, (n,), and None means that every row is its own patient.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.metrics import brier_score_loss, roc_curve
from sklearn.model_selection import train_test_split

Metric = Callable[[np.ndarray, np.ndarray], float]


@dataclass(frozen=True)
class Interval:
    """A point estimate with its interval. level: coverage asked for, 0 to 1."""

    value: float
    low: float
    high: float
    level: float = 0.95

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.level:.0%} interval {self.low:.3f} to {self.high:.3f})"


def split_patients(patients, labels, fractions=(0.6, 0.2, 0.2), *, seed: int) -> list[np.ndarray]:
    """Indices of each part of a stratified split that keeps every patient in one part.

    A patient's stratum is the most frequent of his or her labels, the higher one on a tie.
    fractions: of patients, positive, summing to 1. Returns one sorted index array per fraction.
    Raises ValueError for bad fractions or a stratum with too few patients to divide.
    """
    patients, labels = np.asarray(patients), np.asarray(labels)
    fractions = np.asarray(fractions, dtype=float)
    if len(patients) != len(labels):
        raise ValueError(f"{len(patients)} patient ids for {len(labels)} labels.")
    if fractions.min() <= 0 or not np.isclose(fractions.sum(), 1):
        raise ValueError(f"fractions must be positive and sum to 1; got {tuple(fractions)}.")
    ids, strata = _strata(patients, labels)
    parts, left = [], np.arange(len(ids))
    for k, fraction in enumerate(fractions[:-1]):
        share = fraction / fractions[k:].sum()
        chosen, left = train_test_split(
            left, train_size=share, stratify=strata[left], random_state=seed + k
        )
        parts.append(chosen)
    return [np.flatnonzero(np.isin(patients, ids[part])) for part in [*parts, left]]


def _strata(patients, labels):
    """The distinct patients and, for each, the most frequent label (higher on a tie)."""
    ids, who = np.unique(patients, return_inverse=True)
    classes, what = np.unique(labels, return_inverse=True)
    counts = np.zeros((len(ids), len(classes)))
    np.add.at(counts, (who, what), 1)
    # argmax takes the first maximum: reverse the columns so that a tie goes to the higher label.
    return ids, classes[len(classes) - 1 - counts[:, ::-1].argmax(axis=1)]


def bootstrap(
    metric: Metric, y_true, y_score, patients=None, *, resamples=1000, level=0.95, seed=0
) -> Interval:
    """Percentile bootstrap interval of metric(y_true, y_score) that resamples patients.

    All rows of a drawn patient come along: images of one patient are not independent.
    Resamples on which the metric is undefined (one class only, say) are drawn again; raises
    ValueError when more than half are. Source: Efron & Tibshirani 1993, chapter 13; for clusters,
    Field & Welsh 2007, doi 10.1111/j.1467-9868.2007.00593.x.
    """
    arrays = [np.asarray(y_true), np.asarray(y_score)]
    draws = _bootstrap(
        lambda rows: metric(*(a[rows] for a in arrays)), len(arrays[0]), patients, resamples, seed
    )
    return _interval(metric(*arrays), draws, level)


def bootstrap_difference(
    metric: Metric, y_true, score_a, score_b, patients=None, *, resamples=1000, level=0.95, seed=0
) -> Interval:
    """Paired bootstrap of metric(a) - metric(b): both models on the same drawn patients."""
    y, a, b = np.asarray(y_true), np.asarray(score_a), np.asarray(score_b)
    draws = _bootstrap(
        lambda rows: metric(y[rows], a[rows]) - metric(y[rows], b[rows]),
        len(y),
        patients,
        resamples,
        seed,
    )
    return _interval(metric(y, a) - metric(y, b), draws, level)


def _bootstrap(statistic, n, patients, resamples, seed) -> np.ndarray:
    groups = np.arange(n) if patients is None else np.unique(patients, return_inverse=True)[1]
    if len(groups) != n:
        raise ValueError(f"{len(groups)} patient ids for {n} rows.")
    order = np.argsort(groups, kind="stable")
    rows_of = np.split(order, np.cumsum(np.bincount(groups))[:-1])
    generator = np.random.default_rng(seed)
    draws, undefined = [], 0
    while len(draws) < resamples:
        chosen = generator.integers(len(rows_of), size=len(rows_of))
        rows = np.concatenate([rows_of[k] for k in chosen])
        value = _value_or_nan(statistic, rows)
        if np.isfinite(value):
            draws.append(value)
        elif (undefined := undefined + 1) > resamples // 2:
            raise ValueError(
                "The metric is undefined on most resamples: too few patients of one class."
            )
    return np.asarray(draws)


def _value_or_nan(statistic, rows) -> float:
    import warnings

    with warnings.catch_warnings():
        # scikit-learn warns, and gives NaN, where a resample holds one class only.
        warnings.simplefilter("ignore")
        try:
            return float(statistic(rows))
        except ValueError:
            return float("nan")


def _interval(value, draws, level) -> Interval:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value), float(low), float(high), level)


def roc_auc(y_true, y_score) -> float:
    """Area under the ROC curve from ranks, ties counting half; NaN when one class is missing.

    It equals scikit-learn's and is fast enough for thousands of resamples.
    Source: Hanley & McNeil 1982, doi 10.1148/radiology.143.1.7063747.
    """
    positive = np.ravel(y_true) == 1
    pairs = positive.sum() * (~positive).sum()
    excess = rankdata(np.ravel(y_score))[positive].sum() - positive.sum() * (positive.sum() + 1) / 2
    return float(excess / pairs) if pairs else float("nan")


def sensitivity(y_true, y_score, threshold=0.5) -> float:
    """TP / (TP + FN), calling class 1 where y_score >= threshold; NaN without positives."""
    called, y = np.asarray(y_score) >= threshold, np.asarray(y_true) == 1
    return float(called[y].mean()) if y.any() else float("nan")


def specificity(y_true, y_score, threshold=0.5) -> float:
    """TN / (TN + FP), calling class 1 where y_score >= threshold; NaN without negatives."""
    called, y = np.asarray(y_score) >= threshold, np.asarray(y_true) == 1
    return float((~called[~y]).mean()) if (~y).any() else float("nan")


def accuracy(y_true, y_score, threshold=0.5) -> float:
    """(TP + TN) / N, calling class 1 where y_score >= threshold."""
    return float(((np.asarray(y_score) >= threshold) == (np.asarray(y_true) == 1)).mean())


def threshold_for_sensitivity(y_true, y_score, at_least: float) -> float:
    """The highest threshold whose sensitivity reaches `at_least`. Choose it on validation data.

    Raises ValueError unless 0 < at_least <= 1.
    """
    if not 0 < at_least <= 1:
        raise ValueError(f"at_least must lie above 0 and up to 1; got {at_least}.")
    _, tpr, thresholds = roc_curve(y_true, y_score, drop_intermediate=False)
    return float(thresholds[np.argmax(tpr >= at_least)])


def threshold_youden(y_true, y_score) -> float:
    """The threshold with the largest sensitivity + specificity - 1. Choose it on validation data.

    Source: Youden 1950, doi 10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3.
    """
    fpr, tpr, thresholds = roc_curve(y_true, y_score, drop_intermediate=False)
    return float(thresholds[1:][np.argmax((tpr - fpr)[1:])])


def metrics_table(
    models: dict[str, np.ndarray], y_true, metrics: dict[str, Metric], patients=None, *, seed=0
) -> pd.DataFrame:
    """One row per model, one column per metric: "0.912 (0.871 to 0.947)"."""
    rows = {}
    for model, score in models.items():
        intervals = {
            k: bootstrap(f, y_true, score, patients, seed=seed) for k, f in metrics.items()
        }
        rows[model] = {
            k: f"{i.value:.3f} ({i.low:.3f} to {i.high:.3f})" for k, i in intervals.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def calibration(y_true, probability, bins: int = 10) -> pd.DataFrame:
    """Predicted against observed risk in bins of equal size.

    probability: of class 1, 0 to 1. Columns: predicted (mean), observed (fraction), n, and low and
    high, the 95 % Wilson interval of observed. Source: Wilson 1927, doi
    10.1080/01621459.1927.10502953.
    """
    y, p = np.asarray(y_true), np.asarray(probability)
    if p.min() < 0 or p.max() > 1:
        raise ValueError("calibration needs probabilities between 0 and 1.")
    parts = np.array_split(np.argsort(p, kind="stable"), min(bins, len(p)))
    table = pd.DataFrame(
        {
            "predicted": [p[part].mean() for part in parts],
            "observed": [y[part].mean() for part in parts],
            "n": [len(part) for part in parts],
        }
    )
    table["low"], table["high"] = wilson_interval(table.observed * table.n, table.n)
    return table


def wilson_interval(successes, n, z: float = 1.959964) -> tuple:
    """Wilson's interval of a proportion; z = 1.96 for 95 %. Source: Wilson 1927."""
    fraction = successes / n
    centre = (fraction + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(fraction * (1 - fraction) / n + z**2 / (4 * n**2))
    return centre - half, centre + half


def expected_calibration_error(y_true, probability, bins: int = 10) -> float:
    """Mean |observed - predicted| over bins of equal size, weighted by their size.

    Source: Guo et al. 2017, arXiv:1706.04599, with bins of equal size instead of equal width.
    """
    table = calibration(y_true, probability, bins)
    return float(np.average((table.observed - table.predicted).abs(), weights=table.n))


def brier(y_true, probability) -> float:
    """Mean squared error of the probability, 0 (perfect) to 1. Source: Brier 1950."""
    return float(brier_score_loss(y_true, probability))


def decision_curve(
    y_true, probabilities: dict[str, np.ndarray], thresholds: Sequence[float]
) -> pd.DataFrame:
    """Net benefit of each model, of treating all and of treating none, by threshold probability.

    Net benefit = TP/n - FP/n x t/(1 - t), t between 0 and 1 exclusive.
    Source: Vickers & Elkin 2006, doi 10.1177/0272989X06295361.
    """
    y, t = np.asarray(y_true) == 1, np.asarray(thresholds, dtype=float)
    if t.min() <= 0 or t.max() >= 1:
        raise ValueError("thresholds must lie strictly between 0 and 1.")
    odds = t / (1 - t)
    curves = {"treat all": y.mean() - (1 - y.mean()) * odds, "treat none": np.zeros_like(t)}
    for name, probability in probabilities.items():
        called = np.asarray(probability)[None, :] >= t[:, None]
        curves[name] = (called & y).mean(axis=1) - (called & ~y).mean(axis=1) * odds
    return pd.DataFrame(curves, index=pd.Index(t, name="threshold"))
