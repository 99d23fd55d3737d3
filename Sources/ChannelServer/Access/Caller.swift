// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Whoever sent a request, as far as the server knows.
public struct Caller: Sendable, Hashable {
    /// Who they are; nil for somebody who showed nothing.
    public let holder: FilePublisher?
    /// What the key they showed may be used for; nil where it is not limited.
    public let scopes: [AccessScope]?
    /// The number of the key they showed, for logs; nil for none.
    public let key: Int64?

    /// Makes one.
    public init(holder: FilePublisher?, scopes: [AccessScope]? = nil, key: Int64? = nil) {
        self.holder = holder
        self.scopes = scopes
        self.key = key
    }

    /// Somebody who showed nothing.
    public static let anonymous = Caller(holder: nil)
}

/// What somebody showed with a request, to be known by.
public enum Credentials: Sendable {
    /// A secret of ours: `Authorization: Bearer`, `X-API-Key`, or `/t/<token>/` in the path.
    case key(String)
    /// A user's name and a secret of ours as password: `Authorization: Basic`. Artifactory's clients send any name.
    case password(user: String, secret: String)
}

/// Decides who callers are, and what they may do.
public protocol AccessControl: Sendable {
    /// Who shows this; anonymous for nil.
    ///
    /// - Throws: `access.unknown-key` for a secret that is not known or expired.
    func caller(_ credentials: Credentials?, now: Timestamp) async throws -> Caller

    /// Demands that a caller may do something: on the server, to a channel, or to a package of it.
    ///
    /// - Throws: `access.not-allowed`; `access.credentials-needed` where somebody who showed nothing could do it with
    ///   credentials; `server.channel-unknown` for a channel that the caller may not even know of.
    func demand(_ action: ServerAction, of caller: Caller, on channel: HostedChannel?, package: String?)
        async throws
}
