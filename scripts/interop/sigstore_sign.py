# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""sigstore_sign.py TOKEN_FILE OUT FILE...: signs each file with sigstore-python, and writes OUT/NAME.sigstore.json.

A file whose name ends with `.statement.json` is signed as the statement that it is. All are signed with one
certificate. The instance is that of --trust-config, or that of the repository at --tuf, which begins with --root.
Prints {"bundles": [PATH, ...], "identity": ..., "issuer": ...}.
"""

import argparse
import pathlib

from sigstore.dsse import Statement
from sigstore.models import ClientTrustConfig
from sigstore.oidc import IdentityToken
from sigstore.sign import SigningContext

from report import answer


def main(a: argparse.Namespace) -> dict:
    if a.trust_config:
        config = ClientTrustConfig.from_json(pathlib.Path(a.trust_config).read_text())
    else:
        config = ClientTrustConfig.from_tuf(a.tuf, bootstrap_root=pathlib.Path(a.root))
    token = IdentityToken(pathlib.Path(a.token).read_text().strip())
    bundles = []
    with SigningContext.from_trust_config(config).signer(token) as signer:
        for name in a.files:
            content = pathlib.Path(name).read_bytes()
            if name.endswith(".statement.json"):
                bundle = signer.sign_dsse(Statement(content))
            else:
                bundle = signer.sign_artifact(content)
            path = pathlib.Path(a.out) / (pathlib.Path(name).name + ".sigstore.json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(bundle.to_json())
            bundles.append(str(path))
    return {"bundles": bundles, "identity": token.identity, "issuer": token.federated_issuer}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("token", help="a file with the identity token")
    parser.add_argument("out")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--trust-config")
    parser.add_argument("--tuf", help="the repository's URL")
    parser.add_argument("--root", help="the repository's first root")
    arguments = parser.parse_args()
    answer(lambda: main(arguments))
