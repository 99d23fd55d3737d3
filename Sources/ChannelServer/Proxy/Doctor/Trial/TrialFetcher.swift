// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization
internal import TrustCore

/// Where a trial's channel is fetched from: memory, and nothing else is reached.
final class TrialFetcher: Fetcher {
    private let url: String
    private let files: Mutex<[String: [UInt8]]>

    /// - Parameter url: the channel's.
    init(_ url: String, _ files: [String: [UInt8]]) {
        self.url = url
        self.files = Mutex(files)
    }

    /// Has other files from now on.
    func show(_ files: [String: [UInt8]]) { self.files.withLock { $0 = files } }

    func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        guard request.url.hasPrefix(url + "/") else { return .notFound }
        let path = String(request.url.dropFirst(url.count + 1))
        guard let bytes = files.withLock({ $0[path] }) else { return .notFound }
        guard bytes.count <= request.maximumLength else {
            throw Refusal(CoreCode.tooLarge, path, expected: "at most \(request.maximumLength) bytes")
        }
        try bytes.withUnsafeBytes(receive)
        return .complete
    }
}
