// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import SigningKeys
import TUF
import TrustCore

/// A proposal that authorities sign in separate places, whatever it is about: TUF's offline roles, or those
/// of conda content trust. The commands `root sign`, `merge`, `publish` and `verify` take either.
protocol SignableProposal: Sendable {
    init(parsing bytes: [UInt8]) throws

    /// What authorities compare.
    var digest: Digest { get }
    /// Whether there is a root in force.
    var hasPredecessor: Bool { get }

    func encoded() -> [UInt8]
    /// Refuses what no authority should sign.
    func check(now: Timestamp) throws
    /// Refuses a chain that does not lead through the root that somebody knows.
    func check(leadsThrough known: Digest) throws
    /// The names of the roles that a key has a say in.
    func roleNames(signedBy key: PublicKey) -> [String]
    /// Who has no say.
    func stranger(_ key: PublicKey, named name: String) -> Refusal
    /// Another digest than was agreed on.
    func otherDigest(_ path: String, expected: Digest) -> Refusal
    /// The file of what a key signs.
    func signatureFile(by signer: any Signer, now: Timestamp) async throws -> [UInt8]
    /// Takes a file of signatures in; answers how many are new.
    mutating func merge(file: [UInt8]) throws -> Int
    func report() throws -> CeremonyReport
}

extension CeremonyProposal: SignableProposal {
    var hasPredecessor: Bool { chain != nil }

    func check(leadsThrough known: Digest) throws { try RootChain.check(chain, leadsThrough: known) }

    func roleNames(signedBy key: PublicKey) -> [String] { roles(signedBy: key).map(\.text) }

    func stranger(_ key: PublicKey, named name: String) -> Refusal {
        Refusal(CeremonyCode.stranger, name, found: "\(key)")
    }

    func otherDigest(_ path: String, expected: Digest) -> Refusal {
        Refusal(CeremonyCode.otherBytes, path, expected: "\(expected)", found: "\(digest)")
    }

    func signatureFile(by signer: any Signer, now: Timestamp) async throws -> [UInt8] {
        try await signatures(by: signer).encoded()
    }

    mutating func merge(file: [UInt8]) throws -> Int { try merge(CeremonySignatures(parsing: file)) }

    func report() throws -> CeremonyReport { try CeremonyReport(self) }
}

extension TrustProposal: SignableProposal {
    var hasPredecessor: Bool { chain != nil }

    func roleNames(signedBy key: PublicKey) -> [String] { roles(signedBy: key).map(\.rawValue) }

    func stranger(_ key: PublicKey, named name: String) -> Refusal {
        Refusal(TrustCeremonyCode.stranger, name, found: "\(key)")
    }

    func otherDigest(_ path: String, expected: Digest) -> Refusal {
        Refusal(TrustCeremonyCode.otherBytes, path, expected: "\(expected)", found: "\(digest)")
    }

    func signatureFile(by signer: any Signer, now: Timestamp) async throws -> [UInt8] {
        try await signatures(by: signer, now: now).encoded()
    }

    mutating func merge(file: [UInt8]) throws -> Int { try merge(TrustCeremonySignatures(parsing: file)) }

    func report() throws -> CeremonyReport { try CeremonyReport(self) }
}
