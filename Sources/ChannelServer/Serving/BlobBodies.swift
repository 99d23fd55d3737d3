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
    /// How much is given to the kernel, or read, at a time.
    static let pieceSize = 4 << 20
    static let readSize = 512 << 10
    /// What of a store that has no files is read as a whole.
    static let remoteLimit = 64 << 20

    init(_ blobs: any BlobStore, threads: NIOThreadPool = .singleton, memory: BlobMemory = BlobMemory()) {
        self.blobs = blobs
        self.threads = threads
        self.memory = memory
    }

    /// A part of a blob, to be read later.
    enum Source: Sendable {
        case buffer(ByteBuffer)
        case file(OpenFile)
    }

    /// Finds a blob's bytes before anything is answered, so that a blob that is not there is no answer cut
    /// short.
    func source(_ resource: ServedResource) async throws -> Source {
        if let buffer = memory[resource.blob] { return .buffer(buffer) }
        guard let path = blobs.localPath(of: resource.blob) else {
            let bytes = try await blobs.bytes(of: resource.blob, maximumLength: Self.remoteLimit)
            return .buffer(ByteBuffer(bytes: bytes))
        }
        let isSmall = resource.size <= Self.smallSize
        let source: Source = try await threads.runIfActive {
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
            guard isSmall else { return .file(file) }
            return .buffer(ByteBuffer(bytes: try file.readAll(maximumLength: Int(resource.size))))
        }
        if isSmall, case .buffer(let buffer) = source { memory[resource.blob] = buffer }
        return source
    }

    /// Writes a part into an answer.
    ///
    /// - Parameter connection: where files can be sent as files; nil where they have to be read.
    func write(
        _ source: Source,
        _ range: Range<UInt64>,
        to writer: inout any ResponseBodyWriter,
        _ connection: (any Channel)?
    ) async throws {
        let range = Int(range.lowerBound)..<Int(range.upperBound)
        switch source {
        case .buffer(let buffer):
            guard let slice = buffer.getSlice(at: range.lowerBound, length: range.count) else {
                throw Failure(.disk, "a file that the server keeps is shorter than it was")
            }
            try await writer.write(slice)
        case .file(let file):
            for piece in Self.pieces(of: range, connection == nil ? Self.readSize : Self.pieceSize) {
                guard let connection else {
                    try await writer.write(try await read(file, piece))
                    continue
                }
                try await connection.triggerUserOutboundEvent(FileBody(file: file, range: piece))
            }
        }
    }

    private func read(_ file: OpenFile, _ range: Range<Int>) async throws -> ByteBuffer {
        try await threads.runIfActive {
            let bytes = try file.stored().read(range)
            guard bytes.count == range.count else {
                throw Failure(.disk, "a file that the server keeps is shorter than it was", at: file.path)
            }
            return ByteBuffer(bytes: bytes)
        }
    }

    private static func pieces(of range: Range<Int>, _ size: Int) -> some Sequence<Range<Int>> {
        stride(from: range.lowerBound, to: range.upperBound, by: size).lazy.map {
            $0..<min($0 + size, range.upperBound)
        }
    }
}
