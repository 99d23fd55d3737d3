// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A key that notes are verified with: its name, its ids, and the check, which somebody who knows keys
/// supplies.
public struct NoteVerifier: Sendable {
    /// The name that the key signs under.
    public let name: String
    /// The ids that its signatures go by; one, except for logs whose ids have two forms.
    public let keyIDs: Set<NoteKeyID>
    /// Whether a signature of the text of a note is valid.
    public let isValid: @Sendable (_ signature: [UInt8], _ text: [UInt8]) -> Bool

    /// Makes a verifier.
    public init(
        name: String,
        keyIDs: Set<NoteKeyID>,
        isValid: @escaping @Sendable (_ signature: [UInt8], _ text: [UInt8]) -> Bool
    ) {
        self.name = name
        self.keyIDs = keyIDs
        self.isValid = isValid
    }

    /// Whether a signature says that it is by this key.
    public func isNamed(by signature: NoteSignature) -> Bool {
        ByteKey.areEqual(signature.name, name) && keyIDs.contains(signature.keyID)
    }
}
