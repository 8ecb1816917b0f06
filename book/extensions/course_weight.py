"""A light page: what no page uses is left out of the site when it has been built.

- The theme's icons come as a font; its script that draws the same icons again (1.5 MB) goes, and
  the font keeps the icons that the book shows.
- Rules of a style sheet that name a class which no page and no script names go.
- Figures become WebP, without loss where that is small enough. Each says its size, so that the
  text does not jump when it arrives.
"""

import hashlib
import re
import shutil
from pathlib import Path

from fonts import cut_font
from PIL import Image
from sphinx.application import Sphinx

ICON_SCRIPT = re.compile(r"<(?:script|link)\b[^>]*fontawesome/[^>]*\.js[^>]*>(?:\s*</script>)?\n?")
FIGURE = re.compile(r"_images/([\w.-]+)\.png")
IMAGE = re.compile(r'<img\b(?![^>]*\bwidth=)(?=[^>]*_images/([\w.-]+)\.webp")')
# A figure above this size is tried with loss too: photographs shrink a lot, and look the same.
LARGE, QUALITY = 60_000, 88


def lighten(app: Sphinx, error: Exception | None) -> None:
    """Rewrite the built site in place. A second run changes nothing."""
    if error is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    sizes = shrink_figures(site / "_images", Path(app.doctreedir) / "figures")
    for page in site.rglob("*.html"):
        rewrite_page(page, sizes)
    for waste in (*site.rglob("*.map"), *site.rglob("fontawesome/*/webfonts/*.ttf")):
        waste.unlink()
    for folder in site.rglob("fontawesome/*/js"):
        shutil.rmtree(folder)
    words = used_words(site)
    for sheet in (site / "_static").rglob("*.css"):
        sheet.write_text(purge(sheet.read_text(encoding="utf-8"), words), encoding="utf-8")
    keep_used_icons(site / "_static")


def shrink_figures(folder: Path, cache: Path) -> dict[str, tuple[int, int]]:
    """Write each PNG of the folder as WebP too; file name without suffix -> width, height."""
    cache.mkdir(exist_ok=True)
    sizes = {}
    for figure in sorted(folder.glob("*.png")):
        kept = cache / f"{hashlib.sha256(figure.read_bytes()).hexdigest()[:32]}.webp"
        if not kept.exists():
            _write_webp(figure, kept)
        shutil.copyfile(kept, figure.with_suffix(".webp"))
        figure.unlink()
    for figure in folder.glob("*.webp"):
        with Image.open(figure) as image:
            sizes[figure.stem] = image.size
    return sizes


def _write_webp(source: Path, target: Path) -> None:
    with Image.open(source) as image:
        image.save(target, "WEBP", lossless=True, method=3)
        if target.stat().st_size > LARGE:
            lossy = target.with_suffix(".lossy")
            image.save(lossy, "WEBP", quality=QUALITY, method=4)
            if lossy.stat().st_size < 0.6 * target.stat().st_size:
                lossy.replace(target)
            lossy.unlink(missing_ok=True)


def rewrite_page(page: Path, sizes: dict[str, tuple[int, int]]) -> None:
    """Drop the icon script, and point the figures to their light copies."""

    def light(found: re.Match) -> str:
        return f"_images/{found[1]}.webp" if found[1] in sizes else found[0]

    def sized(found: re.Match) -> str:
        width, height = sizes[found[1]]
        return f'<img width="{width}" height="{height}"'

    text = ICON_SCRIPT.sub("", page.read_text(encoding="utf-8"))
    page.write_text(IMAGE.sub(sized, FIGURE.sub(light, text)), encoding="utf-8")


def used_words(site: Path) -> set[str]:
    """Every word of the site's pages and scripts: a class that is not among them is not used."""
    words = set()
    for source in (*site.rglob("*.html"), *(site / "_static").rglob("*.js")):
        text = re.sub(r"data:[\w/+-]+;base64,[\w+/=]+", "", source.read_text(encoding="utf-8"))
        words.update(re.findall(r"-?[A-Za-z_][\w-]*", text))
    return words


def purge(css: str, words: set[str]) -> str:
    """The style sheet without the rules whose every selector names an unused class."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    kept = []
    for prelude, body in _rules(css):
        if body is None or prelude.startswith(("@font-face", "@keyframes", "@page", "@property")):
            kept.append(prelude if body is None else f"{prelude}{{{body}}}")
        elif prelude.startswith("@"):
            if inside := purge(body, words):
                kept.append(f"{prelude}{{{inside}}}")
        elif selectors := [one for one in _selectors(prelude) if _is_used(one, words)]:
            body = re.sub(r"\s+", " ", body).strip()
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "\n".join(kept)


def _rules(css: str):
    """Pairs (what stands before the brace, what stands inside); inside is None for `@import …;`."""
    start = position = 0
    while (brace := css.find("{", position)) >= 0:
        *statements, prelude = css[start:brace].split(";")
        yield from ((f"{one.strip()};", None) for one in statements if one.strip())
        depth, end = 1, brace + 1
        while depth:
            mark = re.compile(r"[{}]").search(css, end)
            depth += 1 if mark[0] == "{" else -1
            end = mark.end()
        yield prelude.strip(), css[brace + 1 : end - 1]
        start = position = end
    yield from ((f"{one.strip()};", None) for one in css[start:].split(";") if one.strip())


def _selectors(prelude: str) -> list[str]:
    """Split at the commas outside brackets."""
    return [one.strip() for one in re.split(r",(?![^(\[]*[)\]])", prelude)]


def _is_used(selector: str, words: set[str]) -> bool:
    outside = re.sub(r"\([^()]*\)|\[[^\]]*\]", "", re.sub(r"\([^()]*\)", "", selector))
    return all(name in words for name in re.findall(r"\.(-?[A-Za-z_][\w-]*)", outside))


def keep_used_icons(static: Path) -> None:
    """Cut the icon fonts down to the icons that the style sheets still name."""
    sheets = " ".join(sheet.read_text(encoding="utf-8") for sheet in static.rglob("*.css"))
    icons = {int(code, 16) for code in re.findall(r'"\\([0-9a-fA-F]{2,5})"', sheets)}
    for path in static.rglob("fontawesome/*/webfonts/*.woff2"):
        cut_font(path, path, icons)


def setup(app: Sphinx) -> dict:
    # Last of all: other extensions write their files first.
    app.connect("build-finished", lighten, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
