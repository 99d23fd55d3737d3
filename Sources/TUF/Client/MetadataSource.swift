// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Where an update's requests to the repository go.
enum MetadataSource: Sendable {
    /// To a server or a folder.
    case repository(url: String, fetcher: any Fetcher, budget: ByteBudget)
    /// Nowhere: what earlier updates stored is all there is.
    case offline

    /// The address of a file of the repository, for messages.
    func location(of fileName: String) -> String {
        switch self {
        case .repository(let url, _, _): url + fileName
        case .offline: "the trusted metadata of earlier updates"
        }
    }

    /// Finds a file of the repository; nil if it is explicitly not there.
    ///
    /// - Throws: a `Refusal` with `limit.too-large` or `tuf.update-too-large`, or a `Failure`.
    func find(
        _ fileName: String,
        maximumLength: Int,
        for request: MetadataRequest,
        in store: any MetadataStore
    ) async throws -> [UInt8]? {
        switch self {
        case .repository(let url, let fetcher, let budget):
            var bytes: [UInt8] = []
            let wanted = FetchRequest(url + fileName, maximumLength: maximumLength)
            let outcome = try await fetcher.fetch(wanted) { chunk in
                try budget.take(chunk.count, for: "`\(fileName)`")
                bytes.append(contentsOf: chunk)
            }
            return outcome == .complete ? bytes : nil
        case .offline:
            if let bytes = try store.read(request.stored) { return bytes }
            // That the store knows no newer root ends the chain of roots, as a server's "not found" does.
            if case .root = request.subject { return nil }
            throw Failure(
                .network,
                "offline, and earlier updates did not store `\(fileName)`",
                remedy: "update once while the channel can be reached"
            )
        }
    }
}
