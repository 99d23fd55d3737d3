# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""sigstore_verify.py TRUSTED_ROOT CASES: says of each bundle whether sigstore-python verifies it.

CASES holds an array of objects with `bundle` (a path), `identity` and `issuer` (who must have signed), and `artifact`
(the path of the signed file) if it is not a statement. Prints {"results": [...]}: for each {"verified": true} with
`payload` and `payloadType` of a statement, or {"verified": false, "error": TYPE, "message": TEXT}.
"""

import json
import pathlib
import sys

from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier
from sigstore.verify.policy import Identity

from report import answer


def verify(verifier: Verifier, case: dict) -> dict:
    try:
        bundle = Bundle.from_json(pathlib.Path(case["bundle"]).read_bytes())
        policy = Identity(identity=case["identity"], issuer=case["issuer"])
        if "artifact" in case:
            verifier.verify_artifact(pathlib.Path(case["artifact"]).read_bytes(), bundle, policy)
            return {"verified": True}
        kind, payload = verifier.verify_dsse(bundle, policy)
        return {"verified": True, "payloadType": kind, "payload": payload.decode()}
    except Exception as error:  # whatever it raises is its verdict
        return {"verified": False, "error": type(error).__name__, "message": str(error)}


def main(root: str, cases: str) -> dict:
    verifier = Verifier(trusted_root=TrustedRoot.from_file(root))
    return {"results": [verify(verifier, case) for case in json.loads(pathlib.Path(cases).read_bytes())]}


if __name__ == "__main__":
    answer(lambda: main(*sys.argv[1:]))
