"""Biomedical text."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from helpers.data.fetch import fetch
from helpers.data.registry import DataSet, get


@dataclass(frozen=True)
class Article:
    """title, and abstract: one (heading, text) per section."""

    title: str
    abstract: tuple[tuple[str, str], ...]
    provenance: DataSet


def load_article() -> Article:
    """Title and structured abstract of an open-access clinical article."""
    front = ElementTree.parse(fetch("article-oral-health")[0]).getroot().find("front")
    sections = tuple(
        (_text(section.find("title")), " ".join(_text(part) for part in section.findall("p")))
        for section in front.find(".//abstract").iter("sec")
    )
    return Article(_text(front.find(".//article-title")), sections, get("article-oral-health"))


def _text(element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()
