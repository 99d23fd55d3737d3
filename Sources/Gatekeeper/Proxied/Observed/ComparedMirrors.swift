// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Transport
import TrustCore
import TrustPolicy

/// Mirrors of others whose indexes are compared with the channel's, and which nothing is fetched from.
///
/// An index is asked for when a file is, once for each view; one that could not be had is asked for again after a while.
actor ComparedMirrors {
    private struct Place: Hashable {
        let mirror: Int
        let subdir: Subdir
    }

    private struct Asked {
        let view: Digest
        let time: Timestamp
        let task: Task<Result<ObservedText, any Error>, Never>
        /// What came of it is no text.
        var failed = false
    }

    private let configuration: ObservedConfiguration
    private let cache: BlobCache
    private var asked: [Place: Asked] = [:]
    /// The last text of each, so that it is not opened twice.
    private var texts: [Place: ObservedText] = [:]

    init(_ configuration: ObservedConfiguration, cache: BlobCache) {
        self.configuration = configuration
        self.cache = cache
    }

    /// What the mirrors say of a file that a view lists so.
    func opinions(on record: PackageRecord, in index: ObservedIndex, of view: Digest) async -> [MirrorOpinion]
    {
        let tasks = configuration.compared.indices.map { mirror in
            text(Place(mirror: mirror, subdir: index.subdir), index, view)
        }
        var opinions: [MirrorOpinion] = []
        for (mirror, task) in zip(configuration.compared, tasks) {
            let answer = Self.answer(on: record, by: await task.value)
            opinions.append(MirrorOpinion(mirror: mirror.description, answer: answer))
        }
        return opinions
    }

    private static func answer(
        on record: PackageRecord,
        by text: Result<ObservedText, any Error>
    ) -> MirrorOpinion.Answer {
        do {
            guard let other = try text.get().record(of: record.fileName) else {
                return .silent(reason: "does not list the file")
            }
            // Like with like: an MD5 says nothing beside a SHA-256.
            if let own = record.sha256, let others = other.sha256 {
                return own == others ? .agrees : .disagrees(others)
            }
            if record.sha256 == nil, let own = record.md5, let others = other.md5 {
                return own == others ? .agrees : .disagrees(others)
            }
            return .silent(reason: "gives no hash that could be compared")
        } catch let refusal as Refusal {
            return .silent(reason: "its index is refused: \(refusal.codeName)")
        } catch {
            return .silent(reason: "could not be asked")
        }
    }

    private func text(_ place: Place, _ index: ObservedIndex, _ view: Digest)
        -> Task<Result<ObservedText, any Error>, Never>
    {
        let now = configuration.now()
        // A text stays for the view; a failure does not.
        if let asked = asked[place], asked.view == view,
            !asked.failed || now < asked.time.advanced(bySeconds: configuration.pause)
        {
            return asked.task
        }
        let task = Task { () async -> Result<ObservedText, any Error> in
            do { return .success(try await self.fetch(place, index, now)) } catch {
                self.noteFailure(place, view)
                return .failure(error)
            }
        }
        asked[place] = Asked(view: view, time: now, task: task)
        return task
    }

    private func noteFailure(_ place: Place, _ view: Digest) {
        if asked[place]?.view == view { asked[place]?.failed = true }
    }

    private func fetch(_ place: Place, _ index: ObservedIndex, _ now: Timestamp) async throws -> ObservedText
    {
        try Folder.createDurably(ObservedSubdir.folder(of: place.subdir, configuration), mode: 0o700)
        let source = try source(place)
        let state = source.state()
        var known: (text: ObservedText, state: ObservedState)?
        if let state, let text = try? open(state.digest, place, index) { known = (text, state) }
        let mirrors = try configuration.fetching(from: [configuration.compared[place.mirror]], rounds: 1)
        guard case .text(let text, let new) = try await source.fetch(from: mirrors, known: known, now: now)
        else {
            throw Failure(
                .network,
                "the mirror has no such index",
                at: configuration.compared[place.mirror].description
            )
        }
        try source.keep(new, after: state, now: now, retention: configuration.retention)
        // The same text as the channel's is not kept in memory twice.
        let kept = text.digest == index.text.digest ? index.text : text
        texts[place] = kept
        return kept
    }

    private func open(_ digest: Digest, _ place: Place, _ index: ObservedIndex) throws -> ObservedText? {
        if index.text.digest == digest { return index.text }
        if let text = texts[place], text.digest == digest { return text }
        return try ObservedText(digest, in: cache, of: place.subdir, channel: configuration.channel)
    }

    private func source(_ place: Place) throws -> ObservedSource<ObservedText> {
        let folder = ObservedSubdir.folder(of: place.subdir, configuration)
        let name = Digest.of(Array(configuration.compared[place.mirror].identity.utf8)).hex.prefix(16)
        return ObservedSource(
            channel: configuration.channel,
            subdir: place.subdir,
            stateFile: folder + "/compared-\(name).json",
            cache: cache,
            time: configuration.comparisonTime
        )
    }
}
