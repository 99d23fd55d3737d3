// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TUF
import TestSupport
import Testing
import Transport
import TrustCore

/// Repositories of every kind that we write, read by python-tuf's client and by ours.
@Suite("python-tuf's client and repositories of ours", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct PythonTUFExchangeTests {
    /// The schemes that both sides have.
    private static let schemes: [SignatureScheme] = [.ed25519, .ecdsaP256, .ecdsaP384, .rsassaPSSSHA256]

    /// Serves the repository and has both clients read all of it.
    private static func exchange(_ repository: EditedRepository) async throws {
        let fetcher = URLFetcher()
        try await LoopbackServer.serving(repository.folder.path) { server in
            try await repository.readByPeer(server, state: "peer")
            try await repository.readByUs(server, by: fetcher, state: "ours")
        }
        await fetcher.shutdown()
    }

    @Test("every type of key verifies, alone and in a threshold of all", arguments: [true, false])
    func keyTypes(isConsistent: Bool) async throws {
        for (number, scheme) in Self.schemes.enumerated() {
            var repository = try EditedRepository(isConsistent: isConsistent) { kind in
                kind == .root
                    ? (try Self.schemes.map { try PrivateKey.generate($0) }, Self.schemes.count)
                    : ([try PrivateKey.generate(scheme)], 1)
            }
            try repository.add("file-\(number)")
            try await repository.publish()
            try await Self.exchange(repository)
        }
    }

    /// The editor signs with keys of drafts beside others; that the others are not needed is shown without them.
    @Test(
        "a key of a draft verifies alone, where drafts are accepted",
        arguments: [SignatureScheme.mlDSA65, .mlDSA87]
    )
    func drafts(scheme: SignatureScheme) async throws {
        var repository = try EditedRepository(isConsistent: true) { _ in
            ([try PrivateKey.generate(.ed25519), try PrivateKey.generate(scheme)], 1)
        }
        try repository.add("file")
        try await repository.publish()
        for path in ["1.root.json", "metadata/1.root.json", "metadata/timestamp.json"] {
            try repository.keepSignatures(by: scheme, in: path)
        }
        let fetcher = URLFetcher()
        try await LoopbackServer.serving(repository.folder.path) { [repository] server in
            try await repository.readByPeer(server, state: "peer")
            var limits = TUFLimits()
            limits.schemes = SignatureScheme.withDrafts
            try await repository.readByUs(server, by: fetcher, state: "ours", limits: limits)
            #expect(
                await refusalCode {
                    try await repository.readByUs(server, by: fetcher, state: "without drafts")
                } == "tuf.signatures"
            )
        }
        await fetcher.shutdown()
    }

    @Test("delegations by pattern and by hash, nested and terminating", arguments: [true, false])
    func delegations(isConsistent: Bool) async throws {
        var repository = try EditedRepository(isConsistent: isConsistent)
        let hashed = try #require(TargetPath("hashed/file"))
        try repository.edit { editor, key in
            let role = { (text: String) in try #require(RoleName(text)) }
            try editor.delegate(.paths("a/*", "a/*/*"), to: role("a"), keys: RoleSetup([key(.ecdsaP256)]))
            try editor.delegate(
                .paths("a/b-?", "a/c/*"),
                to: role("nested"),
                keys: RoleSetup([key(.rsassaPSSSHA256), key(.ed25519)], threshold: 2),
                terminating: true,
                from: role("a")
            )
            try editor.delegate(
                .hashPrefixes([String(hashed.hash.hex.prefix(2)), "0000"]),
                to: role("hashed"),
                keys: RoleSetup([key(.ed25519)])
            )
            try editor.delegate(.paths("*/NAME-*"), to: role("maintainer"), keys: RoleSetup([key(.ed25519)]))
        }
        try repository.add("top")
        let files = [
            ("a/file", "a"), ("a/b-1", "nested"), ("a/c/d", "nested"), ("hashed/file", "hashed"),
            ("linux-64/NAME-1.0-0.conda", "maintainer"),
        ]
        for (path, role) in files { try repository.add(path, to: RoleName(role)) }
        try await repository.publish()
        try await Self.exchange(repository)
    }

    @Test("hash bins of every number of digits, at the top and below a role", arguments: [1, 3, 4, 5, 8])
    func bins(bitLength: Int) async throws {
        for isNested in [false, true] {
            var repository = try EditedRepository(isConsistent: !isNested)
            let packages = try #require(RoleName("packages"))
            try repository.edit { editor, key in
                if isNested {
                    try editor.delegate(.paths("*/*"), to: packages, keys: RoleSetup([key(.ed25519)]))
                }
                try editor.delegateToBins(
                    prefix: #require(RoleName("bin")),
                    bitLength: bitLength,
                    keys: RoleSetup([key(.ed25519), key(.ecdsaP256)], threshold: 2),
                    from: isNested ? packages : .targets
                )
            }
            for number in 0..<12 {
                try repository.add("linux-64/package-\(number)-0.conda", to: isNested ? packages : .targets)
            }
            try await repository.publish()
            try await Self.exchange(repository)
        }
    }

    /// Five times, new keys of several types, another number of them and another threshold for some roles.
    @Test(
        "both follow five rotations at random, as clients of before, of the middle, and new",
        arguments: 1...6
    )
    func rotations(seed: Int) async throws {
        var numbers = SeededNumbers(seed: seed)
        func keys() throws -> (keys: [PrivateKey], threshold: Int) {
            let keys = try (0..<Int.random(in: 1...4, using: &numbers)).map { _ in
                // RSA keys take seconds to make.
                try PrivateKey.generate(
                    [.ed25519, .ecdsaP256, .ecdsaP384].randomElement(using: &numbers) ?? .ed25519
                )
            }
            return (keys, Int.random(in: 1...keys.count, using: &numbers))
        }
        var repository = try EditedRepository(isConsistent: seed.isMultiple(of: 2)) { _ in try keys() }
        try repository.add("file-0")
        try await repository.publish()
        let fetcher = URLFetcher()
        try await LoopbackServer.serving(repository.folder.path) { [repository] server in
            var repository = repository
            try await repository.readByPeer(server, state: "peer-0")
            try await repository.readByUs(server, by: fetcher, state: "ours-0")
            for round in 1...5 {
                let kinds = MetadataKind.allCases.shuffled(using: &numbers)
                    .prefix(Int.random(in: 1...4, using: &numbers))
                for kind in kinds { try repository.rotate(kind, to: keys()) }
                try repository.add("file-\(round)")
                try await repository.publish()
                let clients = round == 3 ? ["0", "3"] : round == 5 ? ["0", "3", "5"] : []
                for client in clients {
                    let answer = try await repository.readByPeer(server, state: "peer-\(client)")
                    #expect(answer["roles"]?["root"]?.integer == Int64(round + 1))
                    try await repository.readByUs(server, by: fetcher, state: "ours-\(client)")
                }
            }
        }
        await fetcher.shutdown()
    }
}
