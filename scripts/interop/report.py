# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""How every script here answers: one JSON value on stdout.

Exit 0: the peer did it. Exit 1: the peer refused or failed; the JSON is {"error": TYPE, "message": TEXT}.
Exit 2: wrong arguments.
"""

import json
import sys
from collections.abc import Callable


def answer(work: Callable[[], object]) -> None:
    """Runs the work and ends the process with its answer."""
    try:
        result = work()
    except Exception as error:  # whatever the peer raises is its answer
        cause = f" ({error.__cause__})" if error.__cause__ else ""
        json.dump({"error": type(error).__name__, "message": f"{error}{cause}"}, sys.stdout, indent=1)
        print()
        sys.exit(1)
    json.dump(result, sys.stdout, indent=1, sort_keys=True)
    print()
