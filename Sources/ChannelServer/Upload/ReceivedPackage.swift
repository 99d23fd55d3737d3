// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Hummingbird
internal import NIOCore
internal import TrustCore

/// What a request says of a package before it comes.
struct PackageAnnouncement: Sendable {
    /// The file name.
    let fileName: ArchiveFileName
    /// The subdir that it was sent to; nil where the protocol names none.
    var subdir: Subdir?
    /// SHA-256, if the sender says it.
    var sha256: Digest?
    /// The length in bytes, if the sender says it.
    var length: UInt64?

    /// Takes what header fields or a query say.
    ///
    /// - Throws: a `name.…` code, or `server.request-malformed` for a digest that is none.
    init(fileName: String, sha256: String? = nil, length: UInt64? = nil) throws {
        self.fileName = try ArchiveFileName(fileName)
        self.length = length
        self.sha256 = try sha256.map { text in
            guard let digest = Digest(.sha256, hex: text) else {
                throw Refusal(
                    ServerCode.requestMalformed,
                    "the SHA-256 of `\(self.fileName.text)`",
                    expected: "64 hexadecimal digits"
                )
            }
            return digest
        }
    }
}

/// A package whose bytes come in: staged, counted, and compared with what was announced.
actor ReceivedPackage {
    /// What was announced.
    nonisolated let announcement: PackageAnnouncement
    /// The bytes so far.
    nonisolated let staged: any StagedBlob
    private let limit: UInt64
    private let room: @Sendable (UInt64) throws -> Void
    private var count: UInt64 = 0
    /// Up to which count there is known to be room.
    private var roomUntil = roomStep
    /// After how many bytes it is asked again whether there is room: others write to the disk, too.
    private static let roomStep: UInt64 = 16 << 20

    /// - Parameter room: throws where so many bytes more would be too much for the disk.
    init(
        _ announcement: PackageAnnouncement,
        staged: any StagedBlob,
        limit: UInt64,
        room: @escaping @Sendable (UInt64) throws -> Void = { _ in }
    ) {
        self.announcement = announcement
        self.staged = staged
        self.limit = limit
        self.room = room
    }

    /// Takes bytes.
    ///
    /// - Throws: `upload.too-large`, `upload.storage-full`.
    func write(_ bytes: ByteBuffer) async throws {
        let (sum, overflow) = count.addingReportingOverflow(UInt64(bytes.readableBytes))
        guard !overflow, sum <= limit else { throw Self.tooLarge(announcement.fileName, limit) }
        count = sum
        if count >= roomUntil {
            try room(Self.roomStep)
            roomUntil = count + Self.roomStep
        }
        try await staged.write(bytes)
    }

    /// Ends it.
    ///
    /// - Throws: `upload.length` or `upload.digest` if it is not what was announced.
    func finish() async throws -> BlobDigest {
        let blob = try await staged.finish()
        if let length = announcement.length, length != blob.size {
            throw Refusal(
                UploadCode.length,
                announcement.fileName.text,
                expected: "\(length) bytes",
                found: "\(blob.size) bytes"
            )
        }
        if let sha256 = announcement.sha256, sha256 != blob.sha256 {
            throw Refusal(
                UploadCode.digest,
                announcement.fileName.text,
                expected: sha256.hex,
                found: blob.sha256.hex
            )
        }
        return blob
    }

    static func tooLarge(_ name: ArchiveFileName, _ limit: UInt64) -> Refusal {
        Refusal(UploadCode.tooLarge, name.text, expected: "at most \(limit) bytes")
    }
}
