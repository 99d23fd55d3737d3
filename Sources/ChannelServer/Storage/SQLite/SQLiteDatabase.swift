// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import GRDB
internal import TrustCore

/// The server's database in one SQLite file, in WAL mode: the default, for one server process on one machine.
///
/// Durability: `synchronous = FULL`, so that a commit is on the disk when ``write(_:)`` returns (in WAL mode the usual
/// `NORMAL` would lose the last commits with the machine's power). Writing transactions are `IMMEDIATE`, one at a time;
/// readers see the last commit, and do not wait.
public final class SQLiteDatabase: ServerDatabase {
    private let pool: DatabasePool

    /// Opens a database, makes it where there is none, and brings an older one up to date.
    ///
    /// - Throws: `server.database-newer` for one that a newer program made; a `Failure` for trouble with the file.
    public convenience init(at path: String) throws { try self.init(at: path, maximumPages: nil) }

    /// Opens a database that is there, and changes nothing in it.
    ///
    /// - Throws: `server.database-newer`, `server.database-damaged`; a `Failure` for one that an older program made, which
    ///   is brought up to date when a server is started, and for trouble with the file.
    public init(reading path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.readonly = true
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            let migrator = SQLiteSchema.migrator()
            if try pool.read(migrator.hasBeenSuperseded) { throw Refusal(ServerCode.databaseNewer, path) }
            guard try pool.read(migrator.hasCompletedMigrations) else {
                throw Failure(
                    .configuration,
                    "an older program made this database",
                    at: path,
                    remedy: "start the server once, which brings it up to date"
                )
            }
        } catch let error as DatabaseError where Self.isDamage(error) {
            throw Self.damaged(error, at: path)
        } catch let error as DatabaseError {
            throw Self.failure(error, at: path)
        }
    }

    /// - Parameter maximumPages: how many pages the file may have, for tests: as if the disk ended there.
    init(at path: String, maximumPages: Int?) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA foreign_keys = ON")
            if let maximumPages { try database.execute(sql: "PRAGMA max_page_count = \(maximumPages)") }
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            let migrator = SQLiteSchema.migrator()
            if try pool.read(migrator.hasBeenSuperseded) { throw Refusal(ServerCode.databaseNewer, path) }
            try migrator.migrate(pool)
        } catch let error as DatabaseError where Self.isDamage(error) {
            throw Self.damaged(error, at: path)
        } catch let error as DatabaseError {
            throw Self.failure(error, at: path)
        }
    }

    /// Runs a body over the last commit.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.read { try body(SQLiteTransaction(database: $0)) }
        } catch let error as DatabaseError {
            throw Self.failure(error, at: pool.path)
        }
    }

    /// Runs a body in an immediate transaction, and commits it to the disk.
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any WriteTransaction) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.write { try body(SQLiteTransaction(database: $0)) }
        } catch let error as DatabaseError {
            throw Self.failure(error, at: pool.path)
        }
    }

    /// A number that differs from an earlier one if another process committed anything in between.
    ///
    /// It is the word of the one connection that writes: what that commits itself does not change it.
    ///
    /// - Throws: a `Failure` for trouble with the file.
    func foreignChangeMark() async throws -> Int64 {
        do {
            return try await pool.writeWithoutTransaction { database in
                try Int64.fetchOne(database, sql: "PRAGMA data_version") ?? 0
            }
        } catch let error as DatabaseError {
            throw Self.failure(error, at: pool.path)
        }
    }

    /// Copies the database, as it is at one moment, to a new file, while it is in use. The copy is that one file: it has
    /// no journal beside it.
    ///
    /// - Throws: a `Failure` for trouble with either file.
    public func copy(to path: String) async throws {
        do {
            let copy = try DatabaseQueue(path: path)
            try await Task.detached { [pool] in
                try pool.backup(to: copy)
                try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            }.value
            try copy.close()
        } catch let error as DatabaseError {
            throw Self.failure(error, at: path)
        }
    }

    /// Reads the whole file, and says what is wrong with its structure; empty if nothing is.
    public func defects() async throws -> [String] {
        do {
            return try await pool.read { database in
                try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
                    + Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map { "\($0)" }
            }
        } catch let error as DatabaseError where Self.isDamage(error) {
            return [error.message ?? "it cannot be read"]
        } catch let error as DatabaseError {
            throw Self.failure(error, at: pool.path)
        }
    }

    /// Closes the database. Whoever uses it later is refused.
    public func close() throws { try pool.close() }

    private static func isDamage(_ error: DatabaseError) -> Bool {
        error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
    }

    private static func damaged(_ error: DatabaseError, at path: String) -> Refusal {
        Refusal(ServerCode.databaseDamaged, path, found: error.message)
    }

    private static func failure(_ error: DatabaseError, at path: String) -> Failure {
        // Not the statement nor its arguments, which may hold what is nobody else's business.
        Failure(
            .disk,
            "the database answered: \(error.message ?? "nothing") (\(error.extendedResultCode))",
            at: path,
            remedy: "look at the disk's space and health; nothing that was answered with success is lost"
        )
    }
}
