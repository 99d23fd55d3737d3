// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What is remembered of a key manager's metadata that was trusted before: enough to refuse what is older, and good for
/// nothing else.
public struct RememberedKeyManager: Sendable {
    /// Nil if the keys that signed it have changed since: a thief of the old ones may have set it as high as he liked.
    let version: Int64?
    /// When it was made. Also where the keys have changed: nothing that was made before is current.
    let timestamp: Timestamp?
    /// What was signed; nil like the version.
    let signedDigest: Digest?

    /// Remembers metadata that is trusted now.
    public init(_ keyManager: VerifiedKeyManager) {
        version = keyManager.metadata.version
        timestamp = keyManager.metadata.timestamp
        signedDigest = keyManager.signedDigest
    }

    /// Remembers a document that keys signed which count no more.
    init(formerly document: TrustEnvelope) {
        version = nil
        timestamp = document.metadata.timestamp
        signedDigest = nil
    }
}
