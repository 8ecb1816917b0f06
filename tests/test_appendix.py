"""The appendix: each list is complete, agrees with the chapters, and leads to what exists."""

import re
import sys
from collections import Counter
from functools import cache
from html import unescape
from html.parser import HTMLParser

import pytest
import yaml
from notebooks import ROOT, all_notebooks, imported_helpers, used_data_sets

sys.path.insert(0, str(ROOT / "book" / "extensions"))

from course_glossary import FOLLOWS, Terms, chinese_names, plain, read_glossary
from course_reference import helper_modules
from course_tables import (
    KINDS,
    VERDICTS,
    cell_that_shows,
    code_of,
    erratum_targets,
    read_cells,
    users,
)

from helpers.data.registry import REGISTRY

APPENDIX = ROOT / "chapters" / "appendix"
ARTICLES = {"000", "001", "002", "003", "004"}
ITALIC = re.compile(r"(?<![*\w])\*([^*\n]+(?:\n[^*\n]+)?)\*(?![*\w])" + f"({FOLLOWS.pattern})")


def read(name):
    return yaml.safe_load((APPENDIX / name).read_text(encoding="utf-8"))


@cache
def prose(path):
    return "\n\n".join(c["source"] for c in read_cells(path) if c["cell_type"] == "markdown")


# Errata

ERRATA = read("errata.yml")
EXPECTED = [f"{letter}{k}" for letter, n in (("A", 25), ("B", 40), ("T", 7), ("C", 19))
            for k in range(1, n + 1)]  # fmt: skip


def test_there_are_91_errata_each_once_and_in_order():
    assert [entry["id"] for entry in ERRATA] == EXPECTED
    assert len(EXPECTED) == 91


@pytest.mark.parametrize("entry", ERRATA, ids=lambda entry: entry["id"])
def test_an_erratum_is_whole(entry):
    assert set(entry) - {"shown"} == {"id", "articles", "section", "weight", "says", "right"}
    assert entry["articles"] == sorted(set(entry["articles"]))
    assert set(entry["articles"]) <= ARTICLES
    sections = entry["section"].split("; ")
    assert len(sections) in (1, len(entry["articles"]))
    assert entry["weight"] in ("wrong", "misleading")
    assert entry["id"][0] in KINDS
    assert min(len(entry["says"]), len(entry["right"])) > 3


def test_every_erratum_has_its_box_and_every_box_its_erratum():
    assert set(erratum_targets(all_notebooks())) == set(EXPECTED)


@pytest.mark.parametrize("entry", [e for e in ERRATA if "shown" in e], ids=lambda e: e["id"])
def test_the_cell_that_shows_an_erratum_exists_and_was_executed(entry):
    path, _ = erratum_targets(all_notebooks())[entry["id"]]
    hits = [cell for cell in code_of(path) if entry["shown"] in cell["source"]]
    assert len(hits) == 1, f"{path.name}: {entry['shown']}"
    assert cell_that_shows(path, entry["shown"])


def test_few_errata_are_shown_by_no_cell():
    without = {entry["id"] for entry in ERRATA if "shown" not in entry}
    assert len(without) <= 10, "show it by code, or say why not in the box"


# References


REFERENCES = read("references.yml")


def test_every_entry_of_the_two_lists_is_accounted_for():
    for article, printed, distinct in (("000", 49, 29), ("003", 58, 16)):
        own = [entry["numbers"] for entry in REFERENCES if entry["article"] == article]
        assert len(own) == distinct
        assert sorted(number for numbers in own for number in numbers) == list(
            range(1, printed + 1)
        )


def test_every_reference_has_a_verdict_and_a_work_that_we_hold():
    keys = set(re.findall(r"^@\w+\{([^,]+),", (ROOT / "references.bib").read_text(), re.M))
    for entry in REFERENCES:
        assert entry["verdict"] in VERDICTS
        assert set(entry["right"]) <= keys, entry["cited"]
        assert entry["right"] or entry["verdict"] == "not found"
        assert ("why" in entry) is (entry["verdict"] != "as cited"), entry["cited"]


# Data sets


def test_a_chapter_that_depends_on_data_names_a_data_set():
    used = users(all_notebooks(), REGISTRY)
    for path in all_notebooks():
        code = [cell["source"] for cell in code_of(path)]
        modules = imported_helpers("\n".join(code))
        possible = {e.name for e in used_data_sets([*code, *(m.read_text() for m in modules)])}
        named = {name for name, paths in used.items() if path in paths}
        assert named <= possible, path.name
        box = prose(path).split("**Data**", 1)[1].split("\n:::", 1)[0]
        in_box = set(re.findall(r"`([\w-]+)`", box)) & set(REGISTRY)
        assert in_box <= named, f"{path.name}: the box names what the code does not load"


def test_every_data_set_but_the_collection_is_used():
    used = users(all_notebooks(), REGISTRY)
    idle = [n for n, e in REGISTRY.items() if not used[n] and not e.title.startswith("MedMNIST")]
    assert idle == []


# Glossary


GLOSSARY = read_glossary(ROOT)


