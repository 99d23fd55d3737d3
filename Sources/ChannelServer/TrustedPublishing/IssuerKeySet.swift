// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The keys that an issuer publishes (RFC 7517), as far as they are for tokens.
struct IssuerKeySet: Sendable {
    private let keys: [ByteKey: [IssuerKey]]

    /// The longest name of a key, in bytes.
    static let maximumKeyIDLength = 256
    /// The most keys of a set.
    static let maximumCount = 64
    /// The largest set, in bytes.
    static let maximumLength = 256 << 10
    private static let limits = JSONLimits(bytes: maximumLength, depth: 8, values: 8_192)

    /// Reads a set. Keys that are not for tokens, or not usable, are left out: issuers publish others too.
    ///
    /// - Throws: `oidc.provider` for something that is no set, or has no usable key.
    init(_ bytes: [UInt8], of issuer: String) async throws {
        let value = try? JSONReader.read(bytes, of: issuer, limits: Self.limits)
        guard let values = value?.object?["keys"]?.array, values.count <= Self.maximumCount else {
            throw Refusal(
                OIDCCode.provider,
                issuer,
                expected: "at most \(Self.maximumCount) keys, in one JSON object"
            )
        }
        var keys: [ByteKey: [IssuerKey]] = [:]
        for value in values {
            guard let key = await IssuerKey(value) else { continue }
            // Of two that cannot be told apart the first counts.
            guard keys[ByteKey(key.id)]?.contains(where: { $0.algorithm == key.algorithm }) != true else {
                continue
            }
            keys[ByteKey(key.id), default: []].append(key)
        }
        guard !keys.isEmpty else {
            throw Refusal(OIDCCode.provider, issuer, expected: "a key for RS256 or ES256", found: "none")
        }
        self.keys = keys
    }

    /// The keys of a name: one for each algorithm at most.
    func keys(named id: String) -> [IssuerKey] { keys[ByteKey(id)] ?? [] }
}
