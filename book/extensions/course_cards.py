"""The picture that a shared link to a page shows: the page's name, on the course's blue.

A card is 1200 by 630 pixels, the size that the networks ask for. Its file name holds a hash of
what is on it, so a card is drawn once, and a changed one is fetched again by those that keep
pictures by their address.
"""

import hashlib
import textwrap
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
MARGIN = 72
BLUE, SKY, PALE, AMBER, WHITE = "#0b4f6c", "#8fd3ee", "#d5ebf5", "#f6b26b", "#ffffff"
ICON = Path(__file__).resolve().parent.parent / "static" / "icon.png"
# The beat of the logo, once more along the lower edge: x from the left margin, y from its line.
BEAT = [(0, 0), (40, 0), (60, -26), (84, 44), (114, -72), (138, 24), (158, 0)]


@dataclass(frozen=True)
class Card:
    """What stands on a card, from top to bottom. `part` may be empty."""

    series: str
    part: str
    title: str
    description: str

    @property
    def alternative(self) -> str:
        """What one sees, for those who do not."""
        part = f" of the part {self.part}" if self.part else ""
        return f"A blue card with the title “{self.title}”{part} under the words “{self.series}”."

    def key(self) -> str:
        """Eight letters that change with the card or with the way it is drawn."""
        drawn = [repr(self).encode(), Path(__file__).read_bytes(), ICON.read_bytes()]
        return hashlib.sha256(b"".join(drawn)).hexdigest()[:8]


def save_card(card: Card, folder: Path, name: str) -> Path:
    """Draw a card unless it is there, and remove what stood in its place.

    Returns the path of the file, `folder/name-key.png`.
    """
    path = folder / f"{name}-{card.key()}.png"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{name}-????????.png"):
            old.unlink()
        draw_card(card).save(path)
    return path


def draw_card(card: Card) -> Image.Image:
    """The card, as a picture."""
    image = _background().copy()
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN + 88, MARGIN + 32), card.series, PALE, _font(32, "Medium"), anchor="lm")
    lines, font = _fit(card.title, largest=88, smallest=56, most=2)
    top = 204
    if card.part:
        draw.text((MARGIN, top), card.part, AMBER, _font(34, "SemiBold"), anchor="ls")
    for number, line in enumerate(lines):
        draw.text((MARGIN, top + (number + 1) * font.size * 1.12), line, WHITE, font, anchor="ls")
    top += len(lines) * font.size * 1.12 + 26
    font = _font(32, "Regular")
    for number, line in enumerate(_shorten(_wrap(card.description, font), most=3)):
        draw.text((MARGIN, top + (number + 1) * 44), line, PALE, font, anchor="ls")
    return image


@cache
def _background() -> Image.Image:
    """What all cards share: the colour, the logo, and the line at the foot."""
    image = Image.new("RGB", SIZE, BLUE)
    icon = Image.open(ICON).convert("RGB").resize((80, 80), Image.Resampling.LANCZOS)
    image.paste(icon, (MARGIN - 8, MARGIN - 8))
    # Lines have smooth edges only when drawn larger than they are shown.
    large = Image.new("L", (SIZE[0] * 3, SIZE[1] * 3))
    draw = ImageDraw.Draw(large)
    foot, start = SIZE[1] - 42, SIZE[0] - MARGIN - 300
    beat = [(0, foot), *((start + x, foot + y / 2) for x, y in BEAT), (SIZE[0], foot)]
    draw.line([(x * 3, y * 3) for x, y in beat], fill=150, width=12, joint="curve")
    image.paste(SKY, mask=large.resize(SIZE, Image.Resampling.LANCZOS))
    return image


@cache
def _font(size: int, weight: str) -> ImageFont.FreeTypeFont:
    """Roboto Flex, of which sphinxext-opengraph brings a copy, in one of its weights."""
    place = Path(find_spec("sphinxext.opengraph").origin).parent / "_static" / "Roboto-Flex.ttf"
    font = ImageFont.truetype(place, size)
    font.set_variation_by_name(weight)
    return font


def _fit(text: str, largest: int, smallest: int, most: int):
    """The lines of a text and the largest font in which there are no more than `most`."""
    for size in range(largest, smallest - 1, -4):
        font = _font(size, "Bold")
        lines = _wrap(text, font)
        if len(lines) <= most:
            return lines, font
    return _shorten(lines, most), font


def _wrap(text: str, font) -> list[str]:
    """Break a text where it would cross the right margin."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= SIZE[0] - 2 * MARGIN or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _shorten(lines: list[str], most: int) -> list[str]:
    """The first lines; three dots say that more follows."""
    if len(lines) <= most:
        return lines
    last = textwrap.shorten(lines[most - 1], max(len(lines[most - 1]) - 1, 2), placeholder=" …")
    return [*lines[: most - 1], last]
