// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// One exchange of a token, as the job saw it.
public struct MintAttempt: Sendable, Hashable, Codable {
    /// The token's `jti`.
    public let token: String
    /// When.
    public let span: Span
    /// What became of it.
    public let fate: Fate

    /// Makes one.
    public init(token: String, span: Span, fate: Fate) {
        self.token = token
        self.span = span
        self.fate = fate
    }
}

/// Checks of trusted publishing: P7.
public enum TokenChecks {
    /// A token makes one key at most, and one that was answered is kept.
    ///
    /// - Parameters:
    ///   - used: tokens that the server remembers as used.
    ///   - keys: how many keys the server has for each token.
    public static func countOnce(_ attempts: [MintAttempt], used: Set<String>, keys: [String: Int])
        -> [Finding]
    {
        var findings: [Finding] = []
        for (token, tries) in Dictionary(grouping: attempts, by: \.token).sorted(by: { $0.key < $1.key }) {
            func find(_ what: String) { findings.append(Finding(.tokensCountOnce, "token \(token)", what)) }
            let successes = tries.filter { $0.fate.isSuccess }.count
            if successes > 1 { find("was exchanged \(successes) times") }
            let count = keys[token] ?? 0
            if count > 1 { find("made \(count) keys") }
            if successes > 0, count == 0 { find("was exchanged, and its key is not there") }
            if (count > 0) != used.contains(token) {
                find(count > 0 ? "made a key, and is not remembered as used" : "is used up, and made no key")
            }
        }
        return findings
    }
}
