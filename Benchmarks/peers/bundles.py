# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""bundles.py PEER ROOT FILE NAME DIGEST IDENTITY ISSUER COUNT: verifies one Sigstore bundle over and over in one process.

PEER is `sigstore` (sigstore-python) or `rattler` (py-rattler); FILE is a bundle, or a list of one. Prints how many were
verified, and the seconds, CPU and wall, of the second half of them, so that what is done once for the instance is not in them.

py-rattler verifies only what it has just fetched. So each of its verifications is paired with a fetch of the same file that ends
before anything is verified, because another digest was asked for; what fetching costs is taken off.
"""

import asyncio
import hashlib
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time


def spent() -> tuple[float, float]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, time.perf_counter()


def difference(end: tuple[float, float], start: tuple[float, float]) -> tuple[float, float]:
    return end[0] - start[0], end[1] - start[1]


def one_bundle(path: str) -> str:
    value = json.loads(pathlib.Path(path).read_bytes())
    return json.dumps(value[0] if isinstance(value, list) else value)


def with_sigstore(root: str, path: str, digest: str, identity: str, issuer: str, count: int) -> tuple[int, float, float]:
    from sigstore.models import Bundle, TrustedRoot
    from sigstore.verify import Verifier, policy

    text = one_bundle(path)
    verifier = Verifier(trusted_root=TrustedRoot.from_file(root))
    wanted = policy.Identity(identity=identity, issuer=issuer)
    verified, start = 0, spent()
    for number in range(count):
        if number == count // 2:
            start = spent()
        _, payload = verifier.verify_dsse(Bundle.from_json(text), wanted)
        verified += any(subject["digest"]["sha256"] == digest for subject in json.loads(payload)["subject"])
    return verified, *difference(spent(), start)


serve = """
import http.server, sys
class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def __init__(self, *given): super().__init__(*given, directory=sys.argv[1])
    def log_message(self, *given): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


async def rattler_loop(url: str, root: str, name: str, digest: str, sidecar: str, identity: str, issuer: str,
                       count: int) -> tuple[int, float, float]:
    from rattler import PackageRecord, RepoDataRecord
    from rattler.package import BuildString
    from rattler.sigstore import ChannelCheck, Issuer, Publisher, TrustedRoot, VerificationPolicy, verify_attestation

    trusted = TrustedRoot.from_path(root)
    wanted = VerificationPolicy.require(Publisher(identity, Issuer(issuer)), channel_check=ChannelCheck.IGNORE)
    package, version, build = name.removesuffix(".conda").rsplit("-", 2)

    def record(attestations: str) -> RepoDataRecord:
        described = PackageRecord(package, version, BuildString(build), 0, "linux-64", sha256=bytes.fromhex(digest),
                                  attestations_sha256=bytes.fromhex(attestations))
        return RepoDataRecord(described, name, f"{url}/linux-64/{name}", url)

    async def spend(attestations: str) -> tuple[int, tuple[float, float]]:
        start, verified = spent(), 0
        try:
            verified = (await verify_attestation(record(attestations), wanted, trusted_root=trusted)).is_verified
        except Exception as error:
            if attestations == sidecar:
                raise
            if "hash" not in str(error).lower() and "digest" not in str(error).lower() and "sha256" not in str(error).lower():
                raise RuntimeError(f"the fetch did not end at the digest: {error}") from error
        return int(verified), difference(spent(), start)

    other, verified, wholes, fetches = hashlib.sha256(b"").hexdigest(), 0, [], []
    for number in range(count):
        good, whole = await spend(sidecar)
        _, fetch = await spend(other)
        verified += good
        if number >= count // 2:
            wholes.append(whole)
            fetches.append(fetch)
    # Medians: threads of its own make single ones uneven.
    cpu, wall = (statistics.median(cost[at] for cost in wholes) - statistics.median(cost[at] for cost in fetches)
                 for at in (0, 1))
    return verified, cpu * len(wholes), wall * len(wholes)


def with_rattler(root: str, path: str, name: str, digest: str, identity: str, issuer: str, count: int) -> tuple[int, float, float]:
    sidecar = f"[{one_bundle(path)}]".encode()
    hexadecimal = hashlib.sha256(sidecar).hexdigest()
    with tempfile.TemporaryDirectory(prefix="kingsnake-bench-") as folder:
        below = pathlib.Path(folder, "linux-64")
        below.mkdir()
        for wanted in (hexadecimal, hashlib.sha256(b"").hexdigest()):
            (below / f"{name}.sigs.{wanted}").write_bytes(sidecar)
        with subprocess.Popen([sys.executable, "-c", serve, folder], stdout=subprocess.PIPE) as server:
            try:
                url = f"http://127.0.0.1:{int(server.stdout.readline())}"
                return asyncio.run(rattler_loop(url, root, name, digest, hexadecimal, identity, issuer, count))
            finally:
                server.kill()


def main(peer: str, root: str, path: str, name: str, digest: str, identity: str, issuer: str, count: str) -> None:
    if peer == "sigstore":
        found = with_sigstore(root, path, digest, identity, issuer, int(count))
    else:
        found = with_rattler(root, path, name, digest, identity, issuer, int(count))
    print(*found)


main(*sys.argv[1:])
