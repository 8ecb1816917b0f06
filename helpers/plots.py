"""Figures that more than one chapter draws, and an animation that works without a network.

The functions draw on the axes they are given, so that a chapter arranges them as it needs.
"""

import base64
import html
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from helpers.evaluate import calibration


def plot_history(axes, histories: dict[str, dict], metric: str = "loss") -> None:
    """Training (dashed) and validation (solid) curves. histories: name -> Keras history.history."""
    for k, (name, history) in enumerate(histories.items()):
        epochs = np.arange(1, len(history[metric]) + 1)
        axes.plot(epochs, history[metric], "--", color=f"C{k}", label=f"{name}, training")
        axes.plot(epochs, history[f"val_{metric}"], color=f"C{k}", label=f"{name}, validation")
    axes.set(xlabel="epoch", ylabel=metric)
    axes.legend()


def plot_roc(axes, y_true, scores: dict[str, np.ndarray]) -> None:
    """ROC curves with the area in the legend. scores: model name -> (n,)."""
    for name, score in scores.items():
        fpr, tpr, _ = roc_curve(y_true, score)
        axes.plot(fpr, tpr, label=f"{name}, area {roc_auc_score(y_true, score):.2f}")
    axes.plot([0, 1], [0, 1], ":", color="0.5", label="chance")
    axes.set(xlabel="1 − specificity", ylabel="sensitivity", aspect="equal")
    axes.legend(loc="lower right")


def plot_precision_recall(axes, y_true, scores: dict[str, np.ndarray]) -> None:
    """Precision-recall curves with average precision in the legend; dotted: prevalence."""
    for name, score in scores.items():
        precision, recall, _ = precision_recall_curve(y_true, score)
        area = average_precision_score(y_true, score)
        axes.plot(recall, precision, drawstyle="steps-post", label=f"{name}, AP {area:.2f}")
    axes.axhline(np.mean(y_true), ls=":", color="0.5", label="prevalence")
    axes.set(xlabel="recall (sensitivity)", ylabel="precision", ylim=(0, 1.03))
    axes.legend(loc="lower left")


def plot_calibration(axes, y_true, probabilities: dict[str, np.ndarray], bins: int = 10) -> None:
    """Observed against predicted risk, with 95 % Wilson intervals. probabilities: name -> (n,)."""
    axes.plot([0, 1], [0, 1], ":", color="0.5", label="ideal")
    for k, (name, probability) in enumerate(probabilities.items()):
        table = calibration(y_true, probability, bins)
        axes.plot(table.predicted, table.observed, "o-", ms=4, color=f"C{k}", label=name)
        axes.vlines(table.predicted, table.low, table.high, color=f"C{k}", alpha=0.5)
    axes.set(xlabel="predicted risk", ylabel="observed fraction", aspect="equal")
    axes.legend(loc="upper left")


def plot_matrix(axes, matrix, title: str = "", fmt: str = "g", highlight=None) -> None:
    """A small matrix as a grid with its numbers written in; `highlight` is a boolean mask."""
    matrix = np.asarray(matrix)
    shown = np.zeros(matrix.shape) if highlight is None else np.asarray(highlight, dtype=float)
    axes.imshow(shown, cmap="Blues", vmin=0, vmax=2)
    for (row, column), value in np.ndenumerate(matrix):
        axes.text(column, row, format(value, fmt), ha="center", va="center")
    axes.set_xticks(np.arange(-0.5, matrix.shape[1]), [])
    axes.set_yticks(np.arange(-0.5, matrix.shape[0]), [])
    axes.tick_params(length=0)
    axes.grid(True, color="0.6", alpha=1)
    axes.set_title(title)


def plot_images(axes, images: Sequence[np.ndarray], titles: Sequence[str] = (), **imshow) -> None:
    """Images on a flat array of axes, without ticks; spare axes are blanked."""
    axes = np.ravel(axes)
    for k, one in enumerate(axes):
        one.set_axis_off()
        if k < len(images):
            one.imshow(images[k], **imshow)
            one.set_title(titles[k] if k < len(titles) else "", fontsize=9)


def figure_png(figure, dpi: int | None = None, colours: int | None = None) -> bytes:
    """The figure as PNG, without the time stamp and version that would change its bytes.

    colours: at most so many, 2 to 256, from a palette: a drawing shrinks to about a third.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    if colours is None:
        return buffer.getvalue()
    with Image.open(buffer) as image:
        reduced = image.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    smaller = io.BytesIO()
    reduced.save(smaller, format="png", optimize=True)
    return smaller.getvalue()


_PLAYER = """<figure class="animation" role="group" aria-label="{label}">
<img src="{first}" alt="{alt}" style="max-width:100%">
<div><button type="button" aria-label="Play or pause">▶</button>
<input type="range" min="0" max="{last}" value="0" step="1" aria-label="Frame">
<output>1 / {count}</output></div>
<figcaption>{caption}</figcaption>
<script type="application/json">{frames}</script>
<script>(function (figure) {{
  const frames = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const [image, button, slider, output] =
    ["img", "button", "input", "output"].map((name) => figure.querySelector(name));
  let timer = null;
  function show(index) {{
    slider.value = index;
    image.src = frames[index];
    output.textContent = index + 1 + " / " + frames.length;
  }}
  function stop() {{ clearInterval(timer); timer = null; button.textContent = "▶"; }}
  button.addEventListener("click", function () {{
    if (timer) return stop();
    button.textContent = "❚❚";
    timer = setInterval(function () {{
      show((Number(slider.value) + 1) % frames.length);
    }}, {interval});
  }});
  slider.addEventListener("input", function () {{ stop(); show(Number(slider.value)); }});
}})(document.currentScript.closest("figure"));</script>
</figure>"""


class Animation:
    """Frames with a play button and a slider, in one piece of HTML that loads nothing.

    It stands still until the reader starts it; without scripts, or in print, the first frame shows.
    """

    def __init__(
        self,
        frames: Sequence[bytes],
        *,
        alt: str,
        caption: str,
        label: str,
        seconds_per_frame: float = 0.6,
    ) -> None:
        """frames: PNG files as bytes, one size. alt: what one sees. label: the figure's name.

        Raises ValueError without frames or without alt text.
        """
        if not frames or not alt:
            raise ValueError("An animation needs at least one frame and a text that describes it.")
        self.frames = tuple(frames)
        self.alt, self.caption, self.label = alt, caption, label
        self.seconds_per_frame = seconds_per_frame

    def _repr_html_(self) -> str:
        import json

        sources = ["data:image/png;base64," + base64.b64encode(f).decode() for f in self.frames]
        return _PLAYER.format(
            label=html.escape(self.label),
            alt=html.escape(self.alt),
            caption=self.caption,
            first=sources[0],
            frames=json.dumps(sources),
            last=len(sources) - 1,
            count=len(sources),
            interval=round(1000 * self.seconds_per_frame),
        )

    def __repr__(self) -> str:
        return f"Animation of {len(self.frames)} frames: {self.alt}"
