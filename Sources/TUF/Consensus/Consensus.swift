// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A client of several repositories that must agree (TAP 4).
///
/// Each repository has a trusted root and a store of its own, and is asked by an ``Updater`` of its own. A
/// path is looked for in the mappings that cover it, in the order of the map file. A mapping decides for a
/// file if at least its threshold of repositories promise the same length and have a digest in common. If
/// nobody, or too few, promise it, the next mapping is asked, unless this one is terminating. Repositories
/// that promise different files are refused, also where enough others agree. A repository that cannot be
/// asked does not count; where the decision depends on it, the search ends with its error. Like an updater, a
/// consensus belongs to one moment.
public struct Consensus: Sendable {
    private let map: RepositoryMap
    private let members: [RepositoryName: ConsensusMember]

    /// Makes a client. Nothing is fetched yet.
    ///
    /// - Parameters:
    ///   - map: Which repositories there are and which must agree.
    ///   - roots: For each repository the bytes of a root file that came by a way the user trusts.
    ///   - metadataFolder: Where below a repository's address its metadata is. TAP 4 says `metadata`.
    ///   - fetcher: How to fetch.
    ///   - now: The moment that decides what is expired.
    ///   - limits: What each repository may ask of us.
    ///   - clock: What `TUFLimits.duration` is measured by.
    ///   - store: Where a repository's verified metadata is kept; each needs one of its own. A repository's
    ///     name is safe as that of a folder.
    /// - Throws: a `Failure` if a repository has no trusted root, or whatever `store` throws.
    public init(
        _ map: RepositoryMap,
        roots: [RepositoryName: [UInt8]],
        metadataFolder: String = "metadata",
        fetcher: any Fetcher,
        now: Timestamp,
        limits: TUFLimits = TUFLimits(),
        clock: any Clock<Duration> = ContinuousClock(),
        store: (RepositoryName) throws -> any MetadataStore
    ) throws {
        self.map = map
        var members: [RepositoryName: ConsensusMember] = [:]
        for repository in map.repositories {
            guard let root = roots[repository.name] else {
                throw Failure(.configuration, "there is no trusted root for repository `\(repository.name)`")
            }
            let own = try store(repository.name)
            members[repository.name] = ConsensusMember(
                repository.urls.map { url in
                    let folder = url.utf8.last == UInt8(ascii: "/") ? url : url + "/"
                    return Updater(
                        trustedRoot: root,
                        metadataURL: folder + metadataFolder,
                        store: own,
                        fetcher: fetcher,
                        now: now,
                        limits: limits,
                        clock: clock
                    )
                }
            )
        }
        self.members = members
    }

    /// What the repositories promise about a file; nil if none does.
    ///
    /// - Throws: a `Refusal` with `consensus.disagreement` or `consensus.too-few`, or whatever kept a
    ///   repository that matters from being asked.
    public func target(_ path: TargetPath) async throws -> ConsensusTarget? {
        var tooFew: Refusal?
        for mapping in map.mappings where mapping.covers(path) {
            let answers = await answers(of: mapping.repositories, about: path)
            let ballot = Ballot(path: path, threshold: mapping.threshold, answers: answers)
            switch try ballot.count() {
            case .agreed(let target): return target
            case .tooFew(let refusal): tooFew = tooFew ?? refusal
            case .absent: break
            }
            if mapping.terminating { break }
        }
        if let tooFew { throw tooFew }
        return nil
    }

    /// What the repositories promise about a file (`tuf.target-not-found` if nothing).
    public func requiredTarget(_ path: TargetPath) async throws -> ConsensusTarget {
        guard let target = try await target(path) else { throw Refusal(TUFCode.targetNotFound, path.text) }
        return target
    }

    /// Asks repositories at the same time; their answers are in the order of the mapping.
    private func answers(of names: [RepositoryName], about path: TargetPath) async
        -> [(repository: RepositoryName, answer: Ballot.Answer)]
    {
        await withTaskGroup(of: (Int, Ballot.Answer).self) { group in
            for (index, name) in names.enumerated() {
                guard let member = members[name] else { continue }
                group.addTask { (index, await member.answer(about: path)) }
            }
            var answers: [(Int, Ballot.Answer)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map { (names[$0.0], $0.1) }
        }
    }
}
