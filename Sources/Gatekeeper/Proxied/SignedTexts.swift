// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import DurableFiles
import Synchronization
import TUF
import Transport
import TrustCore

/// Makes the texts of verified indexes as files in the cache, each once, and keeps them open.
///
/// The largest index has 360 MB: it goes from the mirror to the disk, from there through the decompressor to the disk,
/// and is never in memory as a whole. Of each subdir the last two are kept; what is older goes from the cache, too,
/// and is made again if somebody still asks for it.
final class SignedTexts: Sendable {
    /// What a text is made of.
    struct Origin: Sendable {
        let target: TargetDescription
        let isCompressed: Bool
        let url: String
        let subdir: Subdir
    }

    private struct Known: Sendable {
        let target: Digest
        let trust: Digest?
        let text: SignedText
        let shown: SignedText
    }

    let cache: BlobCache
    private let known = Mutex<[Subdir: [Known]]>([:])

    init(_ cache: BlobCache) { self.cache = cache }

    /// Opens the text of an index, and the text that is passed on of it.
    ///
    /// - Parameter trust: who must sign the records; nil if nobody need.
    func open(_ origin: Origin, signedBy trust: RecordTrust?, over fetcher: some Fetcher) async throws
        -> (text: SignedText, shown: SignedText)
    {
        let target = origin.target.file.hashes.digests[0]
        let found = known.withLock { known in
            known[origin.subdir]?.first { $0.target == target && $0.trust == trust?.id }
        }
        if let found, Folder.exists(found.text.path), Folder.exists(found.shown.path) {
            return (found.text, found.shown)
        }
        let text = try await make(origin, target, signed: trust != nil, over: fetcher)
        var shown = text
        if let trust { shown = try await signedPart(of: text, trust, origin.subdir) }
        let made = Known(target: target, trust: trust?.id, text: text, shown: shown)
        try keep(made, of: origin.subdir)
        return (text, shown)
    }

    /// A text that is at hand, by its digest; nil if it was forgotten.
    func text(_ digest: Digest, of subdir: Subdir) -> SignedText? {
        known.withLock { known in known[subdir]?.first { $0.shown.digest == digest }?.shown }
    }

    private func keep(_ made: Known, of subdir: Subdir) throws {
        let (dropped, kept) = known.withLock { known -> ([Known], [Known]) in
            var list = known[subdir] ?? []
            list.removeAll { $0.target == made.target && $0.trust == made.trust }
            list.append(made)
            let dropped = Array(list.dropLast(2))
            known[subdir] = Array(list.suffix(2))
            return (dropped, known.values.flatMap { $0 })
        }
        let needed = Set(kept.flatMap { [$0.target, $0.text.digest, $0.shown.digest] })
        for digest in Set(dropped.flatMap { [$0.target, $0.text.digest, $0.shown.digest] })
        where !needed.contains(digest) {
            try cache.remove(digest)
        }
    }

    private func make(_ origin: Origin, _ target: Digest, signed: Bool, over fetcher: some Fetcher)
        async throws
        -> SignedText
    {
        let limit = SignedIndexReader.indexLimit
        let length = origin.target.file.length
        guard length <= UInt64(limit) else {
            throw Refusal(
                CoreCode.tooLarge,
                origin.target.path.text,
                expected: "at most \(limit) bytes",
                found: "\(length) bytes promised"
            )
        }
        // What became of our disk is not for the mirrors to answer for.
        let path =
            if let present = try cache.path(of: target, size: length, recheck: true) {
                present
            } else {
                try await fetch(origin, target, over: fetcher)
            }
        guard origin.isCompressed else {
            return try open(path, origin.target.path.text, origin.subdir, nil, signed: signed)
        }
        return try await Self.unpack(try stored(path, limit), origin, signed: signed, in: cache)
    }

    /// Decompresses a text into the cache, and reads it meanwhile.
    @concurrent
    private static func unpack(_ compressed: StoredBytes, _ origin: Origin, signed: Bool, in cache: BlobCache)
        async throws -> SignedText
    {
        let subject = origin.target.path.text
        let unpacked = try UnpackedIndex(compressed, of: subject, in: cache) { bytes in
            try RepodataFile(
                bytes,
                of: subject,
                subdir: origin.subdir,
                readSignatures: signed ? { try RecordSignatures.check($1, of: $0) } : nil
            )
        }
        return SignedText(path: unpacked.path, index: unpacked.index, compressed: unpacked.compressed)
    }

    /// Fetches what the signed metadata names, and checks each digest that it gives before anything is kept.
    private func fetch(_ origin: Origin, _ digest: Digest, over fetcher: some Fetcher) async throws -> String
    {
        let target = origin.target
        let length = target.file.length
        return try await cache.store(expected: digest, size: length) { sink in
            var digests = target.file.hashes.digests.map { StreamingDigest($0.algorithm) }
            let request = FetchRequest(origin.url, maximumLength: Int(clamping: length))
            let outcome = try await fetcher.fetch(request) { bytes in
                for at in digests.indices { digests[at].update(bytes) }
                try sink(bytes)
            }
            guard outcome == .complete else {
                throw Refusal(TUFCode.targetMissing, target.path.text, at: origin.url)
            }
            for digest in digests {
                do {
                    try target.verify(length: digest.byteCount, digest: digest.finish())
                } catch let refusal as Refusal {
                    throw refusal.located(at: origin.url)
                }
            }
        }
    }

    /// Opens a text, which reads it once; another than was expected is gone, and no text.
    func open(_ path: String, _ subject: String, _ subdir: Subdir, _ expected: Digest?, signed: Bool) throws
        -> SignedText
    {
        let index = try RepodataFile(
            try stored(path, SignedIndexReader.indexLimit),
            of: subject,
            subdir: subdir,
            readSignatures: signed ? { try RecordSignatures.check($1, of: $0) } : nil
        )
        guard expected == nil || expected == index.digest else {
            try cache.remove(expected ?? index.digest)
            throw Failure(.disk, "the index in the cache is not what was written there", at: path)
        }
        return SignedText(path: path, index: index, compressed: nil)
    }

    private func stored(_ path: String, _ limit: Int) throws -> StoredBytes {
        guard let bytes = try DurableFile.open(path, maximumLength: limit) else {
            throw Failure(.disk, "the index went from the cache while it was read", at: path)
        }
        return bytes
    }
}
