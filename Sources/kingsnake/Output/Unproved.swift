// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustPolicy

/// What no check of a package proves, so that nobody reads more into a good result than is there.
enum Unproved: String, CaseIterable {
    case harmless
    case builtFromCommit = "built-from-commit"
    case ownAccount = "own-account"
    case firstPublisher = "first-publisher"

    private var words: String {
        switch self {
        case .harmless: "Nothing here proves that the code in the package is harmless."
        case .builtFromCommit:
            "An attestation proves who signed, and when; not that the package was built from the commit it names."
        case .ownAccount: "Nor does it prove that the publisher's account was not taken over."
        case .firstPublisher:
            "Whoever published the package first was believed, and nobody checked who that is."
        }
    }

    /// What a verdict leaves open.
    static func all(for verdict: Verdict) -> [Unproved] {
        guard let review = verdict.publisherReview, !review.seen.isEmpty else { return [.harmless] }
        return review.decidesByFirstUse ? allCases : allCases.filter { $0 != .firstPublisher }
    }

    static func say(_ unproved: [Unproved], on console: Console) {
        unproved.forEach { console.say("\($0.words)") }
    }
}
