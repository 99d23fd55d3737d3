// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A secret that stands for a caller: a user's API key, or a token that a trusted publisher was given for minutes.
public struct AccessKey: Sendable, Hashable {
    /// The number by which people speak of it.
    public let id: Int64
    /// SHA-256 of the secret, which is 256 random bits, and is not kept.
    public let hash: Digest
    /// Who it stands for.
    public let holder: FilePublisher
    /// What it may be used for. Never more than its holder may.
    public let scopes: [AccessScope]
    /// What its maker called it.
    public let label: String
    /// When it was made.
    public let created: Timestamp
    /// From when on it counts for nothing; nil for never.
    public let expires: Timestamp?

    /// Makes one.
    public init(
        id: Int64,
        hash: Digest,
        holder: FilePublisher,
        scopes: [AccessScope],
        label: String,
        created: Timestamp,
        expires: Timestamp?
    ) {
        self.id = id
        self.hash = hash
        self.holder = holder
        self.scopes = scopes
        self.label = label
        self.created = created
        self.expires = expires
    }
}

/// What a key may be used for.
public struct AccessScope: Sendable, Hashable {
    /// What may be done.
    public let actions: Set<ServerAction>
    /// The number of the channel it is for; nil for all that the holder has rights in.
    public let channel: Int64?
    /// The packages it is for, by name or `prefix-*`; nil for all.
    public let packages: Set<String>?

    /// Makes one.
    public init(actions: Set<ServerAction>, channel: Int64?, packages: Set<String>?) {
        self.actions = actions
        self.channel = channel
        self.packages = packages
    }
}

/// Reads keys.
public protocol AccessKeyReading {
    /// The key whose secret has this SHA-256; nil if there is none. Expired ones are answered too.
    func accessKey(hash: Digest) throws -> AccessKey?
    /// All keys, or those of one user, by number.
    func accessKeys(of user: String?) throws -> [AccessKey]
}

/// Changes keys.
public protocol AccessKeyWriting: AccessKeyReading {
    /// Keeps a key; answers it with its number.
    func insertKey(
        hash: Digest,
        holder: FilePublisher,
        scopes: [AccessScope],
        label: String,
        created: Timestamp,
        expires: Timestamp?
    ) throws -> AccessKey
    /// Takes a key away; says whether it was there.
    func removeKey(id: Int64) throws -> Bool
    /// Takes away the keys that expired before a moment.
    func removeKeys(expiredBefore: Timestamp) throws
}
