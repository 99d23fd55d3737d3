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

    /// Demands that the signatures of one file are well-formed, without making values of them where they are as nearly
    /// all are.
    ///
    /// - Throws: as ``read(_:of:)``.
    public static func check(_ text: ArraySlice<UInt8>, of name: String) throws {
        var plain = PlainSignatures(text, from: text.startIndex)
        if plain.end() != text.endIndex { _ = try read(text, of: name) }
    }

    /// Appends the signatures of one file as ``read(_:of:)`` reads them, without white space, in their order.
    public static func write(_ signatures: [TrustSignature], to out: inout [UInt8]) {
        guard signatures.allSatisfy({ $0.headers == nil }) else {
            out += JSONWriter.encode(signatures.encoded)
            return
        }
        out.append(UInt8(ascii: "{"))
        for (at, signature) in signatures.enumerated() {
            if at > 0 { out.append(UInt8(ascii: ",")) }
            JSONWriter.writeString(signature.keyID, to: &out)
            out += ":{\"signature\":\"".utf8
            for byte in signature.value {
                out.append(digit(byte >> 4))
                out.append(digit(byte & 15))
            }
            out += "\"}".utf8
        }
        out.append(UInt8(ascii: "}"))
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
