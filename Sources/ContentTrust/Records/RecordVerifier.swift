// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// Verifies the records of an index by one authority, on all cores, in memory that does not grow with their number.
///
/// That a record is of the file and the subdirectory it is listed under is not checked here.
public struct RecordVerifier: Sendable {
    private let authority: RecordAuthority
    private let signatures: @Sendable (String) throws -> [TrustSignature]

    /// Takes the authority, and what an index gives for a file name, none if nothing; see ``RecordSignatureTable``.
    ///
    /// - Parameter signatures: Asked on all cores.
    public init(
        _ authority: RecordAuthority,
        signatures: @escaping @Sendable (String) throws -> [TrustSignature]
    ) {
        self.authority = authority
        self.signatures = signatures
    }

    /// Verifies records, and says of each whether enough keys have signed it.
    ///
    /// - Parameters:
    ///   - records: The records; they are taken as they are needed.
    ///   - lanes: How many pieces of work may exist at a time: more than there are cores.
    ///   - progress: Told from time to time how many records are done.
    ///   - each: Given each record, in order, and what ``RecordAuthority/verify(_:_:of:)`` says of it, or why it or its
    ///     signatures could not be read.
    /// - Throws: what is no refusal, what the receiver throws, or a `CancellationError`.
    public func verify(
        isolation: isolated (any Actor)? = #isolation,
        _ records: some Sequence<RecordText>,
        lanes: Int = 16,
        progress: (Int) -> Void = { _ in },
        _ each: (RecordText, Result<VerifiedThreshold, Refusal>) throws -> Void
    ) async throws {
        var done = 0
        let work = OrderedWork<RecordText, (RecordText, Result<VerifiedThreshold, Refusal>)>(lanes: lanes) {
            try $0.map { ($0, try verify($0)) }
        }
        try await work.run(records) { batch in
            for (record, result) in batch { try each(record, result) }
            done += batch.count
            progress(done)
        }
    }

    private func verify(_ record: RecordText) throws -> Result<VerifiedThreshold, Refusal> {
        try Task.checkCancellation()
        do {
            let signatures = try signatures(record.fileName)
            return .success(try authority.verify(record.canonical(), signatures, of: record.fileName))
        } catch let refusal as Refusal {
            return .failure(refusal)
        }
    }
}
