"""The tolerance for stored figures: rounding stays under it, a changed figure does not."""

import base64

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import separate_figures, why_different

from helpers.plots import figure_png


def draw(change: float = 0.0, label: str = "value", marker: bool = False) -> bytes:
    """A figure with a curve, an image and labels; `change` is added to all its numbers."""
    x = np.linspace(0, 1, 200)
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.6), dpi=130)
    axes[0].plot(x, np.sin(9 * x) + change)
    if marker:
        axes[0].plot(0.5, 0, "o", ms=3)
    axes[0].set_xlabel(label)
    axes[1].imshow(np.outer(x, x) + change, vmin=0, vmax=1)
    png = figure_png(figure)
    plt.close(figure)
    return png


def test_the_same_figure_is_the_same():
    assert why_different([draw()], [draw()]) == ""


@pytest.mark.parametrize("rounding", [1e-7, -1e-7, 1e-5])
def test_rounding_stays_under_the_tolerance(rounding):
    assert why_different([draw()], [draw(rounding)]) == ""


@pytest.mark.parametrize(
    "changed",
    [{"change": 0.05}, {"label": "volume"}, {"marker": True}],
    ids=["numbers", "label", "marker"],
)
def test_a_changed_figure_is_found(changed):
    assert "differs" in why_different([draw()], [draw(**changed)])


def test_a_missing_figure_is_found():
    assert why_different([draw()], []) == "1 stored, 0 drawn"


def test_images_inside_html_are_compared_too():
    def output(png):
        source = "data:image/png;base64," + base64.b64encode(png).decode()
        return {"output_type": "display_data", "data": {"text/html": f'<img src="{source}">'}}

    same, figures = separate_figures([output(draw())])
    other, changed = separate_figures([output(draw(0.05))])
    assert same == other
    assert len(figures) == 1
    assert why_different(figures, changed)