def introduced(path):
    """Pairs (English, inside of the parentheses) of *term* (中文) in a chapter's prose."""
    text = re.sub(r"```.*?```", "", prose(path), flags=re.S)
    return [(" ".join(one[1].split()), one[3]) for one in ITALIC.finditer(text)]


def test_every_term_has_one_chinese_name_and_no_two_share_it():
    names = [entry["term"] for entry in GLOSSARY]
    names += [name for entry in GLOSSARY for name in entry.get("also", ())]
    chinese = [n for e in GLOSSARY for n in (e["chinese"], *e.get("variants", ()))]
    for several in (names, chinese):
        assert [name for name, n in Counter(map(plain, several)).items() if n > 1] == []
    assert all(chinese_names(name) for name in chinese)
    assert len(GLOSSARY) >= 150


def test_the_glossary_is_sorted_and_its_definitions_are_short():
    assert [e["term"] for e in GLOSSARY] == sorted((e["term"] for e in GLOSSARY), key=str.lower)
    for entry in GLOSSARY:
        assert 15 < len(entry["definition"]) < 260, entry["term"]
        assert entry["definition"].endswith((".", "偏差.")), entry["term"]


def test_the_glossary_puts_the_translations_right():
    chinese = {entry["term"]: entry["chinese"] for entry in GLOSSARY}
    right = {
        "recurrent neural network": "循环神经网络", "recursive neural network": "递归神经网络",
        "accuracy": "准确率", "precision": "精确率", "recall": "召回率", "sensitivity": "灵敏度",
        "specificity": "特异度", "bias": "偏置", "elementwise product": "逐元素乘积",
        "gated recurrent unit": "门控循环单元", "adversarial training": "对抗训练",
        "one-hot encoding": "独热编码",
    }  # fmt: skip
    assert {term: chinese[term] for term in right} == right


@pytest.mark.parametrize("path", all_notebooks(), ids=lambda path: path.stem)
def test_a_chapter_and_the_glossary_use_the_same_chinese(path):
    terms = Terms(GLOSSARY)
    differ = [
        f"{english} ({inside})"
        for english, inside in introduced(path)
        if plain(english) in terms.by_form and not terms.find(english, inside)
    ]
    assert differ == [], "mend the chapter, or add a form or variant to glossary.yml"


# The built pages


class _Page(HTMLParser):
    """Ids and links of a page."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links = set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])


@cache
def page(path):
    return _Page(path)


@pytest.fixture(scope="module")
def appendix(site):
    return site / "chapters" / "appendix"


def leads_somewhere(origin, link):
    address, _, anchor = link.partition("#")
    target = (origin.parent / address).resolve() if address else origin
    return target.is_file() and (not anchor or anchor in page(target).ids)


@pytest.mark.parametrize("name", ["errata", "datasets", "glossary", "bibliography", "helpers"])
def test_every_link_of_the_appendix_leads_somewhere(appendix, name):
    path = appendix / f"{name}.html"
    inner = [link for link in page(path).links if not re.match(r"\w+:|#$", link)]
    assert [link for link in inner if not leads_somewhere(path, link)] == []


def test_the_built_table_leads_to_every_box(appendix):
    links = page(appendix / "errata.html").links
    for identity in EXPECTED:
        assert any(link.endswith(f"#erratum-{identity.lower()}") for link in links), identity
    cells = [link for link in links if re.search(r"#in-\d+$", link)]
    assert len(cells) == sum("shown" in entry for entry in ERRATA)


def test_chapters_link_to_every_term_that_is_not_marked(site, appendix):
    linked = set()
    for path in all_notebooks():
        built = (site / path.relative_to(ROOT)).with_suffix(".html")
        linked |= {link.split("#")[1] for link in page(built).links if "glossary.html#" in link}
    text = (appendix / "glossary.html").read_text(encoding="utf-8")
    shown = re.findall(r'<dt id="(term-[^"]+)">(.*?)<a', text)
    names = {unescape(name).replace("’", "'"): anchor for anchor, name in shown}
    marked = {entry["term"] for entry in GLOSSARY if entry.get("unlinked")}
    idle = {entry["term"] for entry in GLOSSARY if names[entry["term"]] not in linked}
    assert idle - marked == set(), "mark them as unlinked, or introduce them in a chapter"


def test_the_helpers_page_documents_every_module(appendix):
    text = (appendix / "helpers.html").read_text(encoding="utf-8")
    for module in helper_modules(ROOT):
        assert f'id="module-{module}"' in text, module


def test_the_index_lists_terms_in_both_languages_and_functions(site):
    index = (site / "genindex.html").read_text(encoding="utf-8")
    for name in ("convolution", "卷积", "split_patients()"):
        assert f">{name}" in index, name


def test_the_bibliography_shows_every_work_and_who_cites_it(appendix):
    works = re.findall(r"^@\w+\{([^,]+),", (ROOT / "references.bib").read_text(), re.M)
    text = (appendix / "bibliography.html").read_text(encoding="utf-8")
    assert text.count('role="listitem"') == len(works)
    assert text.count("Cited in") == len(works), "a work that no page cites"
