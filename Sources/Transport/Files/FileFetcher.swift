// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Fetches `file:` URLs: channels on a disk, air-gapped mirrors.
///
/// A path is percent-decoded and opened as it is; symbolic links are followed, since the disk is the user's
/// own. Only regular files are read, so that no device or pipe blocks the program.
public struct FileFetcher: Fetcher {
    private let observer: (any TransferObserver)?

    /// Makes a fetcher.
    public init(observer: (any TransferObserver)? = nil) { self.observer = observer }

    /// Reads a file.
    ///
    /// - Throws: `limit.too-large`; a failure of kind `disk` or `configuration`; or whatever `receive`
    /// throws.
    public func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        let shown = RedactedURL(request.url)
        guard let path = Self.path(of: request.url) else {
            throw Failure(.configuration, "not the URL of a local file", at: shown.description)
        }
        guard let file = try OpenFile.reading(path) else { return .notFound }
        guard let length = try file.regularLength() else {
            throw Failure(.disk, "not a regular file", at: path, cause: TransferFault.file)
        }
        guard length <= UInt64(max(0, request.maximumLength)) else {
            throw Self.tooLarge(request, found: "\(length) bytes")
        }
        let transfer = Transfer(shown, expectedLength: Int(clamping: length))
        observer?.began(transfer)
        do {
            try read(file, request, transfer, receive)
        } catch {
            observer?.ended(transfer, completely: false)
            throw error
        }
        observer?.ended(transfer, completely: true)
        return .complete
    }

    private func read(
        _ file: OpenFile,
        _ request: FetchRequest,
        _ transfer: Transfer,
        _ receive: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var left = max(0, request.maximumLength)
        try file.readAll { chunk in
            guard !Task.isCancelled else {
                throw Failure(.cancelled, "the transfer was stopped", at: transfer.resource)
            }
            // The file may have grown since its length was asked for.
            guard chunk.count <= left else { throw Self.tooLarge(request, found: "more") }
            left -= chunk.count
            try receive(chunk)
            observer?.received(chunk.count, in: transfer)
        }
    }

    private static func tooLarge(_ request: FetchRequest, found: String) -> Refusal {
        let shown = RedactedURL(request.url).description
        return Refusal(
            CoreCode.tooLarge,
            shown,
            at: shown,
            expected: "at most \(request.maximumLength) bytes",
            found: found
        )
    }

    /// The path of a `file:` URL of this machine (RFC 8089); nil for anything else.
    static func path(of url: String) -> String? {
        guard let (scheme, rest) = WebAddress.split(url), scheme == "file" else { return nil }
        var path = rest
        if path.starts(with: Array("//".utf8)) {
            path = path.dropFirst(2)
            let host = path.prefix { $0 != 0x2F }
            guard host.isEmpty || host.elementsEqual("localhost".utf8) else { return nil }
            path = path.dropFirst(host.count)
        }
        guard path.first == 0x2F, !path.contains(0x3F), !path.contains(0x23) else { return nil }
        guard let decoded = PercentEncoding.decode(String(decoding: path, as: UTF8.self)) else { return nil }
        return decoded.utf8.contains(0) ? nil : decoded
    }
}
