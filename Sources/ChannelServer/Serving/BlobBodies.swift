// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import Hummingbird
internal import NIOCore
internal import NIOPosix
internal import TrustCore

/// Makes bodies of answers from blobs: small ones from memory, if they were wanted lately, large ones as
/// files.
///
/// A blob's file is opened without following a link, and must have the length that the database knows. That
/// its bytes have the digest is not asked for each download: what was stored is never changed (see
/// ``BlobStore``), and clients check.
final class BlobBodies: Sendable {
    private let blobs: any BlobStore
    private let memory: BlobMemory
    private let threads: NIOThreadPool

    /// What is at most that long is kept in memory for the next one who wants it.
    static let smallSize: UInt64 = 256 << 10
    /// What of a store that has no files is read as a whole.
    static let remoteLimit = 64 << 20

    init(_ blobs: any BlobStore, threads: NIOThreadPool = .singleton, memory: BlobMemory = BlobMemory()) {
        self.blobs = blobs
        self.threads = threads
        self.memory = memory
    }

    /// Finds a blob's bytes before anything is answered, so that a blob that is not there is no answer cut
    /// short.
    func source(_ resource: ServedResource) async throws -> BodySource {
        if let buffer = memory[resource.blob] { return .buffer(buffer) }
        guard let path = blobs.localPath(of: resource.blob) else {
            let bytes = try await blobs.bytes(of: resource.blob, maximumLength: Self.remoteLimit)
            return .buffer(ByteBuffer(bytes: bytes))
        }
        let isSmall = resource.size <= Self.smallSize
        let source: BodySource = try await threads.runIfActive { [threads] in
            guard let file = try OpenFile(readingIfThere: path, followingLinks: false),
                UInt64(exactly: try file.length()) == resource.size
            else {
                throw Failure(
                    .disk,
                    "a file that the server keeps is not there, or has another length than it had",
                    at: path,
                    remedy: "restore the folder of blobs from the last backup"
                )
            }
            guard isSmall else { return .file(file, threads) }
            return .buffer(ByteBuffer(bytes: try file.readAll(maximumLength: Int(resource.size))))
        }
        if isSmall, case .buffer(let buffer) = source { memory[resource.blob] = buffer }
        return source
    }
}
