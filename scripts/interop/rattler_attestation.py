# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""rattler_attestation.py TRUSTED_ROOT CASES: says of each package whether py-rattler takes its attestations.

CASES holds an array of objects: `url` of the package, `sha256`, `channel`, `attestations_sha256` (null for none), and
`identity` and `issuer`, or null for any. Prints {"results": [...]}: for each {"verified": true} with what it found, or
{"verified": false, "error": TYPE, "message": TEXT}.
"""

import asyncio
import json
import pathlib
import sys

from rattler import BuildString, PackageRecord, RepoDataRecord
from rattler.sigstore import Issuer, Publisher, TrustedRoot, VerificationPolicy, verify_attestation

from report import answer


def record_of(case: dict) -> RepoDataRecord:
    file_name = case["url"].rsplit("/", 1)[1]
    subdir = case["url"].rsplit("/", 2)[1]
    name, version, build = file_name.removesuffix(".conda").removesuffix(".tar.bz2").rsplit("-", 2)
    sidecar = case["attestations_sha256"]
    record = PackageRecord(
        name=name, version=version, build=BuildString(build), build_number=0, subdir=subdir,
        sha256=bytes.fromhex(case["sha256"]),
        attestations_sha256=bytes.fromhex(sidecar) if sidecar else None,
    )
    return RepoDataRecord(record, file_name, case["url"], case["channel"])


async def verify(root: TrustedRoot, case: dict) -> dict:
    publisher = Publisher(case["identity"], Issuer(case["issuer"]) if case["issuer"] else None)
    return await verdict(record_of(case), VerificationPolicy.require(publisher), root)


async def verdict(record: RepoDataRecord, policy: VerificationPolicy, root: TrustedRoot) -> dict:
    try:
        outcome = await verify_attestation(record, policy, trusted_root=root)
    except Exception as error:  # whatever it raises is its verdict
        return {"verified": False, "error": type(error).__name__, "message": str(error)}
    found = outcome.attestation
    return {
        "verified": outcome.is_verified,
        "warnings": outcome.warnings,
        "identity": found and found.identity,
        "issuer": found and found.issuer,
        "channel": found and found.target_channel,
        "checks": found and vars(found.checks),
        "repository": found and found.claims and found.claims.source_repository_uri,
    }


async def main(root: str, cases: str) -> dict:
    trusted = TrustedRoot.from_path(root)
    return {"results": [await verify(trusted, case) for case in json.loads(pathlib.Path(cases).read_bytes())]}


if __name__ == "__main__":
    answer(lambda: asyncio.run(main(*sys.argv[1:])))
