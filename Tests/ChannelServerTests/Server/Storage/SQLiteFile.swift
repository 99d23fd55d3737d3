// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import GRDB

@testable import ChannelServer

/// A SQLite file, changed behind the server's back.
struct SQLiteFile {
    private let queue: DatabaseQueue

    init(_ path: String) throws { queue = try DatabaseQueue(path: path) }

    func run(_ statement: String) throws {
        try queue.write { try $0.execute(sql: statement) }
        try queue.close()
    }

    /// Makes what a program made that knew no migration after one.
    func migrate(upTo migration: String) throws {
        try SQLiteSchema.migrator().migrate(queue, upTo: migration)
        try queue.close()
    }
}
