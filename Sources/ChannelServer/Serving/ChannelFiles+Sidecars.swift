// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

extension ChannelFiles {
    /// The attestations of a package file (CEP 50): a blob, and how its address caches.
    struct Sidecar: Sendable, Hashable {
        let blob: Digest
        let caching: ServedResource.Caching
        let modified: Timestamp

        /// What is served, once it is known how long it is.
        func resource(size: UInt64) -> ServedResource {
            ServedResource(
                blob: blob,
                size: size,
                mediaType: "application/json",
                caching: caching,
                modified: modified
            )
        }
    }

    /// The endings of attestations' addresses: what today's servers use, and CEP 50's.
    private static let endings = [".v0.sigs", ".sigs"]

    /// The attestations of `FILE.sigs`, `FILE.sigs.<sha256>` or `FILE.v0.sigs`; nil where the name is no such
    /// thing, or there are none.
    static func attestations(
        _ name: String,
        _ subdir: Subdir,
        _ channel: HostedChannel,
        _ transaction: any ReadTransaction
    ) throws -> Sidecar? {
        guard let (package, digest) = split(name), let fileName = try? ArchiveFileName(package),
            let file = try transaction.file(fileName, in: subdir, of: channel.id), file.state != .removed,
            let attestations = file.attestations, digest == nil || digest == attestations.hex
        else { return nil }
        let isPrivate = channel.visibility != .everybody
        return Sidecar(
            blob: attestations,
            caching: digest == nil
                ? .seconds(mutableSeconds, isPrivate: isPrivate) : .forever(isPrivate: isPrivate),
            modified: Timestamp(seconds: Int64(clamping: file.acceptedAt / 1000))
        )
    }

    private static func split(_ name: String) -> (package: String, digest: String?)? {
        let bytes = Array(name.utf8)
        func before(_ count: Int) -> String { String(decoding: bytes.dropLast(count), as: UTF8.self) }
        for ending in endings where bytes.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
            return (before(ending.utf8.count), nil)
        }
        guard bytes.count > 70, bytes.dropLast(64).suffix(6).elementsEqual(".sigs.".utf8) else { return nil }
        return (before(70), String(decoding: bytes.suffix(64), as: UTF8.self))
    }
}
