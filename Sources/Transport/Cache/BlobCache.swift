// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Downloads by digest: `<root>/sha256/ab/cdef…`, where only verified bytes ever stand.
///
/// Bytes are written to a temporary file while they are digested; the name that says what they are is given
/// after the check and after they are on disk. So a crash at any moment leaves a temporary file at worst, and
/// any number of processes may share a cache. A temporary file is locked by its writer: an unlocked one is a
/// dead writer's, and the next process that opens the cache removes it. The folder is the user's alone (mode
/// 0700). Whoever can write as the user can alter blobs; a caller that must not rely on that rechecks the
/// digest.
public final class BlobCache: Sendable {
    /// The folder.
    public let root: String
    let folder: CacheFolder

    /// Opens a cache, making its folder if needed, and removes what dead processes left behind.
    public init(at root: String) throws {
        self.root = root
        folder = try CacheFolder.opening(root)
        try CacheLeftovers.remove(from: folder)
    }

    /// Where a blob lies; nil if it is not in the cache.
    ///
    /// - Parameters:
    ///   - size: If given, a blob of another size is no such blob.
    ///   - recheck: Whether the bytes are digested once more. A blob that fails is removed, and counts as
    /// absent.
    public func path(of digest: Digest, size: UInt64? = nil, recheck: Bool = false) throws -> String? {
        let place = try BlobPlace(digest)
        guard let file = try open(place), let length = try file.regularLength() else { return nil }
        guard size == nil || size == length else { return nil }
        if recheck {
            var hasher = StreamingDigest(digest.algorithm)
            try file.readAll { hasher.update($0) }
            guard hasher.finish() == digest else {
                try remove(digest)
                return nil
            }
        }
        return root + "/" + place.path
    }

    /// Reads a blob into memory and digests it once more; nil if it is not there, too long, or not what its
    /// name says.
    public func bytes(of digest: Digest, maximumLength: Int) throws -> [UInt8]? {
        let place = try BlobPlace(digest)
        guard let file = try open(place), let length = try file.regularLength(),
            length <= UInt64(max(0, maximumLength))
        else { return nil }
        var bytes: [UInt8] = []
        try file.readAll { chunk in
            if bytes.count <= maximumLength { bytes.append(contentsOf: chunk) }
        }
        return Digest.of(bytes, by: digest.algorithm) == digest ? bytes : nil
    }

    /// Stores what a producer delivers, if it is what was promised, and answers where it lies.
    ///
    /// A blob that is there already is answered without asking the producer.
    ///
    /// - Parameters:
    ///   - expected: The digest the bytes must have; MD5 is not enough.
    ///   - size: The length they must have, if it is known.
    ///   - producer: Hands the bytes, in order, to the sink it is given. What it throws is passed on.
    /// - Throws: `limit.too-large` for more bytes than promised, `digest.mismatch` for other or fewer bytes.
    @discardableResult
    public func store(
        expected: Digest,
        size: UInt64?,
        isolation: isolated (any Actor)? = #isolation,
        from producer: (_ sink: (UnsafeRawBufferPointer) throws -> Void) async throws -> Void
    ) async throws -> String {
        if let present = try path(of: expected, size: size) { return present }
        let place = try BlobPlace(expected)
        let writer = try BlobWriter(in: folder, expected: expected, size: size)
        defer { writer.discard() }
        try await producer { try writer.write($0) }
        try writer.commit(as: place)
        return root + "/" + place.path
    }

    /// Stores what a producer delivers under the digest that it turns out to have, for what nobody promised a digest of.
    ///
    /// - Parameters:
    ///   - maximumLength: More bytes than that are refused.
    ///   - producer: Hands the bytes, in order, to the sink it is given. What it throws is passed on.
    /// - Returns: the digest, where it is, and whether it was not there before.
    /// - Throws: `limit.too-large`.
    public func storeObserved(
        maximumLength: Int,
        isolation: isolated (any Actor)? = #isolation,
        from producer: (_ sink: (UnsafeRawBufferPointer) throws -> Void) async throws -> Void
    ) async throws -> (digest: Digest, path: String, isNew: Bool) {
        // The digest of nothing only names the temporary file.
        let writer = try BlobWriter(
            in: folder,
            expected: Digest.of([]),
            size: nil,
            subject: "a file for the cache"
        )
        defer { writer.discard() }
        var left = maximumLength
        try await producer { chunk in
            guard chunk.count <= left else {
                throw Refusal(
                    CoreCode.tooLarge,
                    "a file for the cache",
                    expected: "at most \(maximumLength) bytes"
                )
            }
            left -= chunk.count
            try writer.write(chunk)
        }
        let digest = writer.found
        let place = try BlobPlace(digest)
        // What lies there was perhaps altered since: what came just now takes its place then.
        let isNew = try path(of: digest, recheck: true) == nil
        if isNew { try writer.commit(as: place, knownAs: digest) }
        return (digest, root + "/" + place.path, isNew)
    }

    /// Removes a blob, if it is there. A process that has it open keeps it.
    public func remove(_ digest: Digest) throws {
        let place = try BlobPlace(digest)
        guard let parent = try folder.descend(place.folders, creating: false) else { return }
        guard unlinkat(parent.descriptor, place.name, 0) == 0 || errno == ENOENT else {
            throw OpenFile.failure("could not remove", root + "/" + place.path)
        }
    }

    private func open(_ place: BlobPlace) throws -> OpenFile? {
        guard let parent = try folder.descend(place.folders, creating: false) else { return nil }
        let file = try parent.file(place.name)
        file?.markUsed()
        return file
    }
}
