// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The `signatures` member of an index: for each file name, signatures of its record by the names of keys.
public enum RecordSignatures {
    /// Reads the signatures of one file: `{"<key>": {"signature": …}, …}`.
    ///
    /// - Throws: a `Refusal` with a `json.…` code, `content-trust.signature-format` or
    ///   `content-trust.openpgp-headers`.
    public static func read(_ text: [UInt8], of name: String) throws -> [TrustSignature] {
        try read(text[...], of: name)
    }

    /// The same where the text is a part of an index.
    ///
    /// - Throws: as ``read(_:of:)``.
    public static func read(_ text: ArraySlice<UInt8>, of name: String) throws -> [TrustSignature] {
        var plain = PlainSignatures(text, from: text.startIndex)
        if plain.end() == text.endIndex { return plain.signatures }
        let subject = "signatures of \(name)"
        let limits = JSONLimits(bytes: 1 << 20, depth: 4, values: 10_000)
        return try [TrustSignature](
            JSONFields(JSONReader.read(Array(text), of: subject, limits: limits), of: subject)
        )
    }
}
