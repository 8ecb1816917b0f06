"""What the theme leaves open for people who use a keyboard, a screen reader, a phone or Chinese.

- Style and script beside it: contrast, a visible focus, and what scrolls in itself takes the focus.
- A work of the bibliography is an item of its list; docutils gives it a role that ARIA has dropped.
- The search finds a Chinese term inside a longer one, without a dictionary of Chinese words.
"""

import itertools
import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish
from sphinx.writers.html5 import HTML5Translator

CHINESE = re.compile(r"[\u4e00-\u9fff]+")


class SearchWithChinese(SearchEnglish):
    """English as Sphinx splits it; of Chinese, each run of characters and each pair in it.

    The search page looks for a word of one or two letters whole, for a longer one inside others.
    """

    def split(self, input: str) -> list[str]:
        runs = CHINESE.findall(input)
        pairs = ["".join(pair) for run in runs for pair in itertools.pairwise(run)]
        return super().split(input) + runs + pairs


def visit_citation(self: HTML5Translator, node: nodes.citation) -> None:
    """Open the list before the first work, and an item for each."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div role="list" class="citation-list">\n')
    self.body.append(self.starttag(node, "div", CLASS="citation", ROLE="listitem"))


def setup(app: Sphinx) -> dict:
    app.add_search_language(SearchWithChinese)
    app.add_node(
        nodes.citation, override=True, html=(visit_citation, HTML5Translator.depart_citation)
    )
    app.add_css_file("accessibility.css")
    app.add_js_file("accessibility.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
