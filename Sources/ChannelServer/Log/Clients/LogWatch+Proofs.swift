// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

extension LogWatch {
    /// A proof about a file, and what it proves.
    public struct FileProof: Sendable {
        /// What the log says about the file.
        public let entry: PublishLogEntry
        /// The proof, with the entry beside it.
        public let proof: LogProof
    }

    /// Looks for the entry that says that a file was published, from the newest one back, and proves it.
    ///
    /// - Parameter progress: is told how many entries were looked at.
    /// - Throws: `publish-log.not-logged`, and as ``look()`` does.
    public func prove(_ sha256: Digest, of subject: String, progress: @Sendable (Int) -> Void = { _ in })
        async throws -> FileProof
    {
        let verified = try await look().checkpoint
        let size = verified.checkpoint.size, width = Int64(LogTile.fullWidth)
        var bundle = (size + width - 1) / width
        while bundle > 0 {
            bundle -= 1
            let entries = try await source.entries(inBundle: bundle, treeSize: size)
            for (place, bytes) in entries.enumerated().reversed() {
                guard let entry = try Self.publication(bytes, of: sha256) else { continue }
                let index = bundle * width + Int64(place)
                return FileProof(entry: entry, proof: try await proof(of: bytes, at: index, in: verified))
            }
            progress(entries.count)
        }
        throw Refusal(
            PublishLogCode.notLogged,
            subject,
            expected: "an entry about sha256:\(sha256.hex)",
            found: "none among \(size)"
        )
    }

    private static func publication(_ bytes: [UInt8], of sha256: Digest) throws -> PublishLogEntry? {
        // Not by reading each entry: of somebody else's, that cannot be read, nothing follows for this file.
        guard let entry = try? PublishLogEntry(parsing: bytes), entry.event == .publish,
            entry.sha256 == sha256
        else { return nil }
        return entry
    }
}

extension LogProof {
    /// Verifies a proof about a file without asking anybody: that a log which counts says so, and that it has
    /// the entry.
    ///
    /// - Throws: a `log-policy.…`, `note.…` or `merkle.…` code, `publish-log.entry` for a proof without an
    ///   entry, or `publish-log.not-logged` for one about another file.
    public func verifyFile(_ sha256: Digest?, of subject: String, by policy: LogPolicy) throws
        -> PublishLogEntry
    {
        let verified = try policy.verify(checkpoint)
        guard let extra else { throw PublishLogEntry.wrong("an entry beside the proof, after `extra`") }
        try verify(leafHash: MerkleHash.leaf(extra))
        _ = verified
        let entry = try PublishLogEntry(parsing: extra)
        guard let sha256 else { return entry }
        guard entry.event == .publish, entry.sha256 == sha256 else {
            throw Refusal(
                PublishLogCode.notLogged,
                subject,
                expected: "a proof about sha256:\(sha256.hex)",
                found: "one about \(entry.sha256?.hex ?? "no file")"
            )
        }
        return entry
    }
}
