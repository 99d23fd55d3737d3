// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Synchronization
internal import TrustCore

/// Packages that were found a moment ago, by the words in which they were asked for, so that one that many ask for is not
/// looked for each time anew.
///
/// It is for those who show no credentials, of channels that need none. A package counts only as long as everything is as it
/// was that decided about it (``RecentPackage``); whatever does not count any more is looked for in the long way, which says
/// what is wrong with it.
final class RecentPackages: Sendable {
    /// The words of a request that a package was found by.
    struct Question: Hashable {
        private let target: ByteKey
        /// None is another word than an empty one.
        private let host: ByteKey?

        /// - Parameters:
        ///   - target: as it was sent.
        ///   - host: the field `Host`, by which a path counts or does not.
        init(_ target: String, host: String?) {
            self.target = ByteKey(target)
            self.host = host.map { ByteKey($0) }
        }
    }

    /// What a request found, and its path as logs say it.
    typealias Entry = (package: RecentPackage, path: String)

    /// How many are kept.
    static let capacity = 4096

    private let moment: @Sendable () -> RecentPackage.Moment?
    private let now: @Sendable () -> Timestamp
    private let entries = Mutex<[Question: Entry]>([:])

    /// - Parameters:
    ///   - moment: what is in force now; nil where that cannot be told.
    ///   - now: the time.
    init(now: @escaping @Sendable () -> Timestamp, moment: @escaping @Sendable () -> RecentPackage.Moment?) {
        self.now = now
        self.moment = moment
    }

    /// The package that the same words led to, if all is as it was. Looks at its file.
    func find(_ question: Question) -> Entry? {
        guard let entry = entries.withLock({ $0[question] }) else { return nil }
        guard entry.package.holds(at: now(), moment()) else {
            entries.withLock { _ = $0.removeValue(forKey: question) }
            return nil
        }
        return entry
    }

    /// Keeps a package for the next who ask in the same words.
    func keep(_ package: RecentPackage, as question: Question, path: String) {
        entries.withLock { entries in
            if entries.count >= Self.capacity { entries = [:] }
            entries[question] = (package, path)
        }
    }
}
