// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Transport
import TrustCore

/// One subdir's index as a list of mirrors gives it, and what is remembered of it between two runs.
///
/// The text is never held in memory: it goes from the network into a file, compressed or not, and from there through a
/// window into the cache.
struct ObservedSource<Content: ObservedContent>: Sendable {
    let channel: ChannelURL
    let subdir: Subdir
    /// Where the state is kept.
    let stateFile: String
    let cache: BlobCache
    /// How long one server may take.
    let time: Duration
    /// Which index of the subdir's other form is at hand.
    var beside: @Sendable () -> Digest? = { nil }

    /// What a mirror said.
    enum Answer: Sendable {
        case text(Content, ObservedState)
        /// None has an index, and all said so.
        case absent
    }

    /// What is remembered; nil if that is nothing, or damaged.
    func state() -> ObservedState? { ObservedState(kept: stateFile) }

    /// Remembers a state, unless another process saw a newer index while this one was fetched: that is remembered then, and
    /// nobody is shown the older one any more.
    ///
    /// - Returns: whether it is remembered.
    func keep(_ state: ObservedState, unlessOvertakenIn ledger: Ledger, _ retention: Int64, now: Timestamp)
        async throws -> Bool
    {
        // Whoever writes an index into the ledger comes here afterwards: what is found and written under this lock stands
        // until then.
        let lock = try await FileLock.whenFree(stateFile + ".lock")
        defer { withExtendedLifetime(lock) {} }
        let known = self.state()
        if let known, known.digest != state.digest, try await ledger.table().newest?.digest == known.digest {
            return false
        }
        try keep(state, after: known, now: now, retention: retention)
        return true
    }

    /// Remembers a state, and takes away texts whose time is over.
    func keep(_ new: ObservedState, after old: ObservedState?, now: Timestamp, retention: Int64) throws {
        var state = new
        state.superseded = old?.superseded ?? []
        if let old, old.digest != new.digest {
            state.superseded.append(ObservedState.Superseded(digest: old.digest, at: now))
        }
        state.superseded.removeAll { $0.digest == new.digest }
        // Whoever uses a text says so by its time: it may be another channel's, too.
        if let path = try cache.path(of: new.digest) { try DurableFile.setModified(path, to: now) }
        let over = state.superseded.filter { $0.at.advanced(bySeconds: retention) <= now }
        state.superseded.removeAll { over.contains($0) }
        for text in over {
            guard let path = try cache.path(of: text.digest), let used = DurableFile.modified(path),
                used <= text.at
            else { continue }
            try cache.remove(text.digest)
        }
        try DurableFile.writeWithoutSync(state.bytes, to: stateFile, mode: 0o600)
    }

    /// Asks the mirrors for the index, unless it is the one that is known.
    ///
    /// - Parameters:
    ///   - known: the text at hand, and what is remembered of it.
    ///   - check: is given what a mirror has before it is believed; its refusals send the mirror away.
    /// - Throws: what the most telling mirror led to.
    func fetch(
        from mirrors: MirroredFetcher,
        known: (text: Content, state: ObservedState)?,
        now: Timestamp,
        check: @Sendable (Content) async throws -> Void = { _ in }
    ) async throws -> Answer {
        let subject = "the index of \(subdir)"
        // What is found in the other form from now on is not confirmed by this answer.
        let beside = beside()
        // One that has none may be behind; only where all say so there is none.
        var denials = 0
        do {
            var (text, state) = try await mirrors.withMirror(subject) { mirror in
                do {
                    let found = try await fetch(from: mirror, known: known, now: now)
                    if found.text.digest != known?.text.digest { try await check(found.text) }
                    return found
                } catch let refusal as Refusal where refusal.is(GateCode.repodataMissing) {
                    denials += 1
                    throw refusal
                }
            }
            state.beside = beside
            return .text(text, state)
        } catch let refusal as Refusal where refusal.is(GateCode.repodataMissing) {
            guard denials == mirrors.mirrors.addresses.count else {
                throw Failure(
                    .network,
                    "no mirror that answers has an index of \(subdir)",
                    at: channel.description
                )
            }
            return .absent
        }
    }

    private func fetch(
        from mirror: BoundMirror,
        known: (text: Content, state: ObservedState)?,
        now: Timestamp
    ) async throws -> (text: Content, state: ObservedState) {
        // A store that hides absence says so of a form that the channel does not have, too.
        var denial: Failure?
        for form in Content.forms {
            var version: ResourceVersion?
            if let state = known?.state, state.form == form, ByteKey.areEqual(state.mirror, mirror.name) {
                version = ResourceVersion(
                    entityTag: state.version?.entityTag,
                    lastModified: state.version?.lastModified
                )
            }
            let outcome: ConditionalOutcome, found: Content?
            do {
                (outcome, found) = try await store(form, from: mirror, unless: version)
            } catch let failure as Failure where failure.isAccessDenial {
                denial = failure
                continue
            }
            switch outcome {
            case .notFound: continue
            case .unchanged:
                guard var known else { continue }
                known.state.checked = now
                return known
            case .complete(let version):
                guard let found else { continue }
                let text = found.digest == known?.text.digest ? known?.text ?? found : found
                var state = ObservedState(digest: text.digest, mirror: mirror.name, form: form, checked: now)
                state.version = version.map { .init(entityTag: $0.entityTag, lastModified: $0.lastModified) }
                return (text, state)
            }
        }
        if let denial { throw denial }
        throw Refusal(GateCode.repodataMissing, "\(subdir.text)/\(Content.forms.last ?? "")", at: mirror.name)
    }

    /// Puts what a mirror has into the cache, and opens it.
    private func store(
        _ form: String,
        from mirror: BoundMirror,
        unless version: ResourceVersion?
    ) async throws -> (ConditionalOutcome, Content?) {
        // Beside the cache's own: nothing of a channel is on the disk before it shows something.
        let folder = cache.root + "/tmp"
        try Folder.create(folder)
        let temporary = try UnnamedFile(in: folder)
        let outcome = try await mirror.fetch(
            "\(subdir.text)/\(form)",
            unless: version,
            maximumLength: Content.limit(of: form),
            timeout: time
        ) { try temporary.file.write($0) }
        guard case .complete = outcome else { return (outcome, nil) }
        do {
            let bytes = try temporary.stored()
            return (outcome, try await Content.store(bytes, form, in: cache, of: subdir, channel: channel))
        } catch let refusal as Refusal {
            throw refusal.located(at: mirror.name)
        }
    }
}
