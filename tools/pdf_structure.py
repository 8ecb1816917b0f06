"""Thin out the structure tree that makes a PDF readable aloud.

Chromium writes an element without meaning (`NonStruct`) for every word of code and every line of a
paragraph: 200,000 of them, more than half of the file. Those with a single child give way to it.
"""

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NumberObject


def thin_out(reader: PdfReader) -> None:
    """Change the tree of `reader` in place; a document without one stays as it is."""
    root = reader.trailer["/Root"].get("/StructTreeRoot")
    if root is None:
        return
    root = root.get_object()
    heirs = {}
    for top in _kids(root):
        _thin(top, heirs)
    numbers = root["/ParentTree"].get_object()["/Nums"]
    for entry in numbers[1::2]:
        owners = entry.get_object()
        if isinstance(owners, ArrayObject):  # of a page: the element of each piece of its content
            owners[:] = [_heir(owner, heirs) for owner in owners]


def _kids(element: DictionaryObject) -> list:
    """The children as they are stored: references to elements, or numbers of pieces of content."""
    kids = element.raw_get("/K") if "/K" in element else []
    if isinstance(kids, IndirectObject) and isinstance(kids.get_object(), ArrayObject):
        kids = kids.get_object()
    return list(kids) if isinstance(kids, ArrayObject | list) else [kids]


def _thin(reference: IndirectObject, heirs: dict) -> None:
    element = reference.get_object()
    kids = []
    for kid in _kids(element):
        if not _is_element(kid):
            kids.append(kid)
            continue
        _thin(kid, heirs)
        child, inside = kid.get_object(), _kids(kid.get_object())
        if child["/S"] != "/NonStruct" or len(inside) != 1:
            kids.append(kid)
        elif _is_element(inside[0]):
            inside[0].get_object()[NameObject("/P")] = reference
            kids.append(inside[0])
        else:
            heirs[kid.idnum] = reference
            kids.append(_adopt(element, child, inside[0]))
    if kids:
        element[NameObject("/K")] = ArrayObject(kids)


def _is_element(kid) -> bool:
    return isinstance(kid, IndirectObject) and "/S" in kid.get_object()


def _adopt(element: DictionaryObject, child: DictionaryObject, content):
    """A child's piece of content as a child of `element`, which may lie on another page."""
    if not isinstance(content, NumberObject):
        return content  # says its page itself
    page = child.raw_get("/Pg")
    if "/Pg" not in element:
        element[NameObject("/Pg")] = page
    if element.raw_get("/Pg") == page:
        return content
    return DictionaryObject(
        {NameObject("/Type"): NameObject("/MCR"), NameObject("/Pg"): page,
         NameObject("/MCID"): content}
    )  # fmt: skip


def _heir(owner, heirs: dict):
    while isinstance(owner, IndirectObject) and owner.idnum in heirs:
        owner = heirs[owner.idnum]
    return owner
