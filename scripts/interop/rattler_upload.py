# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""rattler_upload.py KIND SERVER CHANNEL PACKAGE...: has py-rattler-build publish packages.

KIND is quetz, artifactory, prefix, prefix-skip (with `skip_existing`) or prefix-oidc (trusted publishing, with what the
environment of a build job has). The key comes from the variable KEY, but for prefix-oidc; a file with an attestation of
the one package, for prefix-oidc, from ATTESTATION. Prints {"published": N}.
"""

import os
import sys

import rattler_build

from report import answer


def publish(kind: str, server: str, channel: str, *packages: str) -> dict:
    key = os.environ.get("KEY")
    files = list(packages)
    if kind == "quetz":
        rattler_build.upload_package_to_quetz(files, server, channel, api_key=key)
    elif kind == "artifactory":
        rattler_build.upload_package_to_artifactory(files, server, channel, token=key)
    elif kind in ("prefix", "prefix-skip"):
        rattler_build.upload_package_to_prefix(
            files, server, channel, api_key=key, skip_existing=kind == "prefix-skip")
    elif kind == "prefix-oidc":
        rattler_build.upload_package_to_prefix(
            files, server, channel, attestation_file=os.environ.get("ATTESTATION"))
    else:
        raise SystemExit(f"what is {kind}?")
    return {"published": len(files)}


if __name__ == "__main__":
    answer(lambda: publish(*sys.argv[1:]))
