// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What is remembered of metadata that was trusted before: enough to refuse what is older, and good for nothing else.
public struct RememberedMetadata: Sendable {
    let role: TrustRole
    /// Nil if the keys that signed it have changed since: a thief of the old ones may have set it as high as he liked.
    let version: Int64?
    /// When it was made. Also where the keys have changed: nothing that was made before is current.
    let timestamp: Timestamp?
    /// What was signed; nil like the version.
    let signedDigest: Digest?

    /// Remembers metadata that is trusted now.
    public init(_ metadata: VerifiedTrustMetadata) {
        role = metadata.metadata.role
        version = metadata.metadata.version
        timestamp = metadata.metadata.timestamp
        signedDigest = metadata.signedDigest
    }

    /// Remembers a document that keys signed which count no more.
    init(formerly document: TrustEnvelope) {
        role = document.metadata.role
        version = nil
        timestamp = document.metadata.timestamp
        signedDigest = nil
    }
}
