"""What a command says when it cannot do its work: one sentence, and what to do."""

import errno
import sys
from collections.abc import Callable


class Failure(Exception):
    """The work cannot be done; the message says what to do."""


def report(work: Callable[[], str], command: str) -> int:
    """Do the work and print what it returns. What went wrong goes to standard error.

    command: what to run again when the disk was full. Returns the exit status.
    """
    try:
        print(work())
    except Failure as problem:
        print(f"Error: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        print(f"Error: The disk is full. Free some space, then run: {command}", file=sys.stderr)
        return 1
    return 0
