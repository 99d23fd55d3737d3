// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One blob on its way into the cache.
final class BlobWriter {
    private let expected: Digest
    private let size: UInt64?
    /// What is refused, in messages.
    private let subject: String
    private let endless: UInt64
    private let root: CacheFolder
    private let folder: CacheFolder
    private let file: OpenFile
    private let name: String
    private var hasher: StreamingDigest
    private var isDone = false

    /// More bytes than any honest file has of which no length is promised.
    static let endlessLength: UInt64 = 512 << 20

    convenience init(in root: CacheFolder, expected: Digest, size: UInt64?, subject: String? = nil) throws {
        guard let folder = try root.descend([CacheLeftovers.folder], creating: true) else {
            throw Failure(.disk, "could not make a folder for temporary files", at: root.path)
        }
        let (file, name) = try Self.temporaryFile(in: folder, for: expected)
        self.init(
            to: file,
            named: name,
            in: folder,
            of: root,
            expected: expected,
            size: size,
            subject: subject
        )
    }

    /// Writes to a file that is open already.
    ///
    /// - Parameter endless: how many bytes are too many for a full disk to be nobody's fault.
    init(
        to file: OpenFile,
        named name: String,
        in folder: CacheFolder,
        of root: CacheFolder,
        expected: Digest,
        size: UInt64?,
        subject: String? = nil,
        endless: UInt64 = endlessLength
    ) {
        self.expected = expected
        self.size = size
        self.subject = subject ?? expected.description
        self.endless = endless
        self.root = root
        self.folder = folder
        self.file = file
        self.name = name
        hasher = StreamingDigest(expected.algorithm)
    }

    /// Ends the lock, which would last as long as a child that was just forked has the descriptor, too.
    deinit { flock(file.descriptor, LOCK_UN) }

    /// Takes more bytes, up to the promised size.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        if let size, UInt64(bytes.count) > size - min(size, hasher.byteCount) {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "\(size) bytes",
                found: "more than \(size) bytes"
            )
        }
        hasher.update(bytes)
        do {
            try file.writeAll(bytes)
        } catch let failure as Failure
            where size == nil && hasher.byteCount > endless
            && (failure.cause as? TransferFault) == .noSpace
        {
            // Nothing promises when this ends. A sender who goes on until the disk is full is left for another,
            // whose bytes may fit; where a length is promised, or little came, a full disk is nobody's fault but ours.
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "a file that fits on the disk, since no length is promised",
                found: "\(hasher.byteCount) bytes and no end before the disk was full",
                cause: failure
            )
        }
    }

    /// Checks the bytes, makes them durable, and gives them their name.
    func commit(as place: BlobPlace) throws {
        let found = hasher.finish()
        if let size, hasher.byteCount != size {
            throw Refusal(
                CoreCode.digestMismatch,
                expected.description,
                expected: "\(expected), \(size) bytes",
                found: "\(found), \(hasher.byteCount) bytes"
            )
        }
        try expected.check(found, of: expected.description)
        try name(place)
    }

    /// The digest of what was written so far.
    var found: Digest { hasher.finish() }

    /// Makes bytes of which nothing was promised durable, and gives them the name of the digest that they have.
    func commit(as place: BlobPlace, knownAs digest: Digest) throws {
        try digest.check(found, of: digest.description)
        try name(place)
    }

    /// The file, to be written by others who know what comes in.
    func underWay(length: Int) -> BlobUnderWay { BlobUnderWay(file, length: length) }

    private func name(_ place: BlobPlace) throws {
        try file.synchronise()
        guard let target = try nameWithoutSync(place) else { return }
        guard fsync(target.descriptor) == 0 else { throw OpenFile.failure("could not save", target.path) }
    }

    /// Gives the file the name of a digest that somebody else found.
    @discardableResult
    func nameWithoutSync(_ place: BlobPlace) throws -> CacheFolder? {
        guard let target = try root.descend(place.folders, creating: true) else { return nil }
        guard renameat(folder.descriptor, name, target.descriptor, place.name) == 0 else {
            throw OpenFile.failure("could not name a blob", target.path + "/" + place.name)
        }
        isDone = true
        return target
    }

    /// Removes the temporary file of a blob that was not committed.
    func discard() {
        guard !isDone else { return }
        isDone = true
        unlinkat(folder.descriptor, name, 0)
    }

    /// Makes and locks a file that no other process has. One that was swept away between the two is made
    /// again.
    private static func temporaryFile(in folder: CacheFolder, for digest: Digest) throws -> (OpenFile, String)
    {
        for _ in 0..<100 {
            let name = "\(digest.hex.prefix(16)).\(getpid()).\(UInt64.random(in: .min ... .max))"
            let descriptor = openat(
                folder.descriptor,
                name,
                O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                mode_t(0o600)
            )
            guard descriptor >= 0 else {
                if errno == EEXIST { continue }
                throw OpenFile.failure("could not make a temporary file", folder.path + "/" + name)
            }
            let file = OpenFile(owning: descriptor, folder.path + "/" + name)
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_nlink == 1 { return (file, name) }
        }
        throw Failure(.disk, "could not make a temporary file", at: folder.path, cause: TransferFault.file)
    }
}
