// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import TrustCore

extension HTTPServiceCaller {
    /// Sends a file with POST, a piece at a time, and answers what comes back, refusals included.
    ///
    /// A service may answer before all is sent; then the rest is not.
    ///
    /// - Parameter sent: is told of each piece of the file how many bytes it has.
    /// - Throws: as ``send(_:)``.
    public func send(
        _ upload: FileUpload,
        sent: @escaping @Sendable (Int) -> Void
    ) async throws -> ServiceResponse {
        let body = UploadedBytes(upload, sent)
        return try await exchange(upload.url, maximumLength: upload.maximumLength, within: nil) { request in
            request.method = .POST
            for (name, value) in upload.headers { request.headers.add(name: name, value: value) }
            request.body = .stream(body, length: .known(Int64(clamping: body.length)))
        }
    }
}

/// The body of an upload, read from its file as it is sent.
private struct UploadedBytes: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private static let piece = 256 << 10
    private let upload: FileUpload
    private let sent: @Sendable (Int) -> Void

    init(_ upload: FileUpload, _ sent: @escaping @Sendable (Int) -> Void) {
        self.upload = upload
        self.sent = sent
    }

    var length: Int { upload.before.count + upload.file.length + upload.after.count }

    func makeAsyncIterator() -> Iterator { Iterator(upload: upload, sent: sent) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let upload: FileUpload
        fileprivate let sent: @Sendable (Int) -> Void
        private var step = 0
        private var at = 0

        fileprivate init(upload: FileUpload, sent: @escaping @Sendable (Int) -> Void) {
            self.upload = upload
            self.sent = sent
        }

        mutating func next() async throws -> ByteBuffer? {
            if step == 0 {
                step = 1
                if !upload.before.isEmpty { return ByteBuffer(bytes: upload.before) }
            }
            if at < upload.file.length {
                let end = Swift.min(at + UploadedBytes.piece, upload.file.length)
                let bytes = try upload.file.read(at..<end)
                at = end
                sent(bytes.count)
                return ByteBuffer(bytes: bytes)
            }
            guard step == 1, !upload.after.isEmpty else { return nil }
            step = 2
            return ByteBuffer(bytes: upload.after)
        }
    }
}
