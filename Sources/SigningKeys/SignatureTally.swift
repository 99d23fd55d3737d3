// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What became of each signature over a message, for status displays and refusals.
public struct SignatureTally: Sendable {
    /// What became of one signature.
    public enum Outcome: Sendable, Equatable {
        /// It is valid, and its key had not counted yet.
        case counted
        /// It is valid, but the same key has already counted under this other id.
        case sameKey(as: String)
        /// It was not made by the key it names over this message.
        case wrong
        /// There is nothing but a key id.
        case empty
        /// It names a key that is not authorised here.
        case unknownKey
    }

    /// One signature and what became of it.
    public struct Entry: Sendable {
        /// The key id, as the signature gave it.
        public let keyID: String
        /// What became of it.
        public let outcome: Outcome
    }

    /// All signatures, in their order.
    public let entries: [Entry]
    /// How many different keys are authorised.
    public let authorisedKeyCount: Int

    /// The ids of the keys that counted, in the order of the signatures.
    public var keyIDs: [String] { entries.filter { $0.outcome == .counted }.map(\.keyID) }

    /// What was demanded, in words.
    func demand(_ threshold: Int) -> String {
        let number =
            "\(threshold) valid signature\(threshold == 1 ? "" : "s") of \(authorisedKeyCount) authorised key"
        return number + (authorisedKeyCount == 1 ? "" : "s")
    }
}

extension SignatureTally: CustomStringConvertible {
    private static let longestList = 16

    /// How many counted, then each signature and what became of it.
    public var description: String {
        var parts = entries.prefix(Self.longestList).map { entry in
            "\(word(for: entry.outcome)) `\(Printable.text(entry.keyID))`"
        }
        if entries.count > Self.longestList { parts.append("and \(entries.count - Self.longestList) more") }
        return "\(keyIDs.count)" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
    }

    private func word(for outcome: Outcome) -> String {
        switch outcome {
        case .counted: "valid"
        case .sameKey(let other): "same key as `\(Printable.text(other))`"
        case .wrong: "wrong"
        case .empty: "empty"
        case .unknownKey: "not authorised"
        }
    }
}
