// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TUF
import Transport
import TrustCore

/// Updates from a repository, and looks targets up.
struct TUFClientJob {
    /// How look-ups are driven.
    enum Driver: String {
        /// One request after another.
        case sequential
        /// All at once, with many requests under way.
        case parallel
    }

    let driver: Driver
    let url: String
    let cache: String
    let root: String
    /// A file of paths, one a line, and how many of them to look up.
    let paths: String
    let count: Int

    /// The snapshot's version, how many targets were found, and their length.
    func run() async throws -> String {
        let fetcher = URLFetcher()
        let updater = Updater(
            trustedRoot: try TUFInputs.read(root),
            metadataURL: url,
            store: try DirectoryMetadataStore(cache),
            fetcher: fetcher,
            now: TUFInputs.now
        )
        try await updater.refresh()
        let found = count > 0 ? try await lookUp(updater) : []
        let snapshot = try await updater.trusted().snapshot?.role.version ?? 0
        await fetcher.shutdown()
        return "\(snapshot) \(found.count) \(found.reduce(0) { $0 + $1.file.length })"
    }

    private func lookUp(_ updater: Updater) async throws -> [TargetDescription] {
        let wanted = try TUFInputs.read(paths).split(separator: 0x0A).prefix(count)
            .map { try TUFInputs.path(String(decoding: $0, as: UTF8.self)) }
        switch driver {
        case .sequential:
            var found: [TargetDescription] = []
            for path in wanted { found.append(try await updater.requiredTarget(path)) }
            return found
        case .parallel: return try await updater.targets(wanted).compactMap { try $0.get() }
        }
    }
}
