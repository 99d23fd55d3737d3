// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Sigstore
import TestSupport
import TrustCore

/// Who published a package: attestations, made by a Sigstore instance of the demo's own.
extension DemoWorld {
    /// The file with the keys of the demo's instance.
    var trustedRoot: String { folder + "/trusted_root.json" }
    private var attestedPackage: String { "linux-64/hello-1.1-0.conda" }

    /// What somebody does to the attestation, and what must become of it.
    private enum AttestationAttack: CaseIterable {
        case otherRepository, otherChannel, renamed, takenAway, exchanged

        /// The name, what is done, and the code.
        var row: (name: String, what: String, code: String) {
            switch self {
            case .otherRepository:
                ("other repository", "a fork attests to the package", "publisher.other-identity")
            case .otherChannel:
                ("other channel", "the attestation is for a channel of tests", "publisher.other-channel")
            case .renamed:
                ("other package", "hello 1.0 is shown what was said of hello 1.1", "attested.invalid")
            case .takenAway: ("stripped", "the mirror says that there is none", "attested.stripped")
            case .exchanged: ("swapped", "the mirror serves the fork's in its place", "attested.stripped")
            }
        }
    }

    /// The publisher attests to a package, the user demands that, and somebody else tries.
    ///
    /// - Returns: how many attacks were refused with their codes, of how many.
    func attest() async throws -> (refused: Int, all: Int) {
        var instance = try SimulatedInstance(
            at: Timestamp(seconds: Int64(Date().timeIntervalSince1970) - 3_600)
        )
        try write(instance.trustedRoot().encoded(), to: trustedRoot)
        let honest = try await LoopbackServer.start(serving: channel)
        try publish([instance.bundle(stating: statement(), by: .workflow(of: "demo/hello"))])
        try kingsnake.show(sign)
        try kingsnake.show(
            [
                "trust", "publisher", "add", Self.url, "hello", "--github", "demo/hello", "--workflow",
                "release.yml",
            ]
        )
        try kingsnake.show(verify(attestedPackage, honest.url))
        await honest.stop()
        var refused = 0
        for attack in AttestationAttack.allCases {
            let found = try await code(of: attack, &instance)
            let row = attack.row
            if found == row.code { refused += 1 }
            let line = Attack(row.name, row.what, row.code) { _ in nil }
            print(line.line(found: found, matches: found == row.code))
        }
        print()
        return (refused, AttestationAttack.allCases.count)
    }

    private var sign: [String] {
        [
            "channel", "sign", channel, "--keys", keys, "--passphrase-file", passphrase, "--trusted-root",
            trustedRoot,
        ]
    }

    private func verify(_ package: String, _ mirror: String) -> [String] {
        ["verify", Self.url + "/" + package, "--mirror", mirror, "--trusted-root", trustedRoot]
    }

    private func statement(for channel: String = DemoWorld.url) throws -> [UInt8] {
        try PublishAttestation(
            fileName: "hello-1.1-0.conda",
            sha256: Digest.of(read(self.channel + "/" + attestedPackage)),
            targetChannel: channel
        ).encoded()
    }

    private func publish(_ bundles: [Sigstore.Bundle]) throws {
        try write(Self.list(bundles), to: channel + "/" + attestedPackage + ".sigs")
    }

    private static func list(_ bundles: [Sigstore.Bundle]) -> [UInt8] {
        Array("[".utf8) + bundles.map { $0.encoded() }.joined(separator: Array(",".utf8)) + Array("]".utf8)
    }

    /// Does it over a mirror of its own, and answers the first code of the refusal.
    private func code(of attack: AttestationAttack, _ instance: inout SimulatedInstance) async throws
        -> String?
    {
        var fork = SimulatedInstance.Signer.workflow(of: "fork/hello")
        fork.claims[.sourceRepositoryIdentifier] = "1002"
        let own = SimulatedInstance.Signer.workflow(of: "demo/hello")
        var script: LoopbackServer.Script = { _ in .normal }
        switch attack {
        case .otherRepository: try publish([instance.bundle(stating: statement(), by: fork)])
        case .otherChannel:
            let elsewhere = "https://conda.example.org/testing"
            try publish([instance.bundle(stating: statement(for: elsewhere), by: own)])
        case .renamed:
            let other = try Self.list([instance.bundle(stating: statement(), by: own)])
            script = { $0.path.contains(".v0.sigs") ? .replace(other) : .normal }
        case .takenAway:
            try publish([instance.bundle(stating: statement(), by: own)])
            script = { $0.path.contains(".sigs") ? .status(404) : .normal }
        case .exchanged:
            try publish([instance.bundle(stating: statement(), by: own)])
            let other = try Self.list([instance.bundle(stating: statement(), by: fork)])
            script = { $0.path.contains(".sigs") ? .replace(other) : .normal }
        }
        _ = try kingsnake.runBlocking(sign)
        // Whoever asks for a package without attestation asks for the name from before the standard.
        let package = attack == .renamed ? "linux-64/hello-1.0-0.conda" : attestedPackage
        let mirror = try await LoopbackServer.start(serving: channel, script: script)
        let result = try kingsnake.runBlocking(verify(package, mirror.url) + ["--json"])
        await mirror.stop()
        let findings = try result.json()["findings"]?.array?.compactMap { $0.object?["code"]?.string }
        return findings?.first
    }
}
