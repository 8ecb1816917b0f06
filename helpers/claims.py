"""The checks behind the claims: a sentence that rests on a number is followed by one of these."""

import numpy as np


class ClaimError(AssertionError):
    """A claim of the text does not hold."""


# relation: (sign in the printed line, test)
_RELATIONS = {
    "at_least": ("≥", lambda value, bound: value >= bound),
    "at_most": ("≤", lambda value, bound: value <= bound),
    "more_than": (">", lambda value, bound: value > bound),
    "less_than": ("<", lambda value, bound: value < bound),
}


def check(claim, value, *, name=None, equals=None, within=0.0, **bound):
    """Check one claim, print a stable line, and leave a record in the notebook.

    claim: what is claimed, in words: "test AUC, lower 95 % bound".
    value: the computed number or array; a bool when the claim is a plain fact.
    One of at_least, at_most, more_than, less_than: the bound, a number. Give it a reason: a
        baseline, a published figure, chance.
    equals: instead of a bound, the number or array (same shape) that value must equal,
        to the absolute tolerance `within`.
    name: what the bound is, in words, printed in its place: needed where the bound is itself
        computed by a trained model and differs from machine to machine.

    >>> check("area of the unit square", 1.0, equals=1)
    holds: area of the unit square = 1
    >>> check("sensitivity", 0.9, more_than=0.5, name="chance")
    holds: sensitivity > chance

    The printed line never holds the value, so that it is the same on every machine. The record
    (claim, value, bound, whether it holds) goes into the metadata of the output.

    Raises ClaimError with value and bound when the claim does not hold (NaN never does), and
    TypeError when the call names no relation or more than one.
    """
    if unknown := set(bound) - set(_RELATIONS):
        raise TypeError(
            f"check() knows no {', '.join(sorted(unknown))}; it knows equals, "
            f"{', '.join(_RELATIONS)}."
        )
    if isinstance(value, bool | np.bool_) and not bound and equals is None:
        return _conclude(claim, claim, bool(value), value, True)
    if len(bound) + (equals is not None) != 1:
        raise TypeError("check() needs exactly one of equals, " + ", ".join(_RELATIONS) + ".")
    if equals is not None:
        return _check_equal(claim, value, equals, within, name)
    ((relation, limit),) = bound.items()
    sign, test = _RELATIONS[relation]
    value, limit = _number(value), _number(limit)
    _conclude(claim, f"{claim} {sign} {name or f'{limit:g}'}", test(value, limit), value, limit)


def _check_equal(claim, value, expected, within, name):
    value, expected = np.asarray(value), np.asarray(expected)
    if value.shape != expected.shape or value.size == 0:
        raise ClaimError(f"does not hold: {claim}: shape {value.shape}, expected {expected.shape}")
    if value.dtype.kind in "fiucb" and expected.dtype.kind in "fiucb":
        # The signed difference of unsigned integers would wrap around.
        gap = np.abs(value.astype(complex) - expected.astype(complex)).max()
        holds = bool(gap <= within)
    else:
        holds = bool(np.array_equal(value, expected))
    shown = name or (_short(expected) if expected.size <= 9 else "the expected values")
    tolerance = f" to {within:g}" if within else ""
    _conclude(claim, f"{claim} = {shown}{tolerance}", holds, _short(value), _short(expected))


def _number(value) -> float:
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "fiub":
        raise TypeError(f"a bound is checked against one real number; got {value!r}.")
    return float(array.reshape(()))


def _short(array):
    """Plain numbers for the printed line and the record; long arrays are cut."""
    array = np.asarray(array)
    return array.tolist() if array.size <= 9 else f"array of shape {array.shape}"


def _conclude(claim, line, holds, value, bound):
    value = value.item() if isinstance(value, np.generic) else value
    record = {"claim": claim, "value": value, "bound": bound, "holds": bool(holds)}
    _publish(f"{'holds' if holds else 'fails'}: {line}", record)
    if not holds:
        raise ClaimError(f"does not hold: {line} (value {value}, bound {bound})")


def _publish(text, record):
    from IPython import get_ipython

    if get_ipython() is None:
        print(text)
        return
    from IPython.display import display

    # The record stands in the metadata: tests that compare outputs do not compare it.
    display({"text/plain": text}, metadata={"claim": record}, raw=True)


def records(notebook) -> list[dict]:
    """The records that `check` left in an executed notebook (an nbformat NotebookNode)."""
    return [
        dict(output["metadata"]["claim"])
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "claim" in output.get("metadata", {})
    ]


def check_parameter(name, value, *, choices=None, at_least=None, at_most=None):
    """Raise a clear error when a parameter of a notebook makes no sense.

    name, value: the parameter. choices: the allowed values. at_least, at_most: an inclusive
    range; the type of its bounds (int or float) is the type that the parameter must have.
    Raises ValueError, or TypeError for a value of the wrong type.
    """
    if choices is not None:
        if value not in choices:
            allowed = ", ".join(repr(choice) for choice in choices)
            raise ValueError(f"{name} must be one of {allowed}; got {value!r}.")
        return
    bounds = [b for b in (at_least, at_most) if b is not None]
    wanted = int if all(isinstance(b, int) for b in bounds) else (int, float)
    kind = "a whole number" if wanted is int else "a number"
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise TypeError(f"{name} must be {kind}; got {value!r}.")
    low = -np.inf if at_least is None else at_least
    high = np.inf if at_most is None else at_most
    if not low <= value <= high:
        raise ValueError(f"{name} must lie between {low} and {high}; got {value!r}.")
