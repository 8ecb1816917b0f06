"""Write a picture of every page of the built book, light and dark, at three widths.

They lie in `_build/screenshots`, for a person to look at. The browser tests write some of them.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from chromium import open_browser
from failure import Failure, report
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
FOLDER = ROOT / "_build" / "screenshots"
# A phone, a tablet, a desktop.
SIZES = {360: 740, 768: 1024, 1440: 900}
SCHEMES = ("light", "dark")


def save(page, name: str, width: int, scheme: str) -> Path:
    """Keep the open page, whole, in the folder of its width and scheme; returns the picture."""
    page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    target = (FOLDER / f"{width}-{scheme}" / name).with_suffix(".jpg")
    page.screenshot(path=target, full_page=True, type="jpeg", quality=40)
    return target


def pages() -> list[Path]:
    """Every page of the built book. Raises Failure when there is none."""
    found = sorted(p for p in SITE.rglob("*.html") if "_static" not in p.parts)
    if not found:
        raise Failure("There is no built book. Run: make book")
    return found


def take_all() -> str:
    """Write every picture; returns where they are."""
    todo = pages()
    with open_browser() as browser:
        page = browser.new_page()
        for path in tqdm(todo, unit="page"):
            page.goto(path.as_uri())
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                for width, height in SIZES.items():
                    page.set_viewport_size({"width": width, "height": height})
                    save(page, path.relative_to(SITE).as_posix(), width, scheme)
    return f"The pictures are in {FOLDER}"


def main() -> int:
    return report(take_all, "make screenshots")


if __name__ == "__main__":
    sys.exit(main())
