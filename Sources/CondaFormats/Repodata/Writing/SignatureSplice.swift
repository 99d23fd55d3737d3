// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Puts another `signatures` member into the text of an index, and leaves every other byte of it as it is.
///
/// The value of a member that is there is replaced where it stands; else the member follows the last one. So the
/// order of members, white space, and numbers that no two writers write alike stay the author's.
public enum SignatureSplice {
    private static let chunkLength = 256 << 10

    /// Writes the new text in pieces.
    ///
    /// - Parameters:
    ///   - signatures: answers the signatures of the record at a position, as a JSON object; nil where there are none.
    ///   - sink: takes the next piece of the text.
    public static func write(
        _ index: RepodataIndex,
        signatures: (Int) -> [UInt8]?,
        to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let seam = seam(index) else {
            // Nothing at all is an empty index (CEP 36), and has nothing to sign.
            return
        }
        func write(_ bytes: some Collection<UInt8>) throws {
            try (bytes.withContiguousStorageIfAvailable { try sink(UnsafeRawBufferPointer($0)) })
                ?? Array(bytes).withUnsafeBytes(sink)
        }
        try write(index.text[..<seam.old.lowerBound])
        var out = Array(seam.before.utf8)
        out.append(UInt8(ascii: "{"))
        var isFirst = true
        for position in 0..<index.count {
            guard let text = signatures(position) else { continue }
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            // A file name that was scanned needs no escapes.
            out.append(UInt8(ascii: "\""))
            out += index.text[index.place(at: position).fileName]
            out += "\":".utf8
            out += text
            if out.count >= chunkLength {
                try write(out)
                out.removeAll(keepingCapacity: true)
            }
        }
        out.append(UInt8(ascii: "}"))
        try write(out)
        try write(index.text[seam.old.upperBound...])
    }

    /// The bytes to replace, and what goes before the object.
    private static func seam(_ index: RepodataIndex) -> (old: Range<Int>, before: String)? {
        guard !index.text.isEmpty else { return nil }
        if let old = index.signatures { return (old.startIndex..<old.endIndex, "") }
        if let end = index.endOfMembers { return (end..<end, ",\"signatures\":") }
        guard let brace = index.text.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        return (brace + 1..<brace + 1, "\"signatures\":")
    }
}
