// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import SigningKeys
import TestSupport
import Testing
import TrustCore

/// A channel whose root belongs to five authorities, of whom three must agree; one key manager and one
/// package key.
struct TrustCeremonyScene {
    static let names = ["alice", "bob", "carol", "dora", "erik"]
    static let now = Timestamp(seconds: 1_795_000_000)
    static let later = now.advanced(byDays: 365)

    let authorities: [String: PrivateKey]
    let manager = PrivateKey.fresh
    let package = PrivateKey.fresh
    /// What is in force.
    var chain: TrustChain
    var keyManager: [UInt8]

    subscript(_ name: String) -> PrivateKey { authorities[name] ?? manager }

    init(mamba: PrivateKey? = nil) async throws {
        let keys = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, PrivateKey.fresh) })
        authorities = keys
        var draft = TrustDraft()
        for name in Self.names { try draft.add(#require(keys[name]).publicKey, to: .root) }
        try draft.setThreshold(3, of: .root)
        try draft.add(manager.publicKey, to: .keyManager)
        try draft.add(package.publicKey, to: .packageManager)
        if let mamba { try draft.add(mamba.publicKey, to: .packageManager, signing: .mamba) }
        let proposal = try draft.proposal(options: Self.options(), now: Self.now)
        let signers = ["alice", "carol", "erik"].compactMap { keys[$0] } + [manager]
        let finished = try await Self.finished(proposal, by: signers)
        chain = finished.chain
        keyManager = finished.keyManager.bytes
    }

    static func options(
        expires: Timestamp = later,
        _ change: (inout TrustDraft.Options) -> Void = { _ in }
    ) -> TrustDraft.Options {
        var options = TrustDraft.Options(rootExpires: expires, keyManagerExpires: expires)
        change(&options)
        return options
    }

    func draft() throws -> TrustDraft { try TrustDraft(chain: chain, keyManager: keyManager) }

    func propose(
        _ options: TrustDraft.Options = options(),
        now: Timestamp = now,
        _ edit: (inout TrustDraft) throws -> Void
    ) throws -> TrustProposal {
        var draft = try draft()
        try edit(&draft)
        return try draft.proposal(options: options, now: now)
    }

    /// A good proposal: two authorities go, and the threshold with them.
    func removal() throws -> TrustProposal {
        try propose { draft in
            for name in ["dora", "erik"] { try draft.remove(.key(self[name].publicKey), from: .root) }
            try draft.setThreshold(2, of: .root)
        }
    }

    static func signed(_ proposal: TrustProposal, by signers: [any Signer]) async throws -> TrustProposal {
        var proposal = proposal
        for signer in signers { try await proposal.merge(proposal.signatures(by: signer, now: now)) }
        return proposal
    }

    static func finished(_ proposal: TrustProposal, by signers: [any Signer]) async throws
        -> FinishedTrustCeremony
    {
        try await FinishedTrustCeremony(signed(proposal, by: signers), now: now)
    }

    /// Puts into force what is signed.
    mutating func accept(_ finished: FinishedTrustCeremony) {
        chain = finished.chain
        keyManager = finished.keyManager.bytes
    }

    /// The file of a proposal, changed by somebody; read again.
    static func altered(_ proposal: TrustProposal, _ change: (inout JSONObject) throws -> Void) throws
        -> TrustProposal
    {
        var file = try #require(try JSONReader.read(proposal.encoded(), of: "proposal").object)
        try change(&file)
        return try TrustProposal(parsing: JSONWriter.encode(.object(file)))
    }

    /// The same with another member in the signed part of a document.
    static func altered(_ proposal: TrustProposal, _ role: TrustRole, _ member: String, _ value: JSONValue?)
        throws -> TrustProposal
    {
        try altered(proposal) { file in
            var proposed = try #require(file["proposed"]?.object)
            var document = try #require(proposed[role.rawValue]?.object)
            var signed = try #require(document["signed"]?.object)
            signed[member] = value
            document["signed"] = .object(signed)
            proposed[role.rawValue] = .object(document)
            file["proposed"] = .object(proposed)
        }
    }
}

extension PrivateKey {
    /// A new Ed25519 key.
    static var fresh: PrivateKey {
        do {
            return try .generate(.ed25519)
        } catch {
            preconditionFailure("no Ed25519 key can be made: \(error)")
        }
    }
}
