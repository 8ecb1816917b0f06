"""Pack the built site, the PDF and the notebooks into one zip, to be read without a network.

The same files give the same zip, byte for byte: sorted names, one time stamp, one mode.
"""

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import pdf
from failure import Failure, report
from notebooks import CHAPTERS, all_notebooks
from print_parts import ROOT, citation

TARGET = ROOT / "_build" / "dist"
# Compressed by themselves: to deflate them again gains nothing.
PACKED = {".png", ".webp", ".woff2", ".pdf", ".jpg", ".gif"}
# What Sphinx keeps for its next build, what only a server uses, and sources that no page links to:
# the notebooks are there in a better form.
LEFT_OUT = {".buildinfo", ".doctrees", ".nojekyll", "_rediraffe_redirected.json", "404.html",
            "robots.txt", "sitemap.xml", "_sources"}  # fmt: skip
README = """\
{title}
Version {version}

Open one of these; none needs a network.

  site/index.html                     the course as pages, in any browser
  {pdf:<35} the course as one PDF, to print or to read
  {notebooks:<35} the chapters as Jupyter notebooks, to run and to change

Code: MIT licence. Text and figures: CC BY 4.0. Data sets belong to their authors. Nothing here is a
medical device: no model of this course may be used to diagnose or treat anyone.
"""


def members(site: Path, book: Path) -> Iterator[tuple[str, bytes]]:
    """Name in the zip and content of every file but the README. Raises Failure."""
    for path, command in ((site / "index.html", "make book"), (book, "make pdf")):
        if not path.is_file():
            raise Failure(f"{path.name} is missing. Run: {command}")
    yield book.name, book.read_bytes()
    for name in ("LICENSE", "CITATION.cff"):
        yield name, (ROOT / name).read_bytes()
    for path in site.rglob("*"):
        place = path.relative_to(site)
        if path.is_file() and not LEFT_OUT & set(place.parts):
            yield f"site/{place.as_posix()}", path.read_bytes()
    if not (site / "notebooks").is_dir():
        for path in all_notebooks():
            yield f"notebooks/{path.relative_to(CHAPTERS).as_posix()}", path.read_bytes()


def readme(site: Path, book: Path) -> str:
    """What to open. The site's own notebooks also run on a machine that has no helpers yet."""
    notebooks = "site/notebooks" if (site / "notebooks").is_dir() else "notebooks"
    return README.format(**citation(), pdf=book.name, notebooks=notebooks + "/")


def make_dist(site: Path, book: Path, folder: Path) -> Path:
    """Write the zip of the site and the PDF `book` into the folder; returns its path."""
    name = f"{book.stem}-{citation()['version']}"
    files = dict(members(site, book)) | {"README.txt": readme(site, book).encode()}
    released = citation()["date-released"].timetuple()[:6]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.zip"
    part = target.with_suffix(".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for place, content in sorted(files.items()):
                member = zipfile.ZipInfo(f"{name}/{place}", released)
                member.external_attr = 0o644 << 16
                stored = Path(place).suffix in PACKED
                member.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                archive.writestr(member, content)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def main() -> int:
    def pack() -> str:
        target = make_dist(pdf.SITE, pdf.TARGET, TARGET)
        return f"Packed: {target} ({target.stat().st_size / 1e6:.0f} MB)"

    return report(pack, "make dist")


if __name__ == "__main__":
    sys.exit(main())
