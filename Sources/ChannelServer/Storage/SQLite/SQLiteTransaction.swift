// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import GRDB
internal import TrustCore

/// A transaction of SQLite. Each table's operations are in a file of their own.
struct SQLiteTransaction: WriteTransaction {
    let database: Database

    /// Runs a statement.
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(try database.cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(try database.cachedStatement(sql: sql), arguments: arguments)
    }

    /// Whether the last statement changed a row.
    var changedSomething: Bool { database.changesCount > 0 }

    /// What is in a column that only this program writes.
    ///
    /// - Throws: a `Failure` where it is not what the program writes: somebody else did.
    static func stored<Value>(_ value: Value?, _ column: String) throws -> Value {
        guard let value else {
            throw Failure(
                .disk,
                "the database holds something that the server never writes, in `\(column)`",
                remedy: "restore the last backup"
            )
        }
        return value
    }

    /// What a column's text means, where only this program writes it.
    static func parsed<Value>(_ row: Row, _ column: String, _ parse: (String) throws -> Value) throws -> Value
    {
        let text: String? = row[column]
        return try stored(text.flatMap { try? parse($0) }, column)
    }

    /// A digest from a column of 32 bytes.
    static func digest(_ row: Row, _ column: String) throws -> Digest {
        try stored(optionalDigest(row, column), column)
    }

    /// A digest from a column of 32 bytes, or none.
    static func optionalDigest(_ row: Row, _ column: String) throws -> Digest? {
        guard let data: Data = row[column] else { return nil }
        return try stored(Digest(.sha256, bytes: data), column)
    }

    /// Bytes from a column.
    static func bytes(_ row: Row, _ column: String) throws -> [UInt8] {
        let data: Data? = row[column]
        return [UInt8](try stored(data, column))
    }
}

extension Digest {
    /// As columns hold it.
    var data: Data { Data(bytes) }
}
