// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension LogLedger {
    /// Which bytes the index of a subdir ever was, by the log.
    struct IndexHistory {
        /// The newest entry that names a file of a digest.
        private(set) var entries: [Digest: Int] = [:]
        /// The digests of the newest entry.
        private(set) var newest: Set<Digest> = []
        /// The newest entry.
        private(set) var index = 0
        /// When that was, by the server's word.
        private(set) var time = Timestamp(seconds: 0)

        /// Takes in an entry.
        mutating func add(_ entry: PublishLogEntry, at index: Int) throws {
            newest = Set(try entry.indexFiles().map(\.sha256))
            for digest in newest { entries[digest] = index }
            self.index = index
            time = entry.time
        }
    }
}
