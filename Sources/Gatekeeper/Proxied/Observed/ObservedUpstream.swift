// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import Sigstore
import Transport
import TrustCore
import TrustPolicy

/// A channel that signs nothing, of which all that can be checked is that it stays as this machine saw it first, that
/// it does not go back, and that others who mirror it list the same.
///
/// Whoever served its index when it was first seen decided what it holds: see ``Ledger``. Files of the first index of all
/// have no time at which they were first seen, for nothing is known of what was there before: a cooldown must judge them
/// by what their records say of themselves, and protects by what was seen from the second index on.
public struct ObservedUpstream: AdmittingChannel {
    /// The channel's canonical address.
    public var url: ChannelURL { configuration.channel }
    let configuration: ObservedConfiguration
    let cache: BlobCache
    let views: ObservedViews
    let compared: ComparedMirrors
    let inspected = InspectedArchives()

    /// Opens the channel's cache. Nothing is asked of the channel yet, and nothing is read.
    public init(_ configuration: ObservedConfiguration) throws {
        self.configuration = configuration
        cache = try BlobCache(at: configuration.cacheDirectory)
        views = ObservedViews(configuration, cache: cache)
        compared = ComparedMirrors(configuration, cache: cache)
    }

    /// The newest view. Subdirs are read when they are asked for; those that were read before are confirmed.
    ///
    /// A channel of which nothing was ever read is not asked at all.
    /// - Throws: `ledger.rollback`, `ledger.view-too-old`, `ledger.damaged`, what reading an index throws, or a `Failure`.
    public func view() async throws -> UpstreamView { try await views.view() }

    /// Verifies a package as far as that can be done where nobody signs: see ``Policy/observed``.
    ///
    /// Of a package that the index gives only an MD5 of, the bytes that were first fetched count from then on.
    public func admit(_ file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws
        -> Admission
    {
        guard let listing = try await views.listing(of: file, in: subdir, of: view) else {
            throw Refusal(GateCode.indexMissing, subdir.text, at: url.description)
        }
        let package = PackageURL(channel: url, subdir: subdir, fileName: file)
        return try await ObservedAdmission(self, package, listing, view: view.id).decide()
    }

    /// The bytes of a package's attestations, by the digest that the index promises.
    public func sidecar(of file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws
        -> [UInt8]?
    {
        guard let entry = try await views.listing(of: file, in: subdir, of: view)?.entry,
            let promised = entry.record?.attestationsSHA256
        else { return nil }
        let place = try PackageLocation(channel: url, subdir: subdir, baseURL: entry.baseURL)
        let limit = Sigstore.Sidecar.maximumLength
        _ = try await configuration.sources().fetch(
            Sigstore.Sidecar.fileName(of: url.path(of: place.url(of: file)), promised),
            expected: promised,
            size: nil,
            maximumLength: limit,
            into: cache
        )
        return try cache.bytes(of: promised, maximumLength: limit)
    }
}
