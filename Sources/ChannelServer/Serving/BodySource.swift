// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import Hummingbird
internal import NIOCore
internal import NIOPosix
internal import TrustCore

/// Bytes that are to follow in answers: at hand, or in a file that is open and stays what it is, whatever becomes of its name.
enum BodySource: Sendable {
    case buffer(ByteBuffer)
    case file(OpenFile, NIOThreadPool)

    /// How much is given to the kernel, or read, at a time.
    static let pieceSize = 4 << 20
    static let readSize = 512 << 10

    /// Writes a part into an answer.
    ///
    /// - Parameter connection: where files can be sent as files; nil where they have to be read.
    func write(
        _ range: Range<UInt64>,
        to writer: inout any ResponseBodyWriter,
        _ connection: (any Channel)?
    ) async throws {
        let range = Int(range.lowerBound)..<Int(range.upperBound)
        switch self {
        case .buffer(let buffer):
            guard let slice = buffer.getSlice(at: range.lowerBound, length: range.count) else {
                throw Failure(.disk, "a file that the server keeps is shorter than it was")
            }
            try await writer.write(slice)
        case .file(let file, let threads):
            for piece in Self.pieces(of: range, connection == nil ? Self.readSize : Self.pieceSize) {
                guard let connection else {
                    try await writer.write(try await Self.read(file, piece, threads))
                    continue
                }
                try await connection.triggerUserOutboundEvent(FileBody(file: file, range: piece))
            }
        }
    }

    private static func read(_ file: OpenFile, _ range: Range<Int>, _ threads: NIOThreadPool) async throws
        -> ByteBuffer
    {
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
