// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Puts another `signatures` member into the text of an index, and leaves every other byte of it as it is.
///
/// The value of a member that is there is replaced where it stands; else the member follows the last one. So the
/// order of members, white space, and numbers that no two writers write alike stay the author's.
public struct SignatureSplice {
    private static let chunkLength = 256 << 10

    private let index: RepodataFile
    /// The bytes to replace; nil if there is no text.
    private let old: Range<Int>?
    /// What goes before the object.
    private let before: String

    /// Finds where the member of an index is, or is to be.
    public init(_ index: RepodataFile) {
        self.index = index
        if index.source.length == 0 {
            // Nothing at all is an empty index (CEP 36), and has nothing to sign.
            (old, before) = (nil, "")
        } else if let place = index.signatures {
            (old, before) = (place, "")
        } else if let end = index.endOfMembers {
            (old, before) = (end..<end, ",\"signatures\":")
        } else {
            (old, before) = (index.start..<index.start, "\"signatures\":")
        }
    }

    /// How long the new text is, and whether it is the old one.
    ///
    /// - Parameter signatures: answers the signatures of the record at a position, as a JSON object; nil where there
    ///   are none.
    /// - Throws: a `Failure` if the file cannot be read any more.
    public func compare(_ signatures: (Int) -> [UInt8]?) throws -> (length: Int, isSame: Bool) {
        guard let old else { return (0, true) }
        var at = old.lowerBound
        var isSame = true
        try writeMember(signatures) { piece in
            let end = at + piece.count
            isSame = try isSame && end <= old.upperBound && index.source.read(at..<end) == piece
            at = end
        }
        return (index.source.length - old.upperBound + at, isSame && at == old.upperBound)
    }

    /// Writes the new text in pieces.
    ///
    /// - Parameters:
    ///   - signatures: as for ``compare(_:)``.
    ///   - sink: takes the next piece of the text.
    /// - Throws: what the sink throws, or a `Failure` if the file cannot be read any more.
    public func write(
        _ signatures: (Int) -> [UInt8]?,
        to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let old else { return }
        let source = index.source
        try source.forEachPiece(of: 0..<old.lowerBound) { try $0.withUnsafeBytes(sink) }
        try writeMember(signatures) { try $0.withUnsafeBytes(sink) }
        try source.forEachPiece(of: old.upperBound..<source.length) { try $0.withUnsafeBytes(sink) }
    }

    private func writeMember(_ signatures: (Int) -> [UInt8]?, to sink: ([UInt8]) throws -> Void) throws {
        var out = Array(before.utf8)
        out.reserveCapacity(2 * Self.chunkLength)
        out.append(UInt8(ascii: "{"))
        var isFirst = true
        for position in 0..<index.count {
            guard let text = signatures(position) else { continue }
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            // A file name that was scanned needs no escapes.
            out.append(UInt8(ascii: "\""))
            out += index.fileNameBytes(at: position)
            out += "\":".utf8
            out += text
            if out.count >= Self.chunkLength {
                try sink(out)
                out.removeAll(keepingCapacity: true)
            }
        }
        out.append(UInt8(ascii: "}"))
        try sink(out)
    }
}
