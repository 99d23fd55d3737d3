// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// An entry under metadata that is no well-formed signature, and counts for nothing.
public struct MalformedSignature: Sendable {
    /// The name under which it stands, as it was given: a key's, or anything else.
    public let keyID: String
    /// What is wrong with it.
    public let reason: Refusal
}
