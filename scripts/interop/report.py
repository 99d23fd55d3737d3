# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""How every script here answers: one JSON value on stdout.

Exit 0: the peer did it. Exit 1: the peer refused or failed; the JSON is {"error": TYPE, "message": TEXT}.
Exit 2: wrong arguments.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import NoReturn


def say(value: object, status: int) -> NoReturn:
    """Prints a value, and ends the process at once: threads of py-rattler are known to crash an interpreter that shuts down."""
    json.dump(value, sys.stdout, indent=1, sort_keys=status == 0)
    print(flush=True)
    os._exit(status)


def answer(work: Callable[[], object]) -> NoReturn:
    """Runs the work and ends the process with its answer."""
    try:
        result = work()
    except Exception as error:  # whatever the peer raises is its answer
        cause = f" ({error.__cause__})" if error.__cause__ else ""
        say({"error": type(error).__name__, "message": f"{error}{cause}"}, 1)
    say(result, 0)
