// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Which policy a proxy goes by, and whether its file says something else by now.
public struct PolicyStanding: Sendable, Equatable {
    /// What the policy says, as a digest; see `IndexPolicy.fingerprint`.
    public let fingerprint: Digest
    /// When it came into force.
    public let since: Timestamp
    /// Why the file as it is now does not count; nil if it does.
    public internal(set) var trouble: String?

    init(_ fingerprint: Digest, since: Timestamp) {
        self.fingerprint = fingerprint
        self.since = since
    }

    /// The same for programs.
    var json: JSONObject {
        var object = JSONObject()
        object["sha256"] = .string(fingerprint.hex)
        object["since"] = .string("\(since)")
        object["trouble"] = trouble.map { .string($0) } ?? .null
        return object
    }
}
