# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""rattler_verify.py CHANNEL_URL SPEC TRUSTED_ROOT IDENTITY ISSUER: has py-rattler verify what a channel serves.

The records come from the channel's index, their attestations from beside the packages. Prints what
rattler_attestation.py prints, and for each record its `fn`.
"""

import asyncio
import sys
import tempfile

from rattler import Channel, Gateway
from rattler.sigstore import Issuer, Publisher, TrustedRoot, VerificationPolicy

from rattler_attestation import verdict
from report import answer


async def main(channel: str, spec: str, root: str, identity: str, issuer: str) -> dict:
    trusted = TrustedRoot.from_path(root)
    policy = VerificationPolicy.require(Publisher(identity, Issuer(issuer)))
    with tempfile.TemporaryDirectory(prefix="kingsnake-rattler-", ignore_cleanup_errors=True) as cache:
        found = await Gateway(cache_dir=cache).query([Channel(channel)], ["linux-64", "noarch"], [spec], recursive=False)
        records = [record for records in found for record in records]
        return {"results": [await verdict(record, policy, trusted) | {"fn": record.file_name} for record in records]}


if __name__ == "__main__":
    answer(lambda: asyncio.run(main(*sys.argv[1:])))
