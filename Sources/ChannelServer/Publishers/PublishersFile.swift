// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TUF
import TrustCore
public import TrustPolicy

/// `publishers.json`, by which a channel's owner says who may publish which packages.
///
/// It is a target of the top-level targets role, whose keys are offline: neither whoever holds the online key
/// nor a delegated role can change it. It stands at the top of the channel, under its plain name and under the
/// immutable one that TUF clients read.
public struct PublishersFile: Sendable {
    /// Its name.
    static let name = PublisherPolicy.targetPath

    /// What it says.
    public let policy: PublisherPolicy
    /// Its bytes, as they are signed.
    let bytes: [UInt8]

    /// Takes a policy that is to be signed.
    public init(_ policy: PublisherPolicy) throws {
        try self.init(parsing: JSONWriter.encode(policy.json, .indented) + [0x0A])
    }

    /// Reads what is to be signed, or was.
    ///
    /// - Throws: a `Refusal` with a `json.…` or `policy-file.…` code.
    init(parsing bytes: [UInt8]) throws {
        self.bytes = bytes
        policy = try PublisherPolicy(json: bytes, of: nil)
    }

    /// The policy in force in a channel's folder, verified from the root down; nil if there is none. No key is
    /// needed, and expired metadata is taken.
    ///
    /// - Throws: `channel.not-a-channel`, `channel.policy-altered`, or the refusal of whatever is wrong with the
    ///   metadata or the policy.
    public static func policy(inChannelAt directory: String) throws -> PublisherPolicy? {
        try RepositoryEditor(channel: directory, root: nil).publishers(in: directory)?.policy
    }

    /// What targets metadata promise of it.
    var target: TargetFile { TargetFile(of: bytes) }
    /// SHA-256 of its bytes.
    var digest: Digest { Digest.of(bytes) }

    /// Its name in a consistent repository (specification 1.0.34, section 6.2).
    static func immutableName(_ digest: Digest) -> String { "\(digest.hex).\(name)" }

    /// Whether a file at the top of a channel is one of its immutable names.
    static func isImmutableName(_ text: String) -> Bool {
        let suffix = "." + name
        guard text.utf8.count == 64 + suffix.utf8.count,
            text.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        else { return false }
        return Digest(.sha256, hex: String(decoding: text.utf8.prefix(64), as: UTF8.self)) != nil
    }

    static let path: TargetPath = {
        guard let path = TargetPath(name) else { preconditionFailure("a plain file name is a target path") }
        return path
    }()
}

extension Publication {
    /// Plans the file under both its names.
    mutating func write(_ publishers: PublishersFile) {
        write(publishers.bytes, to: PublishersFile.immutableName(publishers.digest), .index)
        write(publishers.bytes, to: PublishersFile.name, .plainIndex)
    }
}

extension RepositoryEditor {
    /// What is signed of the owner's policy; nil if there is none.
    var publishersTarget: TargetFile? { roles[.targets]?.targets[PublishersFile.path] }

    /// The owner's policy, by the bytes that are signed; nil if there is none.
    ///
    /// - Throws: `channel.policy-altered` if the folder has not these bytes.
    func publishers(in directory: String) throws -> PublishersFile? {
        guard let target = publishersTarget else { return nil }
        let expected = target.hashes.digest(by: .sha256)
        var found: Digest?
        for name in [expected.map(PublishersFile.immutableName), PublishersFile.name].compactMap(\.self) {
            let limit = PublisherPolicy.maximumLength
            guard let bytes = try DurableFile.read(directory + "/" + name, maximumLength: limit) else {
                continue
            }
            let digest = Digest.of(bytes)
            if digest == expected { return try PublishersFile(parsing: bytes) }
            found = found ?? digest
        }
        throw Refusal(
            ChannelCode.policyAltered,
            PublishersFile.name,
            expected: expected?.description,
            found: found?.description ?? "no file"
        )
    }
}
