// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import DurableFiles
internal import TrustCore

/// Where everything lies that is made from the indexes of one subdir of one channel, shared by processes.
///
/// ```
/// CACHE/PLACE/judged/POLICY-KEY/   what a policy hides of one text
/// CACHE/PLACE/forms/POLICY-KEY/    the files that clients ask for
/// CACHE/locks/PLACE.STEP           held by who makes one of these; they stay
/// ```
struct RenderingPlace: Sendable {
    /// Changes whenever the same text would be rendered otherwise.
    static let version = "1"
    /// How many texts' renderings are kept: clients that read an index ask for its shards a little later.
    static let kept = 3
    /// How long a subdir's are kept that nobody asks for, in days.
    static let keptDays = 30

    private let cache: String
    private let name: String

    init(_ cache: String, of text: IndexText) {
        self.cache = cache
        name = String(Self.digest([text.channel.identity, text.subdir.text]).hex.prefix(32))
    }

    /// The digest of words, wherever one ends and the next begins.
    static func digest(_ words: [String]) -> Digest {
        Digest.of(words.flatMap { Array("\($0.utf8.count):\($0)".utf8) })
    }

    private var path: String { "\(cache)/\(name)" }

    /// What a policy makes of a text.
    func judged(_ policy: Digest, _ key: Digest) -> RenderingFolder { folder("judged", policy, key) }

    /// The forms of what a policy leaves of a text.
    func forms(_ policy: Digest, _ key: Digest) -> RenderingFolder { folder("forms", policy, key) }

    private func folder(_ kind: String, _ policy: Digest, _ key: Digest) -> RenderingFolder {
        RenderingFolder(path: "\(path)/\(kind)/\(policy.hex.prefix(32))-\(key.hex.prefix(32))")
    }

    /// All folders of forms, of one policy if it is given, the newest first.
    func allForms(of policy: Digest? = nil) throws -> [RenderingFolder] { try folders("forms", policy) }

    /// All folders of what a policy made of texts, the newest first.
    func allJudged(of policy: Digest) throws -> [RenderingFolder] { try folders("judged", policy) }

    private func folders(_ kind: String, _ policy: Digest?) throws -> [RenderingFolder] {
        let prefix = policy.map { $0.hex.prefix(32) + "-" } ?? ""
        return try Self.newestFirst("\(path)/\(kind)").filter { $0.name.hasPrefix(prefix) }
            .map { RenderingFolder(path: $0.path) }
    }

    private static func newestFirst(_ folder: String) throws -> [(name: String, path: String)] {
        try Folder.names(in: folder)
            .map { ($0, folder + "/" + $0, DurableFile.modified(folder + "/" + $0)?.seconds ?? .min) }
            .sorted { $0.2 > $1.2 }.map { ($0.0, $0.1) }
    }

    // MARK: Locks

    /// A thing that one process makes at a time.
    enum Step: String, CaseIterable {
        case judgement, plain, compressed, current, currentCompressed, shards
    }

    /// Takes the lock of a step, and waits for whoever has it, in whichever process.
    func lock(_ step: Step) async throws -> FileLock {
        try await FileLock.whenFree(lockPath(step), every: .milliseconds(20))
    }

    private func lockPath(_ step: Step) -> String { "\(cache)/locks/\(name).\(step.rawValue)" }

    /// All locks; nil if somebody makes something just now.
    private func allLocks() throws -> [FileLock]? {
        var locks: [FileLock] = []
        for step in Step.allCases {
            guard let lock = try FileLock.ifFree(lockPath(step)) else { return nil }
            locks.append(lock)
        }
        return locks
    }

    // MARK: Removing

    /// Says that the renderings were used just now.
    func touch() throws { _ = try DurableFile.touch(path) }

    /// Removes the renderings of old texts. What was given out of them is open, and stays readable; where somebody
    /// makes something just now, nothing is removed.
    ///
    /// - Parameter current: folders that stay in any case: those that were made just now may be no newer, to the second.
    func removeOld(keeping current: [RenderingFolder]) throws {
        guard let locks = try allLocks() else { return }
        try withExtendedLifetime(locks) {
            for kind in ["judged", "forms"] {
                let old = try Self.newestFirst("\(path)/\(kind)").dropFirst(Self.kept)
                for (_, path) in old where !current.contains(where: { $0.path == path }) {
                    try Folder.removeTree(path)
                }
            }
        }
    }

    /// Removes the renderings of other subdirs that nobody asked for in a long time.
    func removeUnused(now: Timestamp) throws {
        let oldest = now.advanced(byDays: -Self.keptDays)
        for other in try Folder.names(in: cache) where other.utf8.count == name.utf8.count && other != name {
            guard let used = DurableFile.modified("\(cache)/\(other)"), used < oldest else { continue }
            let place = RenderingPlace(cache, other)
            guard let locks = try place.allLocks() else { continue }
            try withExtendedLifetime(locks) { try Folder.removeTree(place.path) }
        }
    }

    private init(_ cache: String, _ name: String) {
        self.cache = cache
        self.name = name
    }
}
