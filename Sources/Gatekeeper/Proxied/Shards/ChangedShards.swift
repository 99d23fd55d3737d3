// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore
public import TrustPolicy

/// The shards of a channel that signs nothing in which files may be listed whose hash is another one than this machine saw
/// first, as far as it knows by now: what a shard lists is known when somebody asked for it, or read it in a whole index.
public struct ChangedShards: Sendable {
    /// None: for an index that is signed, and where a change is only worth a warning.
    public static let none = ChangedShards([]) { _ in [:] }

    /// The packages that they are of. Not all of these need have such a file now.
    public let packages: Set<PackageName>
    /// Stands for the packages.
    public let fingerprint: Digest
    private let find: @Sendable ([PackageRecord]) async throws -> [ArchiveFileName: Finding]

    /// - Parameter find: compares records with what was seen; asked about shards that were written down.
    init(
        _ packages: Set<PackageName>,
        find: @escaping @Sendable ([PackageRecord]) async throws -> [ArchiveFileName: Finding]
    ) {
        self.packages = packages
        fingerprint = Digest.of(Array(packages.sorted().map { $0.normalized + "\n" }.joined().utf8))
        self.find = find
    }

    /// What stands against the files of one of the packages.
    public func findings(on records: [PackageRecord]) async throws -> [ArchiveFileName: Finding] {
        packages.isEmpty ? [:] : try await find(records)
    }
}
