// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// ECDSA signatures as TUF carries them: a DER `SEQUENCE` of two `INTEGER`s (RFC 3279, section 2.2.3).
enum ECDSASignature {
    /// Reads strict DER into `r ‖ s`, each of the given length; nil for anything else.
    ///
    /// Whether `r` and `s` are in range is for the verifier; that they are positive and fit is checked here.
    static func fixedWidth(der: [UInt8], coordinateLength: Int) -> [UInt8]? {
        var outer = DERReader(der)
        guard var inner = outer.sequence(), outer.isAtEnd, let r = inner.positiveInteger(),
            let s = inner.positiveInteger(), inner.isAtEnd, r.count <= coordinateLength,
            s.count <= coordinateLength
        else { return nil }
        var raw: [UInt8] = []
        raw.reserveCapacity(2 * coordinateLength)
        for number in [r, s] {
            raw += repeatElement(0, count: coordinateLength - number.count)
            raw += number
        }
        return raw
    }

    /// Writes `r ‖ s` as DER.
    static func der(fixedWidth raw: [UInt8]) -> [UInt8] {
        let half = raw.count / 2
        return DERWriter.sequence(
            DERWriter.integer(raw.prefix(half)) + DERWriter.integer(raw.dropFirst(half))
        )
    }
}
