"""When a cell fails: one sentence under its traceback that says what to do."""

import errno
import re
import sys
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module, metadata
from pathlib import Path
from traceback import walk_tb

OLDEST_PYTHON = (3, 11)
PROJECT = "deep-learning-for-healthcare"

# Packages that are imported by another name than they are installed by.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "imblearn": "imbalanced-learn",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
}

STOPPED = (
    "You stopped this cell. The variables of earlier cells are kept, but a model that was training "
    "is half trained: run the cell that builds it again before you train on."
)
OUT_OF_MEMORY = (
    "The memory is full. Restart the kernel, choose smaller numbers in the cell of parameters "
    "(fewer items, a narrower network) or a smaller batch, and run all cells again."
)
NO_NETWORK = (
    "The network did not answer. Check the connection, and the proxy or mirror if you use one, "
    "then run this cell again; data that were fetched before need no network."
)


class VersionError(RuntimeError):
    """Python or a package is not the one that the course needs; the message says what to do."""


def check_versions() -> None:
    """Compare Python and the installed packages with what the course needs.

    A package of a single chapter is left alone: that chapter's import speaks for it.
    Raises VersionError, which names what was found, what is needed, and the command to run.
    """
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise VersionError(
            f"The course needs Python {_dotted(OLDEST_PYTHON)} or newer, and this kernel runs "
            f"Python {_dotted(sys.version_info[:2])}: choose another kernel or install a newer one."
        )
    found = {one: _version(one.name) for one, extra in _requirements() if not extra}
    wrong = [one for one, version in found.items() if version and not _fits(one, version)]
    if wrong:
        told = ", ".join(f"{one.name} {found[one]} (needed: {one.specifier})" for one in wrong)
        raise VersionError(f"The course does not run with {told}. {_install(wrong)}")


def show_hints() -> None:
    """In a notebook: from now on, end the traceback of a cell with what to do, where that is known.

    Nothing happens outside IPython, and nothing more when called again.
    """
    try:
        from IPython import get_ipython
    except ModuleNotFoundError:
        return
    shell = get_ipython()
    if shell is None or hasattr(shell._showtraceback, "shows_hints"):
        return
    show = shell._showtraceback  # IPython's own place for a subclass to change; so does Jupyter's

    def show_with_hint(kind, error, lines):
        with suppress(Exception):  # no fault of ours may hide the learner's
            if sentence := hint(error, shell.user_ns):
                getattr(lines, "stb", lines).append(f"\n{sentence}")  # Colab wraps the list
        show(kind, error, lines)

    show_with_hint.shows_hints = True
    shell._showtraceback = show_with_hint


def hint(error: BaseException, names: dict) -> str:
    """What to do about `error` in one or two sentences, "" where nothing is known to help.

    names: the variables of the notebook.
    """
    if isinstance(error, KeyboardInterrupt):
        return STOPPED
    if isinstance(error, NameError):
        return _undefined(error, names)
    if isinstance(error, ImportError):
        return _not_importable(error)
    if getattr(error, "errno", None) == errno.ENOSPC or "No space left on device" in str(error):
        return _full_disk()
    # By their names: TensorFlow and requests need not be imported for it.
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {"MemoryError", "ResourceExhaustedError"}:
        return OUT_OF_MEMORY
    return NO_NETWORK if _nobody_answered(error, kinds) else ""


def _nobody_answered(error: BaseException, kinds: set[str]) -> bool:
    """Whether the network failed. An answer that says no, as "404 not found", is another case."""
    if kinds & {"URLError", "gaierror", "ConnectTimeout", "ReadTimeout", "MaxRetryError"}:
        return "HTTPError" not in kinds
    if isinstance(error, TimeoutError):  # asyncio's, which say nothing, are no network's
        return "timed out" in str(error)
    return "ConnectionError" in kinds and not isinstance(error, BrokenPipeError)


def _undefined(error: NameError, names: dict) -> str:
    name, frames = error.name, [frame for frame, _ in walk_tb(error.__traceback__)]
    if not name or isinstance(error, UnboundLocalError) or frames[-1].f_globals is not names:
        return ""
    near = get_close_matches(name, [one for one in names if one[:1] != "_"], 1, cutoff=0.8)
    return (
        f"`{name}` is not defined yet. After a restart, or when cells are run out of order: run "
        "all cells above this one (menu Run, on Colab Runtime → Run before)."
        + (f" If it is a typing error: `{near[0]}` is defined." if near else "")
    )


def _not_importable(error: ImportError) -> str:
    module = (error.name or "").partition(".")[0]
    for requirement, _ in _requirements():
        if not _same(requirement.name, DISTRIBUTIONS.get(module, module)):
            continue
        version = _version(requirement.name)
        missing = isinstance(error, ModuleNotFoundError) and error.name == module
        if version and _fits(requirement, version) and not missing:
            return ""
        state = "which is not installed" if missing else f"and {version} is installed"
        needed = f"{requirement.name}{requirement.specifier}"
        return f"This cell needs {needed}, {state}. {_install([requirement])}"
    return ""


def _install(requirements) -> str:
    wanted = " ".join(f'"{one.name}{one.specifier}"' for one in requirements)
    return (
        f"Run %pip install {wanted} in a cell of its own, restart the kernel, and run all cells "
        "again."
    )


def _full_disk() -> str:
    # No import statement: with one, every notebook would depend on how data are fetched.
    folder = import_module("helpers.data.fetch").cache_dir()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return (
        f"The disk is full. The data of the course take {size / 1e6:.0f} MB of it, in {folder}; "
        "what you delete there is fetched again when a chapter asks for it. Free some space, then "
        "run this cell again."
    )


def _requirements():
    """What the course needs: pairs of a requirement and the extra it belongs to, "" for none.

    From pyproject.toml where the helpers run from the tree, else from the installed package.
    """
    import tomllib

    from packaging.requirements import Requirement

    tree = Path(__file__).parent.parent / "pyproject.toml"
    project = tomllib.loads(tree.read_text())["project"] if tree.is_file() else {}
    if project.get("name") == PROJECT:
        groups = {"": project["dependencies"], **project["optional-dependencies"]}
        return [(Requirement(one), extra) for extra, group in groups.items() for one in group]
    try:
        stated = metadata.requires(PROJECT) or []
    except metadata.PackageNotFoundError:
        return []
    extras = [re.search(r"""extra == ["'](\w+)""", one) for one in stated]
    return [
        (Requirement(one.partition(";")[0]), extra[1] if extra else "")
        for one, extra in zip(stated, extras, strict=True)
    ]


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _fits(requirement, version: str) -> bool:
    return requirement.specifier.contains(version, prereleases=True)


def _same(one: str, other: str) -> bool:
    return re.sub(r"[-_.]+", "-", one).lower() == re.sub(r"[-_.]+", "-", other).lower()


def _dotted(version) -> str:
    return ".".join(map(str, version))
