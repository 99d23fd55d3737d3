// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TrustCore
public import TrustPolicy

/// The user's policy file and publisher lock, beside the pinned roots in the trust store's folder.
public struct UserPolicyStore: Sendable {
    /// The folder that holds the trust store.
    public let directory: String

    /// Opens the store in a folder, which need not exist.
    public init(directory: String) { self.directory = directory }

    /// Where the policy file is.
    public var policyPath: String { directory + "/policy.yaml" }
    /// Where the publisher lock is.
    public var lockPath: String { directory + "/publishers.json" }

    /// The policy; nil if there is none. One that cannot be read is an error, and never no policy.
    public func policy() throws -> PolicyFile? {
        guard let bytes = try DurableFile.read(policyPath, maximumLength: PolicyFile.maximumLength) else {
            return nil
        }
        return try PolicyFile(yaml: bytes, policyPath)
    }

    /// The publisher lock, empty if there is none.
    public func publisherLock() throws -> PublisherLock {
        guard let bytes = try DurableFile.read(lockPath, maximumLength: PublisherLock.maximumLength) else {
            return PublisherLock()
        }
        return try PublisherLock(json: bytes, lockPath)
    }

    /// Changes the policy. The file is written anew: its order stays, its comments do not. Where nothing is
    /// left of it there is no file.
    ///
    /// - Returns: the policy as it is now; nil if there is none left.
    @discardableResult
    public func changePolicy(_ body: (inout PolicyFile) throws -> Void) throws -> PolicyFile? {
        let lock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(lock) {} }
        var policy = try policy() ?? PolicyFile(channels: [])
        try body(&policy)
        guard !policy.isEmpty else {
            try DurableFile.remove(policyPath)
            return nil
        }
        // What is written must be what was meant: it is read again before it counts.
        let bytes = policy.yaml
        guard try PolicyFile(yaml: bytes, policyPath) == policy else {
            throw Failure(.configuration, "the policy cannot be written as a file", at: policyPath)
        }
        try DurableFile.write(bytes, to: policyPath)
        return policy
    }

    /// Changes the publisher lock, for one process at a time.
    @discardableResult
    public func changePublisherLock(_ body: (inout PublisherLock) throws -> Void) throws -> PublisherLock {
        let fileLock = try FileLock(directory + "/.lock")
        defer { withExtendedLifetime(fileLock) {} }
        let before = try publisherLock()
        var after = before
        try body(&after)
        if after != before {
            try DurableFile.write(JSONWriter.encode(after.json, .indented) + [0x0A], to: lockPath)
        }
        return after
    }
}
