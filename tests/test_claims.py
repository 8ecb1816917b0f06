"""helpers.claims: a claim that holds prints a stable line, one that does not raises."""

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from helpers.claims import ClaimError, check, check_parameter, records


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: check("AUC", 0.9, at_least=0.85), "holds: AUC ≥ 0.85"),
        (
            lambda: check("AUC", np.float32(0.9), more_than=0.5, name="chance"),
            "holds: AUC > chance",
        ),
        (lambda: check("error", 0.1, at_most=0.1), "holds: error ≤ 0.1"),
        (lambda: check("error", 0.1, less_than=1), "holds: error < 1"),
        (lambda: check("S(0, 0)", 37, equals=37), "holds: S(0, 0) = 37"),
        (lambda: check("S", np.array([[1, 2]]), equals=[[1, 2]]), "holds: S = [[1, 2]]"),
        (
            lambda: check("pi", 3.1416, equals=np.pi, within=1e-3, name="pi"),
            "holds: pi = pi to 0.001",
        ),
        (lambda: check("y", np.zeros(20), equals=np.zeros(20)), "holds: y = the expected values"),
        (lambda: check("name", "valid", equals="valid"), "holds: name = valid"),
        (lambda: check("the weights are unchanged", True), "holds: the weights are unchanged"),
    ],
)
def test_a_claim_that_holds(call, line, capsys):
    call()
    assert capsys.readouterr().out == line + "\n"


@pytest.mark.parametrize(
    "call",
    [
        lambda: check("AUC", 0.8, at_least=0.85),
        lambda: check("AUC", float("nan"), at_least=0.85),
        lambda: check("AUC", float("nan"), at_most=0.85),
        lambda: check("AUC", float("nan"), equals=float("nan")),
        lambda: check("S", [1, 2], equals=[1, 3]),
        lambda: check("S", [1, 2], equals=[1, 2, 3]),
        lambda: check("S", [], equals=[]),
        lambda: check("S", np.uint8(1), equals=np.uint8(2), within=0.5),
        lambda: check("the weights are unchanged", np.bool_(False)),
    ],
)
def test_a_claim_that_does_not_hold(call):
    with pytest.raises(ClaimError, match=r"^does not hold: "):
        call()


def test_the_error_names_value_and_bound():
    with pytest.raises(ClaimError, match=r"AUC ≥ baseline \(value 0\.8, bound 0\.85\)"):
        check("AUC", 0.8, at_least=0.85, name="baseline")


@pytest.mark.parametrize(
    "call",
    [
        lambda: check("AUC", 0.8),
        lambda: check("AUC", 0.8, at_least=0.1, at_most=0.9),
        lambda: check("AUC", 0.8, atleast=0.1),
        lambda: check("AUC", [0.8, 0.9], at_least=0.1),
        lambda: check("AUC", "0.8", at_least=0.1),
    ],
)
def test_a_wrong_call(call):
    with pytest.raises(TypeError):
        call()


def run_notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute()
    return notebook


def test_the_record_in_a_notebook():
    notebook = run_notebook(
        "from helpers.claims import check",
        "check('AUC', 0.9, at_least=0.85)",
        "check('AUC', 0.8, at_least=0.85)",
    )
    assert records(notebook) == [
        {"claim": "AUC", "value": 0.9, "bound": 0.85, "holds": True},
        {"claim": "AUC", "value": 0.8, "bound": 0.85, "holds": False},
    ]
    assert notebook.cells[1].outputs[0].data == {"text/plain": "holds: AUC ≥ 0.85"}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: check_parameter("epochs", 0, at_least=1, at_most=9),
            ValueError,
            "between 1 and 9",
        ),
        (lambda: check_parameter("epochs", 1.5, at_least=1), TypeError, "must be a whole number"),
        (lambda: check_parameter("epochs", True, at_least=1), TypeError, "must be a whole number"),
        (lambda: check_parameter("rate", "x", at_least=0.0), TypeError, "must be a number"),
        (
            lambda: check_parameter("rate", float("nan"), at_least=0.0),
            ValueError,
            "must lie between",
        ),
        (
            lambda: check_parameter("data_set", "x", choices=["a", "b"]),
            ValueError,
            "one of 'a', 'b'",
        ),
    ],
)
def test_a_parameter_that_makes_no_sense(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_sound_parameters():
    check_parameter("epochs", 3, at_least=1, at_most=9)
    check_parameter("rate", 0.5, at_least=0.0, at_most=1.0)
    check_parameter("data_set", "a", choices=["a", "b"])
