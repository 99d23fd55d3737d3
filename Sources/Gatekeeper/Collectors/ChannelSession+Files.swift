// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore
import TrustPolicy

/// Files that the index names by their digests, so that any mirror may have them.
extension ChannelSession {
    /// Fetches and verifies the attestations of a file with this digest.
    func attestations(_ url: PackageURL, _ entry: IndexEntry, sha256: Digest) async throws
        -> CollectedAttestations
    {
        try await collector.collect(
            try package(
                url,
                baseURL: entry.baseURL,
                sha256: sha256,
                promised: entry.record?.attestationsSHA256
            )
        )
    }

    /// Fetches the file of attestations that a record promises, and checks nothing but its digest; nil if none is
    /// promised.
    func sidecar(_ url: PackageURL, _ record: PackageRecord, baseURL: String?) async throws -> [UInt8]? {
        guard let sha256 = record.sha256, let promised = record.attestationsSHA256 else { return nil }
        return try await collector.sidecar(
            of: try package(url, baseURL: baseURL, sha256: sha256, promised: promised)
        )
    }

    private var collector: AttestationCollector {
        AttestationCollector(mirrors: mirrors, cache: cache) { try await self.verifier.value }
    }

    private func package(_ url: PackageURL, baseURL: String?, sha256: Digest, promised: Digest?) throws
        -> AttestationCollector.Package
    {
        // CEP 15: a sidecar is where its package is.
        let location = try PackageLocation(channel: channel.url, subdir: url.subdir, baseURL: baseURL)
        return AttestationCollector.Package(
            fileName: url.fileName.text,
            sha256: sha256,
            path: try channel.url.path(of: location.url(of: url.fileName)),
            promised: promised
        )
    }

    /// Downloads a package into the cache, from the first mirror that serves the promised bytes.
    func download(_ url: PackageURL, _ entry: IndexEntry, sha256: Digest) async throws -> String {
        let location = try PackageLocation(channel: channel.url, subdir: url.subdir, baseURL: entry.baseURL)
        let path = try channel.url.path(of: location.url(of: url.fileName))
        return try await mirrors.fetch(
            path,
            expected: sha256,
            size: entry.maintainers?.file?.length ?? entry.record?.size,
            maximumLength: entry.record?.size == nil ? Self.unpromisedLimit : Self.packageLimit,
            into: cache
        )
    }

    /// Larger packages than this are not fetched, whatever the index says.
    private static let packageLimit = 64 << 30
    /// The same where the index promises no length, as old channels do: whoever sends without end costs no more
    /// of the disk than this.
    private static let unpromisedLimit = 4 << 30
}
