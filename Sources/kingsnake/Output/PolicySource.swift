// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TrustCore
import TrustPolicy

/// A policy that somebody gave as a file: a user's, or what a channel's owner is going to sign.
struct PolicySource {
    private let content: Content

    private enum Content {
        case user(PolicyFile)
        case owner(PublisherPolicy)
    }

    init(_ path: String) throws {
        let bytes = try Self.bytes(of: path, maximumLength: PolicyFile.maximumLength)
        content =
            path.hasSuffix(".json")
            ? .owner(try PublisherPolicy(json: bytes, of: nil, path))
            : .user(try PolicyFile(yaml: bytes, path))
    }

    /// A user's policy.
    static func user(of path: String) throws -> PolicyFile {
        try PolicyFile(yaml: try bytes(of: path, maximumLength: PolicyFile.maximumLength), path)
    }

    static func bytes(of path: String, maximumLength: Int) throws -> [UInt8] {
        guard let bytes = try DurableFile.read(path, maximumLength: maximumLength) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        return bytes
    }

    var user: PolicyFile? { if case .user(let policy) = content { policy } else { nil } }
    var owner: PublisherPolicy? { if case .owner(let policy) = content { policy } else { nil } }

    var json: JSONValue {
        switch content {
        case .user(let policy): .object(policy.json)
        case .owner(let policy): policy.json
        }
    }

    /// What it demands, for people.
    var lines: [String] {
        switch content {
        case .user(let policy): PolicyReport.lines(policy)
        case .owner(let policy): [policy.channel.description] + PolicyReport.lines(policy)
        }
    }
}
