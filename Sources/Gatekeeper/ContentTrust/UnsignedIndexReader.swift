// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import Transport
import TrustCore

/// Reads the indexes of a channel that is pinned to a root of conda content trust only: whatever index a mirror shows,
/// of which nothing but the signed records is believed.
///
/// TUF metadata and roots of other formats that the channel may show as well are not looked at: they were not pinned.
struct UnsignedIndexReader {
    /// The longest `repodata.json`, decompressed, that is read: nobody signed how long it is, and the largest channel
    /// has 363 MB.
    static let indexLimit = 1 << 30
    /// The longest compressed one.
    static let compressedLimit = 512 << 20

    let channel: ChannelURL
    let trust: RecordTrust

    /// Fetches a subdir's index, compressed if there is one in that form.
    ///
    /// - Throws: `gate.repodata-missing`, `gate.outside-channel`, what reading an index throws, or a `Failure`.
    func open(_ subdir: Subdir, from mirror: BoundMirror) async throws -> WholeIndex {
        let path = "\(subdir.text)/repodata.json"
        let text: [UInt8]
        if let bytes = try await bytes(path + ".zst", Self.compressedLimit, mirror) {
            text = try Zstd.decompress(bytes, maximumLength: Self.indexLimit, of: path + ".zst")
        } else if let bytes = try await bytes(path, Self.indexLimit, mirror) {
            text = bytes
        } else {
            throw Refusal(GateCode.repodataMissing, path, at: mirror.name)
        }
        let index = try RepodataIndex(text, of: path, subdir: subdir)
        // `info` is not signed: a mirror that leads elsewhere by it is left for the next one.
        let place = try PackageLocation(channel: channel, subdir: subdir, baseURL: index.info.baseURL)
        _ = try channel.path(of: place.folderWithCredentials + "/")
        return WholeIndex(
            fact: nil,
            repodata: index,
            signers: try RecordCheck(trust, of: index, subdir: subdir)
        )
    }

    private func bytes(_ path: String, _ limit: Int, _ mirror: BoundMirror) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        let outcome = try await mirror.fetch(path, maximumLength: limit) { bytes.append(contentsOf: $0) }
        return outcome == .complete ? bytes : nil
    }
}
