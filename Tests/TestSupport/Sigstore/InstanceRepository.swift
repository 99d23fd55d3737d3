// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import SigningKeys
package import TUF
package import TrustCore

/// The TUF repository of a Sigstore instance, as its server has it: metadata at the top, files in `targets/`, with
/// consistent snapshots.
package struct InstanceRepository {
    /// Everything that was ever published, by its path.
    package private(set) var files: [String: [UInt8]] = [:]
    private var editor: RepositoryEditor
    private var signers: [PrivateKey]

    /// Makes a repository and publishes the keys of an instance, and where to sign.
    package init(keys: [UInt8], signingConfig: [UInt8]? = nil, at now: Timestamp) async throws {
        var signers: [PrivateKey] = []
        func setup() throws -> RoleSetup {
            let key = try PrivateKey.generate(.ed25519)
            signers.append(key)
            return RoleSetup([key.publicKey])
        }
        editor = try RepositoryEditor(root: setup(), timestamp: setup(), snapshot: setup(), targets: setup())
        self.signers = signers
        try await publish(keys: keys, signingConfig: signingConfig, at: now)
    }

    /// A version of the root.
    package func root(_ version: Int = 1) -> [UInt8] { files["\(version).root.json"] ?? [] }

    /// Publishes other files in the place of those that were there.
    package mutating func publish(keys: [UInt8]?, signingConfig: [UInt8]? = nil, at now: Timestamp)
        async throws
    {
        try set("trusted_root.json", keys)
        try set("signing_config.v0.2.json", signingConfig)
        try await sign(at: now)
    }

    /// Publishes files by any names.
    package mutating func publish(_ contents: [String: [UInt8]], at now: Timestamp) async throws {
        for (name, content) in contents.sorted(by: { $0.key < $1.key }) { try set(name, content) }
        try await sign(at: now)
    }

    /// Signs snapshot and timestamp again, as whoever runs the instance does from time to time.
    package mutating func renew(at now: Timestamp) async throws {
        editor.renew([.snapshot, .timestamp], by: signers)
        try await sign(at: now)
    }

    /// Gives a role a new key, and publishes the root that says so.
    package mutating func rotate(_ kind: MetadataKind, at now: Timestamp) async throws {
        let key = try PrivateKey.generate(.ed25519)
        signers.append(key)
        try editor.setRole(kind, to: RoleSetup([key.publicKey]))
        try await sign(at: now)
    }

    /// Writes everything to a folder that a web server can serve, the timestamp last.
    package func write(to folder: TemporaryFolder, below name: String) throws {
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) where path != "timestamp.json" {
            try folder.write(bytes, to: "\(name)/\(path)")
        }
        try folder.write(files["timestamp.json"] ?? [], to: "\(name)/timestamp.json")
    }

    private mutating func set(_ name: String, _ content: [UInt8]?) throws {
        guard let path = TargetPath(name) else { throw Failure(.configuration, "no path", at: name) }
        guard let content else {
            if editor.roles[.targets]?.targets[path] != nil { try editor.removeTarget(path, from: .targets) }
            return
        }
        let file = TargetFile(of: content)
        try editor.setTarget(path, to: file, in: .targets)
        files["targets/" + path.prefixed(by: file.hashes.digests[0])] = content
    }

    private mutating func sign(at now: Timestamp) async throws {
        for file in try await editor.publish(signers: signers, now: now) { files[file.name] = file.bytes }
    }
}
