// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import GRDB

/// A SQLite file, changed behind the server's back.
struct SQLiteFile {
    private let queue: DatabaseQueue

    init(_ path: String) throws { queue = try DatabaseQueue(path: path) }

    func run(_ statement: String) throws {
        try queue.write { try $0.execute(sql: statement) }
        try queue.close()
    }
}
