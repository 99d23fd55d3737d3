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
    func hold(_ metadata: HeldMetadata, opening keys: [ProxiedIndexKey]) async throws
        -> [ProxiedIndexKey: any Error]
    {
        held = metadata
        return try await inTurn {
            _ = try await self.loadTrust()
            let answer = try await self.mirrors.withMirror("the last view") { mirror in
                do {
                    return Result<_, any Error>.success(try await self.readHeld(keys, from: mirror))
                } catch {
                    return .failure(error)
                }
            }
            metadata.allowMirrors()
            return try answer.get()
        }
    }

    private func readHeld(_ keys: [ProxiedIndexKey], from mirror: BoundMirror) async throws
        -> [ProxiedIndexKey: any Error]
    {
        let view = try await view(from: mirror)
        var broken: [ProxiedIndexKey: any Error] = [:]
        for key in keys {
            do {
                take(try await open(key, of: view, from: mirror), as: key)
            } catch {
                broken[key] = error
            }
        }
        reader = view
        return broken
    }

    // MARK: Forms

    /// Opens forms that are not open yet, all from one mirror.
    func open(_ keys: [ProxiedIndexKey]) async throws {
        guard keys.contains(where: { forms[$0] == nil }) else { return }
        try await inTurn {
            let missing = keys.filter { self.forms[$0] == nil }
            guard !missing.isEmpty else { return }
            _ = try await self.loadTrust()
            let (view, opened) = try await self.fromMirror("the signed index") { mirror in
                try await self.read(missing, from: mirror)
            }
            self.reader = view
            for (key, index) in opened { self.take(index, as: key) }
        }
    }

    private func read(_ keys: [ProxiedIndexKey], from mirror: BoundMirror) async throws
        -> (SignedIndexReader, [(ProxiedIndexKey, Index)])
    {
        var view = reader
        if view == nil { view = try await self.view(from: mirror) }
        guard let view else { preconditionFailure("a view was read just now") }
        var opened: [(ProxiedIndexKey, Index)] = []
        for key in keys { opened.append((key, try await open(key, of: view, from: mirror))) }
        return (view, opened)
    }

    private func open(_ key: ProxiedIndexKey, of view: SignedIndexReader, from mirror: BoundMirror)
        async throws
        -> Index
    {
        guard let proxied else { return .absent }
        let (subdir, trust) = (key.subdir, trust)
        do {
            switch key.form {
            case .text:
                let index = try await view.openText(
                    of: subdir,
                    from: mirror,
                    signedBy: trust,
                    in: proxied.texts
                )
                return index.map { .open($0) } ?? .absent
            case .shards:
                // Shards carry no signatures of records.
                guard trust == nil else { return .absent }
                let fresh = mirrors
                let index = try await view.openShards(of: subdir, from: mirror, in: proxied.shards) {
                    fresh.forgetting()
                }
                return index.map { .open($0) } ?? .absent
            }
        } catch let refusal as Refusal where RefusedIndex.isOwners(refusal) {
            return .open(RefusedIndex(refusal: refusal))
        }
    }

    private func take(_ index: Index, as key: ProxiedIndexKey) {
        forms[key] = index
        let known = ProxiedForm.allCases.compactMap { forms[ProxiedIndexKey(key.subdir, $0)] }
        let open = known.compactMap { if case .open(let index) = $0 { index } else { nil } }
        let good = open.filter { !($0 is RefusedIndex) }
        if !good.isEmpty {
            indexes[key.subdir] = .open(OpenForms(forms: good))
        } else if known.count == ProxiedForm.allCases.count {
            indexes[key.subdir] = open.first.map { .open($0) } ?? .absent
        }
    }

    /// Whether the whole text of a subdir was opened, and is no refusal.
    func hasText(of subdir: Subdir) -> Bool {
        if case .open(let index) = forms[ProxiedIndexKey(subdir, .text)] {
            index is SignedTextIndex
        } else {
            false
        }
    }

    /// Whether the shard index of a subdir was opened, and is no refusal.
    func hasShards(of subdir: Subdir) -> Bool {
        if case .open(let index) = forms[ProxiedIndexKey(subdir, .shards)] {
            index is SignedShardIndex
        } else {
            false
        }
    }

    /// Opens indexes for packages to be looked up in: by shards where the channel has them, which costs least.
    func openCheapest(_ subdirs: [Subdir]) async throws {
        for form in ProxiedForm.allCases {
            try await open(subdirs.filter { indexes[$0] == nil }.map { ProxiedIndexKey($0, form) })
        }
    }

    /// The whole text of a subdir that was opened; nil if the channel has none.
    ///
    /// - Throws: why it is refused, if that is the owner's doing.
    func textIndex(of subdir: Subdir) throws -> SignedTextIndex? {
        guard case .open(let index) = forms[ProxiedIndexKey(subdir, .text)] else { return nil }
        if let refused = index as? RefusedIndex { throw refused.refusal }
        return index as? SignedTextIndex
    }

    /// The shard index of a subdir that was opened; nil if the channel has none.
    ///
    /// - Throws: why it is refused, if that is the owner's doing.
    func shardIndex(of subdir: Subdir) throws -> SignedShardIndex? {
        guard case .open(let index) = forms[ProxiedIndexKey(subdir, .shards)] else { return nil }
        if let refused = index as? RefusedIndex { throw refused.refusal }
        return index as? SignedShardIndex
    }

    /// What the open forms of an index list under a file's name; nil if the channel has none.
    func entryShown(of file: ArchiveFileName, in subdir: Subdir) async throws -> IndexEntry? {
        guard case .open(let index) = indexes[subdir] else { return nil }
        return try await index.entry(of: file, mirrors: mirrors, cache: cache)
    }

    /// Opens an index anew whose text is not in the cache any more.
    func reopen(_ subdir: Subdir) async throws {
        let key = ProxiedIndexKey(subdir, .text)
        forms[key] = nil
        try await open([key])
    }

    private var openForms: [any SignedForm] {
        forms.values.compactMap { if case .open(let index) = $0 { index as? any SignedForm } else { nil } }
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
        let roles = openForms.map(\.fact.expires).filter { $0 > now }
        return ([reader?.horizon.moment, trust?.expires].compactMap { $0 } + roles).min()
    }

    /// The bytes of the roles that the session's view rests on.
    var roles: [RoleName: [UInt8]] {
        let names = Set(openForms.flatMap(\.fact.versions.keys) + ["timestamp", "snapshot", "targets"])
        return proxied?.store.contents.filter { names.contains($0.key.text) } ?? [:]
    }
}
