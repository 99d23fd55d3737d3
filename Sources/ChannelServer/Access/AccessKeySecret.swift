// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The secret of an API key: `ks-` and 256 random bits in hexadecimal.
///
/// The prefix lets scanners find keys that got into a repository by mistake: `ks-[0-9a-f]{64}`. The server keeps only
/// the SHA-256. That needs no salt and no slow hash, since nobody can try 2^256 secrets; and whoever looks for the hash
/// in the database can be timed without harm, since they cannot choose secrets by the beginning of their hashes.
///
/// It has letters, digits and hyphens only: conda takes nothing else for the token of a URL, `/t/TOKEN/` (seen with 26.7).
public struct AccessKeySecret: Sendable {
    /// What every secret begins with.
    public static let prefix = "ks-"
    /// How many random bytes are in one.
    public static let randomLength = 32
    /// More is no secret of ours, and is not hashed.
    static let maximumLength = 256

    /// The secret: for whom it was made, once, and for nothing else.
    public let text: String

    /// Makes a new one.
    ///
    /// - Parameter random: answers so many random bytes, from a source that is made for secrets.
    public init(random: (Int) -> [UInt8]) {
        text = Self.prefix + Hex.encode(random(Self.randomLength))
    }

    /// SHA-256 of the secret, as the database has it.
    public var hash: Digest { Digest.of(Array(text.utf8)) }

    /// SHA-256 of what somebody showed as a secret; nil for what can be none.
    static func hash(of shown: String) -> Digest? {
        shown.utf8.count > maximumLength ? nil : Digest.of(Array(shown.utf8))
    }
}

extension AccessKeySecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Not the secret.
    public var description: String { Self.prefix + "…" }
    /// Not the secret.
    public var debugDescription: String { description }
    /// Not the secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
