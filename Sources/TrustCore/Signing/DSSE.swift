// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What signatures of DSSE envelopes are made over (Dead Simple Signing Envelope 1.0).
public enum DSSE {
    /// Binds a payload, byte for byte, to its type: `DSSEv1`, then each with its length before it.
    public static func preAuthenticationEncoding(payloadType: String, payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
    }
}
