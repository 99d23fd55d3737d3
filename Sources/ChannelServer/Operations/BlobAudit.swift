// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
public import TrustCore

/// Compares what the database says with the blobs that are there.
public struct BlobAudit: Sendable {
    private let database: any ServerDatabase
    private let blobs: any BlobStore

    /// How long a blob is kept that nothing refers to: longer than any upload takes.
    public static let defaultGrace: Int64 = 86_400

    /// Makes one.
    public init(database: any ServerDatabase, blobs: any BlobStore) {
        self.database = database
        self.blobs = blobs
    }

    /// Removes blobs that nothing refers to, and that nobody stored for some time; answers how many.
    ///
    /// An upload stores its blob before the row that refers to it. So blobs are listed first, by age, and what is
    /// referred to is read after that; and a blob that somebody stores again in the meantime is young again.
    public func sweep(now: Timestamp, grace: Int64 = defaultGrace) async throws -> Int {
        let limit = now.advanced(bySeconds: -grace)
        try await blobs.discardAbandoned(startedBefore: limit)
        let old = try await blobs.digests(untouchedSince: limit)
        let used = try await database.read { try $0.referencedBlobs() }
        return try await blobs.remove(old.filter { !used.contains($0) }, untouchedSince: limit)
    }

    /// What is wrong with a blob.
    public enum Defect: Sendable, Hashable {
        /// The database leads to it, and it is not there.
        case missing(Digest)
        /// Its bytes have another digest.
        case altered(Digest)
    }

    /// Reads all blobs that the database leads to, and answers which are missing or altered.
    ///
    /// - Parameter progress: is told how many were read, of how many.
    public func defects(progress: @Sendable (Int, Int) -> Void = { _, _ in }) async throws -> [Defect] {
        let used = try await database.read { try $0.referencedBlobs() }
        var found: [Defect] = []
        for (count, digest) in used.sorted(by: { $0.hex < $1.hex }).enumerated() {
            if let defect = try await defect(of: digest) { found.append(defect) }
            progress(count + 1, used.count)
        }
        return found
    }

    private func defect(of digest: Digest) async throws -> Defect? {
        guard let size = try await blobs.size(of: digest) else { return .missing(digest) }
        if let path = blobs.localPath(of: digest) {
            guard let file = try OpenFile(readingIfThere: path, followingLinks: false) else {
                return .missing(digest)
            }
            var sum = StreamingDigest(.sha256)
            try file.readChunks { sum.update($0) }
            return sum.finish() == digest ? nil : .altered(digest)
        }
        let bytes = try await blobs.bytes(of: digest, maximumLength: Int(clamping: size))
        return Digest.of(bytes) == digest ? nil : .altered(digest)
    }
}
