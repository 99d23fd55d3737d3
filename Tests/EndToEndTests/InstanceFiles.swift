// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TestSupport
import TrustCore

/// A simulated instance, and what the program reads of it.
struct InstanceFiles {
    var instance: SimulatedInstance
    let world: ChannelWorld

    /// Makes an instance, and writes its keys to `trusted_root.json`.
    init() throws {
        instance = try SimulatedInstance()
        world = try ChannelWorld()
        let root = try instance.trustedRoot()
        try world.write(JSONWriter.encode(Self.json(root)), to: "trusted_root.json")
    }

    /// Runs `attest inspect` by the instance's keys.
    func inspect(_ arguments: String...) async throws -> ProgramResult {
        try await world.program.run(
            ["attest", "inspect"] + arguments + ["--trusted-root", "trusted_root.json"]
        )
    }

    private static func json(_ root: TrustedRoot) -> JSONValue {
        [
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": .array(root.transparencyLogs.map(json)),
            "ctlogs": .array(root.certificateLogs.map(json)),
            "certificateAuthorities": .array(root.certificateAuthorities.map(json)),
            "timestampAuthorities": .array(root.timestampAuthorities.map(json)),
        ]
    }

    private static func json(_ log: TrustedRoot.Log) -> JSONValue {
        [
            "baseUrl": .string(log.baseURL), "hashAlgorithm": "SHA2_256",
            "publicKey": [
                "rawBytes": .string(Base64.text(log.key.subjectPublicKeyInfo)),
                "keyDetails": .string(log.key.algorithm.rawValue), "validFor": json(log.validFor),
            ],
            "logId": ["keyId": .string(Base64.text(log.logID))],
        ]
    }

    private static func json(_ authority: TrustedRoot.Authority) -> JSONValue {
        [
            "uri": .string(authority.uri), "validFor": json(authority.validFor),
            "certChain": [
                "certificates": .array(
                    authority.certificates.map { ["rawBytes": .string(Base64.text($0))] }
                )
            ],
        ]
    }

    private static func json(_ period: ValidityPeriod) -> JSONValue {
        ["start": .string("\(period.start)")]
    }
}
