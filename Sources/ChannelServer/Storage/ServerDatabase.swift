// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What the server knows, but for the bytes of files (see ``BlobStore``).
///
/// What an implementation promises:
/// - A transaction happens whole or not at all. Once ``write(_:)`` returns, what it did survives the end of the process,
///   of the machine, and of whichever replica answered.
/// - Writing transactions happen one after another: each sees all that was committed before it began. So "read, decide,
///   write" in one transaction is a compare-and-swap, and a counter that is read and written there has no gaps and no
///   repetitions. Nothing may rely on an implementation's own sequences, which lose numbers when a transaction or a
///   server dies.
/// - A reading transaction sees one state, of a moment at or after the last commit that this process saw.
/// - A body may be run again from the start if the implementation lost a race; it does nothing else than talk to the
///   transaction.
///
/// Bodies are short: a writing one keeps all others waiting. No body waits for a network or reads a blob.
public protocol ServerDatabase: Sendable {
    /// Runs a body that only reads.
    ///
    /// - Throws: what the body throws; a `Failure` for trouble with the database.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Result
    ) async throws -> Result

    /// Runs a body, and commits what it wrote; nothing if it throws.
    ///
    /// - Throws: what the body throws; a `Failure` for trouble with the database.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any WriteTransaction) throws -> Result
    ) async throws -> Result
}

/// All that can be read, by table.
public protocol ReadTransaction: ChannelReading, FileReading, DocumentReading, LogReading, AccessKeyReading,
    UserReading, MembershipReading, UsageReading, TrustedPublisherReading, IndexReading, PackageFactsReading,
    CatalogueReading, FailedUploadReading
{}

/// All that can be written, by table.
public protocol WriteTransaction: ReadTransaction, ChannelWriting, FileWriting, DocumentWriting, LogWriting,
    AccessKeyWriting, UserWriting, MembershipWriting, UsageWriting, TrustedPublisherWriting, IndexWriting,
    PackageFactsWriting, FailedUploadWriting
{}
