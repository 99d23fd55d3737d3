// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// A repository whose offline roles belong to five authorities, of whom three must agree.
struct CeremonyScene {
    static let names = ["alice", "bob", "carol", "dora", "erik"]
    static let now = SimulatedRepository.now
    static let later = now.advanced(byDays: 365)

    let authorities: [String: PrivateKey]
    let targetsKey = PrivateKey.fresh
    var online = PrivateKey.fresh
    var editor: RepositoryEditor
    var files: [String: [UInt8]] = [:]

    subscript(_ name: String) -> PrivateKey { authorities[name] ?? targetsKey }

    /// The first ceremony, and the first publication by the online key.
    init() async throws {
        let keys = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, PrivateKey.fresh) })
        authorities = keys
        var roles = Self.roles(
            root: RoleSetup(Self.names.compactMap { keys[$0]?.publicKey }, threshold: 3),
            targets: targetsKey,
            online: online
        )
        roles.names = Self.names.compactMap { name in keys[name].map { ($0.publicKey, name) } }
        var proposal = try Self.first(roles)
        for name in ["alice", "carol", "erik", "targets"] {
            let key = keys[name] ?? targetsKey
            try await proposal.merge(proposal.signatures(by: key))
        }
        editor = try RepositoryEditor(beginningWith: FinishedCeremony(proposal, now: Self.now))
        try await publish([online])
    }

    static func roles(root: RoleSetup, targets: PrivateKey, online: PrivateKey) -> CeremonyProposal.FirstRoles
    {
        CeremonyProposal.FirstRoles(
            root: root,
            targets: RoleSetup([targets.publicKey]),
            online: RoleSetup([online.publicKey]),
            delegations: [("linux-64", .paths("linux-64/*")), ("noarch", .paths("noarch/*"))]
        )
    }

    static func first(_ roles: CeremonyProposal.FirstRoles, expires: Timestamp = later) throws
        -> CeremonyProposal
    {
        try .first(roles, rootExpires: expires, targetsExpires: expires, now: now)
    }

    mutating func publish(_ signers: [any Signer]) async throws {
        for file in try await editor.publish(signers: signers, now: Self.now) {
            files[file.name] = file.bytes
        }
    }

    /// A change of what is in force.
    func draft() throws -> CeremonyDraft {
        let version = editor.status.first { $0.role == .targets }?.version ?? 0
        return try CeremonyDraft(chain: chain(), targets: #require(files["\(version).targets.json"]))
    }

    func chain() throws -> RootChain {
        try RootChain(files: (1...editor.root.version).map { try #require(files["\($0).root.json"]) })
    }

    func propose(
        options change: (inout CeremonyDraft.Options) -> Void = { _ in },
        _ edit: (inout CeremonyDraft) throws -> Void
    ) throws -> CeremonyProposal {
        var draft = try draft()
        try edit(&draft)
        var options = CeremonyDraft.Options(rootExpires: Self.later, targetsExpires: Self.later)
        change(&options)
        return try draft.proposal(options: options, now: Self.now)
    }

    /// A good proposal: two authorities go, and the threshold with them.
    func removal() throws -> CeremonyProposal {
        try propose { draft in
            try draft.remove(.text("dora"), from: .topLevel(.root))
            try draft.remove(.text("erik"), from: .topLevel(.root))
            try draft.setThreshold(2, of: .topLevel(.root))
        }
    }

    func signed(_ proposal: CeremonyProposal, by signers: [any Signer]) async throws -> CeremonyProposal {
        var proposal = proposal
        for signer in signers { try await proposal.merge(proposal.signatures(by: signer)) }
        return proposal
    }

    /// Publishes what is signed, with the online keys given.
    mutating func publish(_ proposal: CeremonyProposal, online signers: [any Signer]) async throws {
        try editor.accept(FinishedCeremony(proposal, now: Self.now))
        try await publish(signers)
    }

    /// A client that pinned version 1; it keeps what it has seen in the store.
    func client(_ store: InMemoryMetadataStore = InMemoryMetadataStore()) throws -> Updater {
        let server = MemoryServer()
        server.files = files
        return Updater(
            trustedRoot: try #require(files["1.root.json"]),
            metadataURL: MemoryServer.url,
            store: store,
            fetcher: server,
            now: Self.now
        )
    }
}
