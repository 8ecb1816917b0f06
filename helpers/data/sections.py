"""Biomedical abstracts with headings."""

import gzip
import re
import zlib
from dataclasses import dataclass

from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, get
from helpers.data.text import plain_text


@dataclass(frozen=True)
class StructuredAbstracts:
    """One entry per citation whose abstract has headings, in the order of the file.

    pmids: PubMed's numbers. journals: short names. sections: for each article its sections in
    order, each (heading, category, text): the authors' heading; BACKGROUND, OBJECTIVE, METHODS,
    RESULTS or CONCLUSIONS where NLM assigned the heading to one, else ""; plain text, one line.
    """

    pmids: tuple[str, ...]
    journals: tuple[str, ...]
    sections: tuple[tuple[tuple[str, str, str], ...], ...]
    provenance: DataSet


def load_sections() -> StructuredAbstracts:
    """6,494 abstracts of PubMed with headings, most of 2021, section by section.

    The first use fetches 40 MB; parsing takes a few seconds.
    Raises DataError when the file is not a list of PubMed citations.
    """
    try:
        with gzip.open(fetch("abstracts-structured")[0]) as stream:
            citations = stream.read().split(b"</PubmedArticle>")[:-1]
        rows = [row for row in map(_structured, citations) if row]
    except (OSError, EOFError, zlib.error, TypeError, UnicodeDecodeError) as error:
        raise DataError("The file of abstracts is damaged; delete it and run again.") from error
    if not rows:
        raise DataError("The file holds no abstract with headings; delete it and run again.")
    return StructuredAbstracts(*zip(*rows, strict=True), provenance=get("abstracts-structured"))


def _structured(xml: bytes) -> tuple | None:
    """(PMID, journal, sections) of one citation, None when its abstract has no headings."""
    abstract = re.search(rb"<Abstract>(.*?)</Abstract>", xml, re.S)
    parts = re.findall(
        rb'<AbstractText Label="([^"]+)"(?: NlmCategory="(\w+)")?>(.*?)</AbstractText>',
        abstract[1] if abstract else b"",
        re.S,
    )
    if not parts:
        return None
    return (
        re.search(rb"<PMID[^>]*>(\d+)", xml)[1].decode(),
        plain_text(re.search(rb"<MedlineTA>(.*?)</MedlineTA>", xml)[1]),
        tuple(
            (plain_text(heading), category.decode().replace("UNASSIGNED", ""), plain_text(words))
            for heading, category, words in parts
        ),
    )
