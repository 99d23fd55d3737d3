// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a transparency log says about its tree: the text of a signed note (C2SP tlog-checkpoint).
public struct Checkpoint: Hashable, Sendable {
    /// The name of the log, unique for ever; compare as bytes.
    public let origin: String
    /// How many entries the tree has.
    public let size: Int64
    /// The tree's root.
    public let root: [UInt8]
    /// Further lines, which mean something to the log only.
    public let extensions: [String]

    private static let subject = "checkpoint"

    /// Takes the parts of a checkpoint.
    ///
    /// - Throws: a ``Refusal`` as ``init(text:)``.
    public init(origin: String, size: Int64, root: [UInt8], extensions: [String] = []) throws {
        let lines = [origin, String(size), Base64.text(root)] + extensions
        try self.init(text: lines.map { $0 + "\n" }.joined())
        guard self.extensions.count == extensions.count, ByteKey.areEqual(self.origin, origin) else {
            throw Refusal(NoteCode.extension, Self.subject, expected: "single lines")
        }
    }

    /// Reads the text of a note.
    ///
    /// - Throws: a ``Refusal`` with `note.checkpoint-origin`, `note.checkpoint-size`, `note.checkpoint-root`
    ///   or `note.checkpoint-extension`.
    public init(text: String) throws {
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        let first = lines.first ?? text.utf8.prefix(0)
        guard !first.isEmpty else { throw Refusal(NoteCode.origin, Self.subject, expected: "a name") }
        guard lines.count > 1, let size = Self.number(lines[1]) else {
            // Where the size stands first, it is the name that is missing.
            throw Refusal(
                Self.number(first) == nil ? NoteCode.size : NoteCode.origin,
                Self.subject,
                expected: Self.number(first) == nil ? "a size below 2^63" : "a name before the size",
                found: lines.count > 1 ? "`\(String(Substring(lines[1])))`" : "nothing"
            )
        }
        guard lines.count > 2, let root = Base64.decode(Array(lines[2])), root.count == MerkleHash.byteCount
        else {
            throw Refusal(
                NoteCode.root,
                Self.subject,
                expected: "\(MerkleHash.byteCount) bytes in base64",
                found: lines.count > 2 ? "`\(String(Substring(lines[2])))`" : "nothing"
            )
        }
        guard lines.dropFirst(3).allSatisfy({ !$0.isEmpty }) else {
            throw Refusal(NoteCode.extension, Self.subject, expected: "lines that are not empty")
        }
        origin = String(Substring(first))
        self.size = size
        self.root = root
        extensions = lines.dropFirst(3).map { String(Substring($0)) }
    }

    /// The text, to be signed.
    public var text: String {
        ([origin, String(size), Base64.text(root)] + extensions).map { $0 + "\n" }.joined()
    }

    /// A decimal number without leading zeros that fits.
    private static func number(_ text: some Collection<UInt8>) -> Int64? {
        guard !text.isEmpty, text.count <= 19, text.allSatisfy({ (0x30...0x39).contains($0) }),
            text.count == 1 || text.first != 0x30
        else { return nil }
        return Int64(String(decoding: text, as: UTF8.self))
    }
}
