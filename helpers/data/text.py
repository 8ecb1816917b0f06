"""Biomedical text."""

import gzip
import html
import re
import zlib
from dataclasses import dataclass
from xml.etree import ElementTree

from helpers.data.fetch import DataError, fetch
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


@dataclass(frozen=True)
class Abstracts:
    """One entry per citation that has an abstract, in the order of the file.

    pmids: PubMed's numbers. titles, texts: plain text, one line each. journals: short names.
    headings: the MeSH descriptors that NLM's indexers gave to the article, maybe none.
    """

    pmids: tuple[str, ...]
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    journals: tuple[str, ...]
    headings: tuple[tuple[str, ...], ...]
    provenance: DataSet


def load_abstracts() -> Abstracts:
    """14,832 titles and abstracts of PubMed, most of 1977 to 1979, with their MeSH headings.

    The first use fetches 17 MB; parsing takes a few seconds. Translated titles stand in brackets.
    Raises DataError when the file is not a list of PubMed citations.
    """
    try:
        with gzip.open(fetch("abstracts-1970s")[0]) as stream:
            # 174 MB of XML whose tags never nest: patterns read it four times faster than a parser.
            citations = stream.read().split(b"</PubmedArticle>")[:-1]
        rows = [row for row in map(_citation, citations) if row]
    except (OSError, EOFError, zlib.error, TypeError, UnicodeDecodeError) as error:
        raise DataError("The file of abstracts is damaged; delete it and run again.") from error
    if not rows:
        raise DataError("The file of abstracts holds no abstract; delete it and run again.")
    return Abstracts(*zip(*rows, strict=True), provenance=get("abstracts-1970s"))


def _citation(xml: bytes) -> tuple | None:
    """(PMID, title, abstract, journal, headings) of one citation, None without an abstract."""
    abstract = re.search(rb"<Abstract>(.*?)</Abstract>", xml, re.S)
    if abstract is None:
        return None
    parts = re.findall(rb"<AbstractText[^>]*>(.*?)</AbstractText>", abstract[1], re.S)
    return (
        re.search(rb"<PMID[^>]*>(\d+)", xml)[1].decode(),
        plain_text(re.search(rb"<ArticleTitle[^>]*>(.*?)</ArticleTitle>", xml, re.S)[1]),
        " ".join(plain_text(part) for part in parts),
        plain_text(re.search(rb"<MedlineTA>(.*?)</MedlineTA>", xml)[1]),
        tuple(plain_text(one) for one in re.findall(rb"<DescriptorName[^>]*>(.*?)<", xml)),
    )


def plain_text(xml: bytes) -> str:
    """Text without tags and entities, white space made single."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", xml.decode()))).strip()


def _text(element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()
