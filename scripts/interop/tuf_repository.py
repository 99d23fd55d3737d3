# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""tuf_repository.py OUT [--scenario NAME] [--seed N] [--not-consistent]: writes a TUF repository with python-tuf.

OUT/metadata and OUT/targets are what a web server serves, OUT/keys/ROLE-N.pem the private keys (PKCS#8), and
OUT/1.root.json the root a client starts from. What is printed is also in OUT/repository.json: the final version of
each role, the targets with their length and sha256 (and the role that vouches for each), and whether a client must
accept the repository, or why not.

scenarios:
  basic      four roles with one Ed25519 key each
  delegated  targets -> `project` (ECDSA P-256, project/*) -> `nightly` (terminating, project/nightly-*), and
             targets -> `binned` by path hash prefixes
  rotated    root 1 -> 2 -> 3: root keys replaced, then the timestamp's; the client starts from 1
  threshold  root 2 of 3 and targets 2 of 3, of Ed25519, ECDSA P-256 and RSA-PSS keys
  keys       a type of keys for each role, and RSA keys of several sizes
  legacy     ECDSA keys under the key types of old, named after their schemes, and key ids that are no digests
  foreign    each role has an Ed25519 key beside such as we do not have, which sign first; one is enough
  drafts     each role has ML-DSA keys (TAP 21) only, root one of each size that we have
  bins       targets -> 16 hash bins (TAP 15) with 24 targets, threshold 2 of an ECDSA and an RSA-PSS key
  nested-bins  targets -> `packages` (packages/*) -> 8 hash bins
  rotations  root 1 to 6: five times, roles picked by the seed get new keys of several types, another number of them
             and another threshold; signed by no more than the thresholds demand
  bad-threshold  as `threshold`, the targets signed by one key only
  expired    everything in order, the timestamp out of date
"""

import argparse
import hashlib
import json
import pathlib
import random
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import (
    DelegatedRole, Delegations, Metadata, MetaFile, Root, Snapshot, SuccinctRoles, TargetFile, Targets, Timestamp,
)

from report import answer

top_level = (Root.type, Timestamp.type, Snapshot.type, Targets.type)


class Repository:
    """A repository being written: roles, their signers, and the files that were written so far."""

    def __init__(
        self, out: pathlib.Path, *, consistent: bool, now: datetime, metadata: str = "metadata",
        targets: str = "targets", keys: pathlib.Path | None = None,
    ) -> None:
        self.consistent, self.now = consistent, now
        self.metadata, self.files, self.keys = out / metadata, out / targets, keys or out / "keys"
        for folder in (self.metadata, self.files, self.keys):
            folder.mkdir(parents=True, exist_ok=True)
        self.first_root = self.keys.parent / "1.root.json"
        self.signers: dict[str, list[CryptoSigner]] = {}
        self.made_keys: dict[str, int] = {}
        self.owners: dict[str, str] = {}
        self.seed = 0
        later = now + timedelta(days=30)
        self.root = Root(consistent_snapshot=consistent, expires=now + timedelta(days=365))
        self.timestamp = Timestamp(expires=now + timedelta(days=1))
        self.snapshot = Snapshot(expires=later)
        self.targets = {Targets.type: Targets(expires=later)}

    def key(self, role: str, generate: Callable[[], CryptoSigner] = CryptoSigner.generate_ed25519) -> CryptoSigner:
        """A new key for the role, saved beside the repository."""
        signer = generate()
        number = self.made_keys[role] = self.made_keys.get(role, 0) + 1
        (self.keys / f"{role}-{number}.pem").write_bytes(signer.private_bytes)
        self.signers.setdefault(role, []).append(signer)
        return signer

    def authorise(self, role: str, *generators: Callable[[], CryptoSigner], threshold: int = 1) -> None:
        """Gives a top-level role its keys in the root."""
        for generate in generators or (CryptoSigner.generate_ed25519,):
            self.root.add_key(self.key(role, generate).public_key, role)
        self.root.roles[role].threshold = threshold

    def revoke(self, role: str) -> None:
        """Takes all keys of a top-level role away."""
        for signer in self.signers.pop(role, []):
            self.root.revoke_key(signer.public_key.keyid, role)

    def delegate(self, parent: str, role: str, generate: Callable[[], CryptoSigner], *, terminating: bool = False,
                 paths: list[str] | None = None, prefixes: list[str] | None = None) -> None:
        """Lets `parent` vouch for a further targets role."""
        delegations = self.targets[parent].delegations or Delegations({}, roles={})
        delegations.roles[role] = DelegatedRole(role, [], 1, terminating, paths, prefixes)
        self.targets[parent].delegations = delegations
        self.targets[parent].add_key(self.key(role, generate).public_key, role)
        self.targets[role] = Targets(expires=self.now + timedelta(days=30))

    def delegate_to_bins(self, parent: str, bits: int, *generators: Callable[[], CryptoSigner], threshold: int) -> None:
        """Lets hash bins vouch for all of `parent`'s paths."""
        bins = SuccinctRoles([], threshold, bits, f"{parent}-bin")
        self.targets[parent].delegations = Delegations({}, succinct_roles=bins)
        signers = [self.key(bins.name_prefix, generate) for generate in generators]
        for signer in signers:
            self.targets[parent].add_key(signer.public_key)
        for name in bins.get_roles():
            self.signers[name] = signers
            self.targets[name] = Targets(expires=self.now + timedelta(days=30))

    def add_binned_target(self, parent: str, name: str, content: bytes) -> None:
        self.add_target(name, content, self.targets[parent].delegations.succinct_roles.get_role_for_target(name))

    def add_target(self, name: str, content: bytes, role: str = Targets.type) -> None:
        info = TargetFile.from_data(name, content, ["sha256"])
        self.targets[role].targets[name] = info
        self.owners[name] = role
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if self.consistent:
            (path.parent / f"{info.hashes['sha256']}.{path.name}").write_bytes(content)

    def write(self, role: str, signed: object, signers: list[CryptoSigner], *, versioned: bool) -> bytes:
        metadata = Metadata(signed)
        for signer in signers:
            metadata.sign(signer, append=True)
        content = metadata.to_bytes()
        prefix = f"{signed.version}." if versioned else ""
        (self.metadata / f"{prefix}{quote(role, '')}.json").write_bytes(content)
        return content

    def publish_root(self, former: list[CryptoSigner] = ()) -> None:
        """Writes the root, signed by its own keys and by those of the version before it."""
        content = self.write(Root.type, self.root, [*former, *self.signers[Root.type]], versioned=True)
        if self.root.version == 1:
            self.first_root.write_bytes(content)

    def publish(self) -> None:
        """Writes all roles but the root, each with its parent's hash and length of it."""
        for role, signed in self.targets.items():
            content = self.write(role, signed, self.signers[role], versioned=self.consistent)
            self.snapshot.meta[f"{role}.json"] = meta_file(signed.version, content)
        content = self.write(Snapshot.type, self.snapshot, self.signers[Snapshot.type], versioned=self.consistent)
        self.timestamp.snapshot_meta = meta_file(self.snapshot.version, content)
        self.write(Timestamp.type, self.timestamp, self.signers[Timestamp.type], versioned=False)

    def summary(self) -> dict:
        targets = {
            name: {
                "length": self.targets[role].targets[name].length,
                "sha256": self.targets[role].targets[name].hashes["sha256"],
                "role": role,
            }
            for name, role in self.owners.items()
        }
        roles = {Root.type: self.root, Timestamp.type: self.timestamp, Snapshot.type: self.snapshot} | self.targets
        return {
            "consistent_snapshot": self.consistent,
            "root": str(self.first_root),
            "roles": {role: signed.version for role, signed in roles.items()},
            "targets": targets,
        }


def meta_file(version: int, content: bytes) -> MetaFile:
    return MetaFile(version, len(content), {"sha256": hashlib.sha256(content).hexdigest()})


def four_roles(repository: Repository) -> None:
    for role in top_level:
        repository.authorise(role)
    repository.add_target("hello.txt", b"hello\n")
    repository.add_target("linux-64/repodata.json", b'{"packages": {}}\n')
    repository.add_target("empty", b"")


def basic(repository: Repository) -> None:
    four_roles(repository)
    repository.publish_root()
    repository.publish()


def delegated(repository: Repository) -> None:
    four_roles(repository)
    ecdsa, ed25519 = CryptoSigner.generate_ecdsa, CryptoSigner.generate_ed25519
    repository.delegate(Targets.type, "project", ecdsa, paths=["project/*"])
    repository.delegate("project", "nightly", ed25519, terminating=True, paths=["project/nightly-*"])
    binned = "binned/file.bin"
    prefix = hashlib.sha256(binned.encode()).hexdigest()[:2]
    repository.delegate(Targets.type, "binned", ed25519, prefixes=[prefix])
    repository.add_target("project/stable-1.0", b"stable\n", "project")
    repository.add_target("project/nightly-7", b"nightly\n", "nightly")
    repository.add_target(binned, bytes(range(256)), "binned")
    repository.publish_root()
    repository.publish()


def rotated(repository: Repository) -> None:
    four_roles(repository)
    repository.publish_root()
    former = list(repository.signers[Root.type])
    repository.revoke(Root.type)
    repository.authorise(Root.type)
    repository.root.version = 2
    repository.publish_root(former)
    repository.revoke(Timestamp.type)
    repository.authorise(Timestamp.type)
    repository.root.version = 3
    repository.publish_root()
    repository.publish()


def keys(repository: Repository) -> None:
    rsa = [lambda size=size: rsa_of(size) for size in (2048, 3072, 4096)]
    repository.authorise(Root.type, CryptoSigner.generate_ed25519, CryptoSigner.generate_ecdsa, *rsa, threshold=5)
    repository.authorise(Timestamp.type, CryptoSigner.generate_ecdsa)
    repository.authorise(Snapshot.type, rsa[0])
    repository.authorise(Targets.type, lambda: CryptoSigner.generate_ecdsa(scheme="ecdsa-sha2-nistp384"))
    repository.add_target("hello.txt", b"hello\n")
    repository.publish_root()
    repository.publish()


def rsa_of(size: int) -> CryptoSigner:
    return CryptoSigner.generate_rsa(size=size)


def legacy_ecdsa(scheme: str) -> CryptoSigner:
    """An ECDSA key whose type is called as its scheme, under an id that cannot be computed from it."""
    key = CryptoSigner.generate_ecdsa(scheme=scheme)
    public = key.public_key
    return CryptoSigner(key._private_key, SSlibKey(f"{scheme} {secrets.token_hex(4)}", scheme, scheme, public.keyval))


def legacy(repository: Repository) -> None:
    curves = [lambda size=size: legacy_ecdsa(f"ecdsa-sha2-nistp{size}") for size in (256, 384)]
    repository.authorise(Root.type, *curves, threshold=2)
    for role, curve in zip((Timestamp.type, Snapshot.type, Targets.type), (*curves, curves[0])):
        repository.authorise(role, curve)
    repository.add_target("hello.txt", b"hello\n")
    repository.publish_root()
    repository.publish()


def foreign(repository: Repository) -> None:
    kinds = (
        lambda: CryptoSigner.generate_mldsa(scheme="ml-dsa-44/1"),
        lambda: CryptoSigner.generate_ecdsa(scheme="ecdsa-sha2-nistp521"),
        lambda: CryptoSigner.generate_rsa(scheme="rsassa-pss-sha512", size=2048),
        CryptoSigner.generate_ed25519,
    )
    for role in top_level:
        repository.authorise(role, *kinds)
    repository.add_target("hello.txt", b"hello\n")
    repository.publish_root()
    repository.publish()


def drafts(repository: Repository) -> None:
    small, large = (lambda size=size: CryptoSigner.generate_mldsa(scheme=f"ml-dsa-{size}/1") for size in (65, 87))
    repository.authorise(Root.type, small, large, threshold=2)
    repository.authorise(Timestamp.type, small)
    repository.authorise(Snapshot.type, large)
    repository.authorise(Targets.type, small, large, threshold=2)
    repository.add_target("hello.txt", b"hello\n")
    repository.publish_root()
    repository.publish()


def bins(repository: Repository) -> None:
    for role in top_level:
        repository.authorise(role)
    kinds = (CryptoSigner.generate_ecdsa, CryptoSigner.generate_rsa)
    repository.delegate_to_bins(Targets.type, 4, *kinds, threshold=2)
    for number in range(24):
        repository.add_binned_target(Targets.type, f"linux-64/package-{number}-0.conda", b"package %d" % number)
    repository.publish_root()
    repository.publish()


def nested_bins(repository: Repository) -> None:
    four_roles(repository)
    repository.delegate(Targets.type, "packages", CryptoSigner.generate_ecdsa, paths=["packages/*"])
    repository.delegate_to_bins("packages", 3, CryptoSigner.generate_ed25519, threshold=1)
    for number in range(12):
        repository.add_binned_target("packages", f"packages/{number}", b"package %d" % number)
    repository.publish_root()
    repository.publish()


def rotations(repository: Repository) -> None:
    choices = random.Random(repository.seed)

    def kinds() -> list[Callable[[], CryptoSigner]]:
        every = [CryptoSigner.generate_ed25519] * 3 + [CryptoSigner.generate_ecdsa] * 3 + [CryptoSigner.generate_rsa]
        return choices.choices(every, k=choices.randint(1, 4))

    def authorise(role: str) -> None:
        generators = kinds()
        threshold = choices.randint(1, len(generators))
        repository.authorise(role, *generators, threshold=threshold)
        # No more sign than must.
        signers = repository.signers[role]
        repository.signers[role] = choices.sample(signers, threshold)
        unused[role] = [signer for signer in signers if signer not in repository.signers[role]]

    unused: dict[str, list[CryptoSigner]] = {}
    for role in top_level:
        authorise(role)
    repository.add_target("hello.txt", b"hello\n")
    repository.publish_root()
    for version in range(2, 7):
        former = list(repository.signers[Root.type])
        for role in choices.sample(top_level, choices.randint(1, 4)):
            for signer in unused[role]:
                repository.root.revoke_key(signer.public_key.keyid, role)
            repository.revoke(role)
            authorise(role)
        repository.root.version = version
        repository.publish_root(former)
    repository.publish()


def three_keys(repository: Repository) -> None:
    kinds = (CryptoSigner.generate_ed25519, CryptoSigner.generate_ecdsa, CryptoSigner.generate_rsa)
    for role in (Root.type, Targets.type):
        repository.authorise(role, *kinds, threshold=2)
    for role in (Timestamp.type, Snapshot.type):
        repository.authorise(role)
    repository.add_target("hello.txt", b"hello\n")


def threshold(repository: Repository) -> None:
    three_keys(repository)
    del repository.signers[Root.type][0]
    del repository.signers[Targets.type][0]
    repository.publish_root()
    repository.publish()


def bad_threshold(repository: Repository) -> str:
    three_keys(repository)
    del repository.signers[Targets.type][1:]
    repository.publish_root()
    repository.publish()
    return "too few signatures on targets"


def expired(repository: Repository) -> str:
    repository.timestamp.expires = repository.now - timedelta(minutes=1)
    basic(repository)
    return "timestamp expired"


scenarios = {
    "basic": basic, "delegated": delegated, "rotated": rotated, "threshold": threshold, "keys": keys, "legacy": legacy,
    "foreign": foreign, "drafts": drafts, "bins": bins, "nested-bins": nested_bins,
    "rotations": rotations, "bad-threshold": bad_threshold, "expired": expired,
}


def main(a: argparse.Namespace) -> dict:
    now = datetime.fromisoformat(a.now) if a.now else datetime.now(timezone.utc)
    out = pathlib.Path(a.out).resolve()
    repository = Repository(out, consistent=not a.not_consistent, now=now.astimezone(timezone.utc).replace(microsecond=0))
    repository.seed = a.seed
    refused_because = scenarios[a.scenario](repository)
    summary = repository.summary() | {"scenario": a.scenario, "refused_because": refused_because}
    (out / "repository.json").write_text(json.dumps(summary, indent=1, sort_keys=True) + "\n")
    return summary


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--scenario", choices=scenarios, default="basic")
    parser.add_argument("--seed", type=int, default=0, help="of what a scenario picks at random")
    parser.add_argument("--not-consistent", action="store_true", help="no version or hash prefixes in file names")
    parser.add_argument("--now", help="the time it is written at, ISO 8601; the clock's otherwise")
    arguments = parser.parse_args()
    answer(lambda: main(arguments))
