// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TUF
import Transport
import TrustCore
import TrustPolicy

/// A session whose view is passed on.
extension ChannelSession {
    /// Refreshes the metadata from the first mirror that gives it current and correctly signed, and opens no index yet.
    func refresh() async throws {
        try await inTurn {
            guard self.reader == nil else { return }
            try await self.read([])
        }
    }

    /// Reads the channel by metadata of an earlier refresh, and opens indexes of it that are at hand. No mirror is asked
    /// meanwhile, and none is blamed; later they are asked for files that the metadata names.
    ///
    /// - Returns: why indexes could not be opened.
    func hold(_ metadata: HeldMetadata, opening subdirs: [Subdir]) async throws -> [Subdir: any Error] {
        held = metadata
        return try await inTurn {
            _ = try await self.loadTrust()
            let answer = try await self.mirrors.withMirror("the last view") { mirror in
                do {
                    return Result<_, any Error>.success(try await self.readHeld(subdirs, from: mirror))
                } catch {
                    return .failure(error)
                }
            }
            metadata.allowMirrors()
            return try answer.get()
        }
    }

    private func readHeld(_ subdirs: [Subdir], from mirror: BoundMirror) async throws -> [Subdir: any Error] {
        let view = try await view(from: mirror)
        var broken: [Subdir: any Error] = [:]
        for subdir in subdirs {
            do {
                let index = try await open(subdir, of: view, from: mirror)
                indexes[subdir] = index.map { .open($0) } ?? .absent
            } catch {
                broken[subdir] = error
            }
        }
        reader = view
        return broken
    }

    /// The index of a subdir that was opened; nil if the channel has none.
    ///
    /// - Throws: why it is refused, if that is the owner's doing.
    func textIndex(of subdir: Subdir) throws -> SignedTextIndex? {
        guard case .open(let index) = indexes[subdir] else { return nil }
        if let refused = index as? RefusedIndex { throw refused.refusal }
        return index as? SignedTextIndex
    }

    /// Opens an index anew whose text is not in the cache any more.
    func reopen(_ subdir: Subdir) async throws {
        indexes[subdir] = nil
        try await open([subdir])
    }

    private var openTexts: [SignedTextIndex] {
        indexes.values.compactMap {
            guard case .open(let index as SignedTextIndex) = $0 else { return nil }
            return index
        }
    }

    /// Which state of the channel the session reads: the TUF root and snapshot, and who may sign records.
    var viewID: Digest? {
        guard let reader else { return nil }
        guard let trust else { return reader.id }
        return Digest.of(Array("\(reader.id) \(trust.id)".utf8))
    }

    /// Until when what the session was asked for can be relied on: the earliest end of root, timestamp, snapshot, targets,
    /// the roles of the subdirs that were opened, and who may sign records. An index whose role was over from the start
    /// is refused by itself.
    var goodUntil: Timestamp? {
        let roles = openTexts.map(\.fact.expires).filter { $0 > now }
        return ([reader?.horizon.moment, trust?.expires].compactMap { $0 } + roles).min()
    }

    /// The bytes of the roles that the session's view rests on.
    var roles: [RoleName: [UInt8]] {
        let names = Set(openTexts.flatMap(\.fact.versions.keys) + ["timestamp", "snapshot", "targets"])
        return proxied?.store.contents.filter { names.contains($0.key.text) } ?? [:]
    }
}
