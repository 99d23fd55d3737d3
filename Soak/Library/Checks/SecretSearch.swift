// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Foundation

/// Looks for secrets in what others can read: P10.
///
/// Each secret is looked for as it is, and in the spellings in which it was sent.
public struct SecretSearch: Sendable {
    /// Secrets by the first bytes that they share, so that each place is searched once for each beginning.
    private var secrets: [[UInt8]: [(bytes: [UInt8], name: String)]] = [:]

    private static let beginning = 4

    /// Looks for nothing.
    public init() {}

    /// Whether there is anything to look for.
    public var isEmpty: Bool { secrets.isEmpty }

    /// Adds a secret.
    ///
    /// - Parameter name: what it is, for messages: never the secret.
    public mutating func add(_ secret: String, _ name: String) {
        let bytes = Array(secret.utf8)
        guard bytes.count >= 8 else { return }
        secrets[Array(bytes.prefix(Self.beginning)), default: []].append((bytes, name))
    }

    /// What was found in some bytes.
    public func findings(in bytes: Data, of place: String) -> [Finding] {
        var findings: [Finding] = []
        for (beginning, candidates) in secrets {
            var start = bytes.startIndex
            while let range = bytes.range(of: Data(beginning), in: start..<bytes.endIndex) {
                start = range.lowerBound + 1
                for (secret, name) in candidates where bytes[range.lowerBound...].starts(with: secret) {
                    findings.append(Finding(.secretsStaySecret, place, "has \(name)"))
                }
            }
        }
        return Array(Set(findings)).sorted { $0.description < $1.description }
    }
}
