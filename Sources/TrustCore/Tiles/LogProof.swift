// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A proof that an entry is in a log, that can be checked without asking the log (C2SP tlog-proof).
///
/// It is well-formed. What it proves is known after ``verify(leafHash:)``, and only as far as the signatures
/// under its checkpoint are trusted, which are checked elsewhere.
public struct LogProof: Hashable, Sendable {
    /// The most bytes that may stand beside the proof.
    public static let maximumExtraLength = 64 << 10
    /// The most hashes: a tree of fewer than 2^63 entries is not higher.
    public static let maximumHashes = 63
    /// The longest text, in bytes.
    public static let maximumLength = 2 * maximumExtraLength + SignedNote.maximumLength + 8192

    /// What stands beside it. Nobody vouches for that.
    public let extra: [UInt8]?
    /// The entry's place in the log.
    public let index: Int64
    /// The hashes beside the way to the root, lowest first.
    public let hashes: [[UInt8]]
    /// The log's word about its tree, with the signatures under it.
    public let checkpoint: SignedNote

    private static let firstLine = "c2sp.org/tlog-proof@v1"
    private static let subject = "proof of a log's entry"

    /// Puts a proof together.
    public init(index: Int64, hashes: [[UInt8]], checkpoint: SignedNote, extra: [UInt8]? = nil) {
        self.extra = extra
        self.index = index
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// Reads a proof.
    ///
    /// - Throws: `tiled-log.proof`, or a `note.…` code for its checkpoint.
    public init(parsing bytes: [UInt8]) throws {
        guard bytes.count <= Self.maximumLength else {
            throw Self.malformed("at most \(Self.maximumLength) bytes", found: "\(bytes.count)")
        }
        guard
            let blank = bytes.indices.dropFirst().first(where: { bytes[$0] == 0x0A && bytes[$0 - 1] == 0x0A })
        else { throw Self.malformed("an empty line before the checkpoint") }
        var lines = bytes[..<(blank - 1)].split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        guard lines.popFirst().map({ $0.elementsEqual(Self.firstLine.utf8) }) == true else {
            throw Self.malformed("`\(Self.firstLine)` in the first line")
        }
        var extra: [UInt8]?
        if let text = lines.first.flatMap({ Self.value($0, after: "extra ") }) {
            guard let bytes = Base64.decode(text), bytes.count <= Self.maximumExtraLength else {
                throw Self.malformed("at most \(Self.maximumExtraLength) bytes in base64 after `extra`")
            }
            extra = bytes
            lines.removeFirst()
        }
        guard let text = lines.popFirst().flatMap({ Self.value($0, after: "index ") }),
            let index = Self.number(text)
        else { throw Self.malformed("`index` and a number below 2^63") }
        guard lines.count <= Self.maximumHashes else {
            throw Self.malformed("at most \(Self.maximumHashes) hashes", found: "\(lines.count)")
        }
        let hashes = try lines.map { line in
            guard let hash = Base64.decode(line), hash.count == MerkleHash.byteCount else {
                throw Self.malformed("hashes of \(MerkleHash.byteCount) bytes in base64")
            }
            return hash
        }
        self.init(
            index: index,
            hashes: hashes,
            checkpoint: try SignedNote(parsing: Array(bytes[(blank + 1)...])),
            extra: extra
        )
    }

    /// The proof as text.
    public func encoded() -> [UInt8] {
        var lines = [Self.firstLine]
        if let extra { lines.append("extra " + Base64.text(extra)) }
        lines.append("index \(index)")
        lines += hashes.map { Base64.text($0) }
        return Array((lines.joined(separator: "\n") + "\n\n").utf8) + checkpoint.encoded()
    }

    /// Refuses a proof that does not lead from an entry to the root of the checkpoint's tree; answers the
    /// checkpoint.
    ///
    /// Who signed the checkpoint is not checked.
    ///
    /// - Throws: a `merkle.…` code, or a `note.…` code for a note that is no checkpoint.
    @discardableResult
    public func verify(leafHash: [UInt8]) throws -> Checkpoint {
        let checkpoint = try Checkpoint(text: checkpoint.text)
        try MerkleProof.verifyInclusion(
            leafHash: leafHash,
            index: index,
            size: checkpoint.size,
            hashes: hashes,
            root: checkpoint.root
        )
        return checkpoint
    }

    private static func value(_ line: ArraySlice<UInt8>, after word: String) -> ArraySlice<UInt8>? {
        line.starts(with: word.utf8) ? line.dropFirst(word.utf8.count) : nil
    }

    /// A decimal number without leading zeros that fits.
    private static func number(_ text: ArraySlice<UInt8>) -> Int64? {
        guard !text.isEmpty, text.count <= 19, text.allSatisfy({ (0x30...0x39).contains($0) }),
            text.count == 1 || text.first != 0x30
        else { return nil }
        return Int64(String(decoding: text, as: UTF8.self))
    }

    private static func malformed(_ expected: String, found: String? = nil) -> Refusal {
        Refusal(TiledLogCode.proof, subject, expected: expected, found: found)
    }
}
