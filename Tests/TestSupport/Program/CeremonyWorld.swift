// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import TrustCore

/// Authorities in separate folders, who make a channel together and change it, all by the program's commands.
public struct CeremonyWorld: Sendable {
    /// Somebody who has a say.
    public struct Authority: Sendable {
        /// What the key is called.
        public let name: String
        /// What `--key` takes: a key file, or whatever else names a key.
        public let key: String
        /// The option that takes it, `--key` or `--gpg`.
        public let option: String
        /// The public key file that the others get.
        public let publicKey: String
        /// The file with the passphrase or the PIN; nil if none is needed.
        public let secretFile: String?

        /// Names an authority; paths are relative to the world's folder.
        public init(
            name: String,
            key: String,
            option: String = "--key",
            publicKey: String,
            secretFile: String? = nil
        ) {
            self.name = name
            self.key = key
            self.option = option
            self.publicKey = publicKey
            self.secretFile = secretFile
        }
    }

    /// Makes the key of an authority.
    public typealias KeyMaker = @Sendable (_ name: String, _ world: ChannelWorld) async throws -> Authority

    /// The folder and the program.
    public let world: ChannelWorld
    /// The authorities, by name.
    public private(set) var authorities: [String: Authority] = [:]

    /// Makes the authorities and the online key, `channel.keys/online-1.key`.
    ///
    /// - Parameters:
    ///   - world: the folder and the program; new ones if nil.
    ///   - makeKey: how each authority's key is made; a key file unless told otherwise.
    public init(
        _ names: [String],
        in world: ChannelWorld? = nil,
        makeKey: KeyMaker = keyFile
    ) async throws {
        let world = try world ?? ChannelWorld()
        self.world = world
        try await world.must("root", "key", "channel.keys/online-1", "--no-passphrase")
        for name in names { authorities[name] = try await makeKey(name, world) }
    }

    /// A key file in a folder of the authority's own.
    public static func keyFile(_ name: String, _ world: ChannelWorld) async throws -> Authority {
        try await world.must("root", "key", "\(name)/\(name)", "--no-passphrase")
        return Authority(name: name, key: "\(name)/\(name).key", publicKey: "\(name)/\(name).pub")
    }

    /// Adds an authority.
    public mutating func add(_ name: String, makeKey: KeyMaker = keyFile) async throws {
        authorities[name] = try await makeKey(name, world)
    }

    /// Proposes the first root of a channel for `linux-64`, in the file `first`.
    public func proposeFirst(of names: [String], threshold: Int) async throws {
        try await world.must(
            ["root", "init", "first", "--threshold", "\(threshold)", "--subdir", "linux-64"]
                + ["--online-key", "channel.keys/online-1.pub"]
                + names.flatMap { ["--authority", publicKey(of: $0)] }
        )
    }

    /// Has a copy of a proposal signed by some, each in their own folder, and collects the signatures.
    public func sign(_ proposal: String, by names: [String]) async throws {
        let root = ["channel/tuf/1.root.json", "channel/1.root.json"].first(where: world.exists)
        let known: [String]
        if let root { known = ["--root", root] } else { known = try await world.agreed(on: proposal) }
        for name in names {
            let copy = try world.write(world.read(proposal), to: "\(name)/\(proposal)")
            let secret = authorities[name]?.secretFile.map { ["--passphrase-file", $0] } ?? []
            try await world.must(
                ["root", "sign", copy, authorities[name]?.option ?? "--key", authorities[name]?.key ?? name]
                    + ["--yes"]
                    + ["--out", "\(proposal).\(name).signatures"] + secret + known
            )
        }
        try await world.must(["root", "merge", proposal] + names.map { "\(proposal).\($0).signatures" })
    }

    /// Publishes a proposal in the channel.
    @discardableResult
    public func publish(_ proposal: String) async throws -> ProgramResult {
        try await world.must("root", "publish", proposal, "channel")
    }

    /// The public key file of an authority.
    public func publicKey(of name: String) -> String { authorities[name]?.publicKey ?? name }
}
