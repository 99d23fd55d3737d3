# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""tuf_repository.py OUT [--scenario NAME] [--not-consistent]: writes a TUF repository with python-tuf.

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
  bad-threshold  the same, the targets signed by one key only
  expired    everything in order, the timestamp out of date
"""

import argparse
import hashlib
import json
import pathlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole, Delegations, Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp,
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
    "basic": basic, "delegated": delegated, "rotated": rotated, "threshold": threshold,
    "bad-threshold": bad_threshold, "expired": expired,
}


def main(a: argparse.Namespace) -> dict:
    now = datetime.fromisoformat(a.now) if a.now else datetime.now(timezone.utc)
    out = pathlib.Path(a.out).resolve()
    repository = Repository(out, consistent=not a.not_consistent, now=now.astimezone(timezone.utc).replace(microsecond=0))
    refused_because = scenarios[a.scenario](repository)
    summary = repository.summary() | {"scenario": a.scenario, "refused_because": refused_because}
    (out / "repository.json").write_text(json.dumps(summary, indent=1, sort_keys=True) + "\n")
    return summary


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--scenario", choices=scenarios, default="basic")
    parser.add_argument("--not-consistent", action="store_true", help="no version or hash prefixes in file names")
    parser.add_argument("--now", help="the time it is written at, ISO 8601; the clock's otherwise")
    arguments = parser.parse_args()
    answer(lambda: main(arguments))
