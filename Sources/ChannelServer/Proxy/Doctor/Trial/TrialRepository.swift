// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import SigningKeys
internal import TUF
internal import TrustCore

/// A signed channel of a trial, in memory, as whoever attacks it shows it. Its keys are made here, and gone when it is made.
struct TrialRepository {
    /// What is pinned.
    let root: [UInt8]
    /// The files, by their paths in the channel.
    let files: [String: [UInt8]]
    /// The files of a newer version, which a client has seen before; nil if there was none.
    let seenBefore: [String: [UInt8]]?

    /// Makes a channel.
    ///
    /// - Parameter url: its canonical URL.
    init(_ trialCase: TrialCase, at url: ChannelURL, now: Timestamp) async throws {
        var draft = try Draft(url)
        let package = try TrialPackage(
            holding: "A package of `kingsnake doctor`: \(trialCase.rawValue).\n",
            attestations: trialCase == .stripped ? Digest.of(Array("attestations".utf8)) : nil
        )
        if trialCase == .stripped { try draft.demandAttestations() }
        try await draft.publish([package], now: now)
        root = draft.files["tuf/1.root.json"] ?? []
        switch trialCase {
        case .good, .stripped:
            files = draft.files
            seenBefore = nil
        case .badPackage:
            var files = draft.files
            // A package all the same: nothing but its digest is wrong.
            files["noarch/\(TrialPackage.fileName)"] = try TrialPackage(
                holding: "Another package of `kingsnake doctor`.\n"
            ).bytes
            self.files = files
            seenBefore = nil
        case .rolledBack:
            files = draft.files
            try await draft.publish([], now: now)
            seenBefore = draft.files
        }
    }

    /// A channel while it is made.
    private struct Draft {
        private let url: ChannelURL
        private let offline: PrivateKey
        private let online: PrivateKey
        private let role: RoleName
        private var editor: RepositoryEditor
        private(set) var files: [String: [UInt8]] = [:]

        init(_ url: ChannelURL) throws {
            self.url = url
            offline = try PrivateKey.generate(.ed25519)
            online = try PrivateKey.generate(.ed25519)
            guard let role = RoleName("noarch") else { preconditionFailure("a plain name is a role's name") }
            self.role = role
            let setup = RoleSetup([online.publicKey])
            let own = RoleSetup([offline.publicKey])
            editor = try RepositoryEditor(root: own, timestamp: setup, snapshot: setup, targets: own)
            try editor.delegate(.paths("noarch/*"), to: role, keys: setup, terminating: true)
        }

        /// Has the owner demand that packages are attested to.
        mutating func demandAttestations() throws {
            let policy: JSONValue = [
                "version": 1, "channel": .string(url.identity),
                "packages": [
                    [
                        "pattern": .string(TrialPackage.name),
                        "publishers": [
                            ["github": "kingsnake-doctor/none", "repository_id": "1", "owner_id": "1"]
                        ],
                    ]
                ],
            ]
            try add(JSONWriter.encode(policy), "publishers.json", .targets)
        }

        /// Signs an index of these packages as the next version.
        mutating func publish(_ packages: [TrialPackage], now: Timestamp) async throws {
            for package in packages { files["noarch/\(TrialPackage.fileName)"] = package.bytes }
            let index = try RepodataWriter.encode(
                RepodataInfo(subdir: Subdir("noarch")),
                records: packages.map(\.record)
            )
            try add(try Zstd.compress(index), "noarch/repodata.json.zst", role)
            for file in try await editor.publish(signers: [offline, online], now: now) {
                files["tuf/\(file.name)"] = file.bytes
            }
        }

        private mutating func add(_ bytes: [UInt8], _ name: String, _ role: RoleName) throws {
            guard let path = TargetPath(name) else { preconditionFailure("a plain name is a target's path") }
            let target = TargetFile(of: bytes)
            try editor.setTarget(path, to: target, in: role)
            files[path.prefixed(by: Digest.of(bytes))] = bytes
        }
    }
}
