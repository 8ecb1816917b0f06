"""helpers.plots: what is drawn, and an animation that needs nothing but itself."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers import plots


@pytest.fixture
def axes():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


@pytest.fixture
def scores():
    generator = np.random.default_rng(0)
    y = generator.integers(0, 2, 200)
    return y, {"model": np.clip(0.5 + 0.3 * (y - 0.5) + generator.normal(0, 0.2, 200), 0, 1)}


@pytest.mark.parametrize(
    ("plot", "labels"),
    [
        (plots.plot_roc, ("1 − specificity", "sensitivity")),
        (plots.plot_precision_recall, ("recall (sensitivity)", "precision")),
        (plots.plot_calibration, ("predicted risk", "observed fraction")),
    ],
)
def test_evaluation_plots_name_axes_and_models(axes, scores, plot, labels):
    plot(axes, *scores)
    assert (axes.get_xlabel(), axes.get_ylabel()) == labels
    assert any("model" in text.get_text() for text in axes.get_legend().get_texts())


def test_the_history_shows_training_and_validation(axes):
    plots.plot_history(axes, {"net": {"loss": [2, 1], "val_loss": [3, 2]}})
    assert [list(line.get_ydata()) for line in axes.lines] == [[2, 1], [3, 2]]
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()


def test_a_matrix_shows_its_numbers(axes):
    plots.plot_matrix(axes, [[37, 47], [67, 77]])
    assert [text.get_text() for text in axes.texts] == ["37", "47", "67", "77"]


def test_images_without_ticks():
    figure, grid = plt.subplots(1, 3)
    plots.plot_images(grid, [np.eye(2), np.eye(2)], ["a", "b"])
    assert [len(one.images) for one in grid] == [1, 1, 0]
    plt.close(figure)


def frames(n):
    made = []
    for k in range(n):
        figure, one = plt.subplots(figsize=(1, 1), dpi=50)
        one.set_title(str(k))
        made.append(plots.figure_png(figure))
        plt.close(figure)
    return made


def test_the_same_figure_gives_the_same_bytes():
    assert frames(2) == frames(2)


def test_an_animation_loads_nothing_and_describes_itself():
    animation = plots.Animation(
        frames(3), alt='A "kernel" slides', caption="Steps", label="Sliding"
    )
    page = animation._repr_html_()
    assert (
        page
        == plots.Animation(
            frames(3), alt='A "kernel" slides', caption="Steps", label="Sliding"
        )._repr_html_()
    )
    assert "http" not in page
    assert 'alt="A &quot;kernel&quot; slides"' in page
    assert 'max="2"' in page
    assert page.count("data:image/png;base64,") == 4  # the three frames, and the first to show
    assert repr(animation).startswith("Animation of 3 frames")


@pytest.mark.parametrize("wrong", [{"frames": [], "alt": "x"}, {"frames": [b"x"], "alt": ""}])
def test_an_animation_that_makes_no_sense(wrong):
    with pytest.raises(ValueError, match="at least one frame and a text"):
        plots.Animation(wrong["frames"], alt=wrong["alt"], caption="", label="")
