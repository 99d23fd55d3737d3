// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import Transport
import TrustCore
import TrustPolicy

/// A channel whose records are signed, by conda content trust.
///
/// Who may sign them is found out once a run, before any index is read. Where nobody signs the index, each mirror may
/// show another one: then a record is looked for elsewhere if the first one's is refused.
extension ChannelSession {
    /// Who may sign the channel's records; nil if its pin does not demand that anybody does.
    func loadTrust() async throws -> RecordTrust? {
        guard let anchor = channel.contentTrust else { return nil }
        if let trust { return trust }
        let store = try ContentTrustStore(channel.contentTrustDirectory)
        if held != nil {
            // What was verified of it before: no mirror is asked, and none is to blame.
            let kept = try await RecordTrust(anchor, store: store, from: KeptTrust(store), at: "", now: now)
            trust = kept
            return kept
        }
        let loaded = try await read("the channel's content trust", from: trustMirrors) { mirror in
            let source = MetadataSource(
                mirror,
                folder: "/",
                time: self.metadataTime,
                uptime: self.uptime
            )
            do {
                return try await RecordTrust(
                    anchor,
                    store: store,
                    from: source,
                    at: mirror.canonical,
                    now: self.now
                )
            } catch let refusal as Refusal {
                throw refusal.located(at: mirror.name)
            }
        }
        trust = loaded
        return loaded
    }

    /// Reads indexes that nobody signs, each from the first mirror that has one.
    func readUnsigned(_ subdirs: [Subdir], _ trust: RecordTrust) async throws {
        let reader = UnsignedIndexReader(channel: channel.url, trust: trust)
        for subdir in subdirs {
            let found = try await read("the index of \(subdir)", from: mirrors) { mirror in
                do {
                    return Result<_, Refusal>.success(
                        (index: try await reader.open(subdir, from: mirror), mirror: mirror.name)
                    )
                } catch let refusal as Refusal where refusal.is(GateCode.repodataMissing) {
                    // The only mirror may well have the other subdirs.
                    guard self.mirrors.mirrors.addresses.count == 1 else { throw refusal }
                    return .failure(refusal)
                }
            }
            let (index, mirror) = try found.get()
            shownBy[subdir] = mirror
            indexes[subdir] = .open(index)
        }
    }

    /// What the index says of a file; where nobody signs the index and its record is refused, what another mirror's
    /// says.
    func entry(
        of fileName: ArchiveFileName,
        in subdir: Subdir,
        _ index: any SubdirIndex
    ) async throws -> IndexEntry {
        do {
            return try await index.entry(of: fileName, mirrors: mirrors, cache: cache)
        } catch let refusal as Refusal where channel.contentTrust != nil {
            let refusal = refusal.located(at: channel.url.description)
            guard channel.pin == .records else { throw refusal }
            return try await inTurn {
                try await self.entryElsewhere(of: fileName, in: subdir, after: refusal)
            }
        }
    }

    private func entryElsewhere(
        of fileName: ArchiveFileName,
        in subdir: Subdir,
        after refusal: Refusal
    ) async throws -> IndexEntry {
        // Meanwhile another package may have led to another mirror's index.
        if case .open(let index) = indexes[subdir],
            let entry = try? await index.entry(of: fileName, mirrors: mirrors, cache: cache)
        {
            return entry
        }
        guard let trust = try await loadTrust() else { throw refusal }
        let reader = UnsignedIndexReader(channel: channel.url, trust: trust)
        for address in mirrors.mirrors.addresses where !mirrors.health.isCondemned(address) {
            let name = RedactedURL(address).description
            guard name != shownBy[subdir], let once = try? alone(address, MirrorRetry(rounds: 1)) else {
                continue
            }
            let index =
                if let known = others[subdir]?[name] {
                    known
                } else {
                    try? await read("the index of \(subdir)", from: once) {
                        try await reader.open(subdir, from: $0)
                    }
                }
            guard !Task.isCancelled else { break }
            others[subdir, default: [:]].updateValue(index, forKey: name)
            guard let index, let entry = try? index.entry(of: fileName, mirrors: mirrors, cache: cache),
                entry.record != nil
            else { continue }
            await report(refusal, by: shownBy[subdir])
            if case .open(let old as WholeIndex) = indexes[subdir], let shown = shownBy[subdir] {
                others[subdir, default: [:]].updateValue(old, forKey: shown)
            }
            indexes[subdir] = .open(index)
            shownBy[subdir] = name
            return entry
        }
        guard !Task.isCancelled else { throw Failure(.cancelled, "the transfer was stopped") }
        throw refusal
    }

    /// Tells the observer of a record that another mirror has rightly signed. Other files of that mirror may be good.
    private func report(_ refusal: Refusal, by name: String?) async {
        guard
            let address = mirrors.mirrors.addresses.first(where: { RedactedURL($0).description == name }),
            let mirror = try? alone(address, MirrorRetry(rounds: 1))
        else { return }
        try? await mirror.withMirror(refusal.subject) { _ in throw refusal }
    }
}
