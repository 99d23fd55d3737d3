// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// One repository with every kind of role, in which one place at a time is changed: every member of every
/// role's metadata, in every way that ``JSONMutation`` knows.
@Suite("Every member of every role, changed")
struct MutationSweepTests {
    static let roles: [RoleName] = [
        .root, .timestamp, .snapshot, .targets, "linux-64", "hashed", "binned", "bin-0",
    ]
    private static let hashed: TargetPath = "noarch/by-hash.conda"
    /// A path for each targets role; all are found in the repository as it is.
    private static let paths: [TargetPath] = ["top", "linux-64/a.conda", hashed, "bins/0", "bins/1"]

    /// The repository. Its second root is not pinned, and so can be changed like the others.
    private static func repository() throws -> SimulatedRepository {
        var repository = try SimulatedRepository()
        try repository.bumpRoot()
        try repository.add("top")
        try repository.delegate(["linux-64/*"], to: "linux-64", terminating: true)
        try repository.add("linux-64/a.conda", to: "linux-64")
        let (hashedKey, binKey) = (PrivateKey.fresh, PrivateKey.fresh)
        repository.keys["hashed"] = [hashedKey]
        repository.delegates["hashed"] = TargetsMetadata(header: SimulatedRepository.header(1))
        try repository.edit("targets") { metadata in
            var delegations = metadata.delegations ?? Delegations()
            try delegations.set(
                "hashed",
                to: RoleSetup([hashedKey.publicKey]),
                scope: .hashPrefixes([String(hashed.hash.hex.prefix(3))]),
                terminating: false
            )
            metadata.delegations = delegations
        }
        try repository.edit("hashed") { $0.targets[hashed] = TargetFile(of: [1]) }
        try repository.delegate(["bins/*"], to: "binned")
        var bins = Delegations()
        try bins.setBins(prefix: "bin", bitLength: 1, to: RoleSetup([binKey.publicKey]))
        for name in bins.names {
            repository.keys[name] = [binKey]
            repository.delegates[name] = TargetsMetadata(header: SimulatedRepository.header(1))
        }
        for path in paths.suffix(2) {
            let bin = try #require(bins.roles(for: path).first).name
            repository.delegates[bin]?.targets[path] = TargetFile(of: [2])
        }
        repository.delegates["binned"]?.delegations = bins
        try repository.publish()
        return repository
    }

    /// What a new client makes of the files: a refusal's code, or nil if it got through all of them.
    private static func outcome(
        _ files: [String: [UInt8]],
        _ store: InMemoryMetadataStore,
        _ check: (TrustedMetadata, [TargetDescription]) throws -> Void = { _, _ in }
    ) async throws -> String? {
        let server = MemoryServer()
        server.files = files
        let client = Updater(
            trustedRoot: try #require(files["1.root.json"]),
            metadataURL: MemoryServer.url,
            store: store,
            fetcher: server,
            now: SimulatedRepository.now
        )
        return await refusalCode {
            try await client.refresh()
            var found: [TargetDescription] = []
            for path in paths { try await client.target(path).map { found.append($0) } }
            for name in roles.suffix(4) { _ = try await client.targets(of: name) }
            try await check(client.trusted(), found)
        }
    }

    @Test("Unchanged, everything is found")
    func unchanged() async throws {
        let code = try await Self.outcome(try Self.repository().files, InMemoryMetadataStore()) {
            #expect($1.map(\.path) == Self.paths)
            #expect(Set($1.map(\.role)).count == 5 || Set($1.map(\.role)).count == 4)
        }
        #expect(code == nil)
    }

    @Test("What is not signed again is refused and not kept, whatever was changed", arguments: roles)
    func unsigned(_ role: RoleName) async throws {
        let repository = try Self.repository()
        let name = repository.servedName(role)
        let file = try JSONReader.read(try #require(repository.files[name]), of: name)
        let mutations = JSONMutation.all(of: file)
        #expect(mutations.count > 200)
        for mutation in mutations {
            var files = repository.files
            files[name] = mutation.text
            let store = InMemoryMetadataStore()
            let code = try await Self.outcome(files, store)
            let wasKept = store.contents.values.contains(mutation.text)
            if mutation.change == JSONMutation.unknownMember, ["", ".signatures[0]"].contains(mutation.place)
            {
                // Outside the signed part, and read by nobody: as good as a blank at the end.
                #expect(code == nil && wasKept, "\(mutation)")
            } else {
                let isRefusal = code.map { !$0.hasPrefix("not a refusal") } ?? false
                #expect(isRefusal && !wasKept, "\(mutation): \(code ?? "accepted")")
            }
        }
    }

    @Test(
        "What the role's own keys sign again is taken or refused by its content, and never traps",
        arguments: roles
    )
    func signedAgain(_ role: RoleName) async throws {
        let repository = try Self.repository()
        let name = repository.servedName(role)
        let signers = try #require(repository.keys[role])
        var counts = (taken: 0, refused: 0)
        for mutation in JSONMutation.all(of: .object(try repository.json(role))) {
            // What no reader would take cannot be signed: it arrives with the signature of the original.
            guard let signed = try? JSONReader.read(mutation.text, of: name).object else { continue }
            var files = repository.files
            files[name] = try repository.sign(signed, by: signers)
            let code = try await Self.outcome(files, InMemoryMetadataStore()) { trusted, found in
                try Self.check(trusted, found, "\(mutation)")
            }
            #expect(code?.hasPrefix("not a refusal") != true, "\(mutation): \(code ?? "")")
            if code == nil { counts.taken += 1 } else { counts.refused += 1 }
        }
        // Unknown members are to be taken, and most of what is known is not to be changed.
        #expect(counts.taken > 5 && counts.refused > 40, "\(counts)")
    }

    /// What holds of everything that was taken.
    private static func check(_ trusted: TrustedMetadata, _ found: [TargetDescription], _ mutation: String)
        throws
    {
        let (root, now) = (trusted.root.role, SimulatedRepository.now)
        let timestamp = try #require(trusted.timestamp?.role)
        let snapshot = try #require(trusted.snapshot?.role)
        let targets = try #require(trusted.targets(of: trusted.topLevelTargets))
        #expect(root.version == 2, "\(mutation)")
        #expect(snapshot.version == timestamp.snapshot.version, "\(mutation)")
        #expect(targets.version == snapshot.files[.targets]?.version, "\(mutation)")
        let expiries = [root.expires, timestamp.expires, snapshot.expires, targets.expires]
        #expect(expiries.allSatisfy { $0 > now }, "\(mutation)")
        for kind in MetadataKind.allCases {
            #expect(root.authority(for: kind).role.threshold == 1, "\(mutation)")
        }
        for target in found {
            #expect(target.chain.first == .targets && snapshot.files[target.role] != nil, "\(mutation)")
            #expect(!target.file.hashes.digests.isEmpty, "\(mutation)")
        }
    }
}
