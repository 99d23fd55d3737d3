// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import SigningKeys
public import TrustCore

/// Makes mamba's form of a record; nil, or an error, where it cannot be made of this one. The second value says
/// whether the index lists a package named `pip`, for then mamba sees other dependencies of `python` and `pip`.
public typealias MambaFormSource = @Sendable (_ record: JSONValue, _ listsPip: Bool) throws -> [UInt8]?

/// Signs the records of an index, and keeps the signatures of those that did not change.
///
/// A signature is kept if the ledger knows it for these very bytes under this file name, or if it was verified. A
/// record that our own client would refuse gets none. Records are looked at in pieces on all cores; what is kept in
/// memory is the text of the index and a few hundred bytes a record.
struct RecordSigning: Sendable {
    let keys: RecordKeys
    let ledger: RecordLedger
    let mambaForm: MambaFormSource
    private let index: Listing

    /// An index, and where the signatures in it are.
    private struct Listing: Sendable {
        let index: RepodataIndex
        /// Nil if there is none, or it is malformed: then nothing can be kept from it.
        let table: SignatureTable?
        let subdir: Subdir
        let listsPip: Bool
    }

    init(
        _ index: RepodataIndex,
        of subdir: Subdir,
        by keys: RecordKeys,
        ledger: RecordLedger,
        mambaForm: @escaping MambaFormSource
    ) {
        self.index = Listing(
            index: index,
            table: (try? SignatureTable(index)) ?? nil,
            subdir: subdir,
            listsPip: index.listsPip
        )
        self.keys = keys
        self.ledger = ledger
        self.mambaForm = mambaForm
    }

    /// How many records one task takes.
    private static let chunk = 256
    /// How many tasks there are at a time; more than cores, so that none waits for a slow one.
    private static let tasks = 32

    /// Signs what lacks signatures, or all that the keys have not signed yet.
    ///
    /// - Parameter open: opens the keys; asked only if there is something to sign.
    /// - Returns: what became of each record, in the order of the index.
    func run(
        everything: Bool,
        open: () async throws -> RecordSigners
    ) async throws -> [SignedRecord] {
        let all = Array(0..<index.index.count)
        if everything, !all.isEmpty { return try await process(all, try await open()) }
        var records = try await process(all, nil)
        let lacking = all.filter { records[$0].isLacking }
        guard !lacking.isEmpty else { return records }
        for (position, record) in zip(lacking, try await process(lacking, try await open())) {
            records[position] = record
        }
        return records
    }

    private func process(_ positions: [Int], _ signers: RecordSigners?) async throws -> [SignedRecord] {
        let chunks = stride(from: 0, to: positions.count, by: Self.chunk).map {
            positions[$0..<min($0 + Self.chunk, positions.count)]
        }
        var results = [[SignedRecord]](repeating: [], count: chunks.count)
        try await withThrowingTaskGroup(of: (Int, [SignedRecord]).self) { group in
            for (number, chunk) in chunks.enumerated() {
                if number >= Self.tasks, let (done, records) = try await group.next() {
                    results[done] = records
                }
                group.addTask {
                    var records: [SignedRecord] = []
                    records.reserveCapacity(chunk.count)
                    for position in chunk { records.append(try await look(at: position, signers)) }
                    return (number, records)
                }
            }
            while let (done, records) = try await group.next() { results[done] = records }
        }
        return results.flatMap { $0 }
    }

    /// One record: what is known of it, what can be kept, and what is to be signed.
    private func look(at position: Int, _ signers: RecordSigners?) async throws -> SignedRecord {
        let place = index.index.place(at: position)
        var record = SignedRecord(digest: digest(place))
        ledger.fill(&record)
        if let signers {
            let missing = signers.signers.contains { member, _ in
                !(record.isSigned(by: member) || record.hasNoMambaForm && keys.members[member].form == .mamba)
            }
            guard missing else { return record }
        } else if record.isComplete(keys) {
            return record
        }
        let old = index.table?.signatures(of: index.index.text[place.fileName])
        guard old != nil || signers != nil else {
            record.isLacking = true
            return record
        }
        let signable: SignableRecord
        do {
            let forms = keys.forms
            signable = try SignableRecord(index.index, position, in: index.subdir, forms) {
                try mambaForm($0, index.listsPip)
            }
        } catch let refusal as Refusal {
            record.removeSignatures()
            record.defect = refusal
            return record
        }
        record.hasNoMambaForm = keys.forms.contains(.mamba) && signable.messages[.mamba] == nil
        if let old { keep(Array(old), signable, &record) }
        try await sign(signable, signers, &record)
        record.isLacking = !record.isComplete(keys)
        return record
    }

    /// Keeps signatures of the index that are by keys which are still named, over the record as it is now.
    private func keep(_ text: [UInt8], _ signable: SignableRecord, _ record: inout SignedRecord) {
        // What is malformed is made again.
        guard let signatures = try? RecordSignatures.read(text, of: signable.fileName) else { return }
        for signature in signatures where signature.headers == nil {
            guard let member = keys.position(of: signature.keyID), !record.isSigned(by: member),
                let message = signable.messages[keys.members[member].form],
                keys.members[member].key.publicKey.isValid(signature: signature.value, for: message)
            else { continue }
            record.add(signature.value, by: member)
        }
    }

    private func sign(
        _ signable: SignableRecord,
        _ signers: RecordSigners?,
        _ record: inout SignedRecord
    ) async throws {
        for (member, signer) in signers?.signers ?? [] where !record.isSigned(by: member) {
            guard let message = signable.messages[keys.members[member].form] else { continue }
            record.add(try await signer.sign(message), by: member)
            record.madeCount += 1
        }
    }

    /// The file name, a byte that no name has, and the record: what the ledger knows signatures by. The byte says
    /// what mamba's form depends on besides the record.
    private func digest(_ place: (fileName: Range<Int>, record: Range<Int>)) -> Digest {
        var digest = StreamingDigest(.sha256)
        index.index.text.withUnsafeBytes { text in
            digest.update(UnsafeRawBufferPointer(rebasing: text[place.fileName]))
            let name = text[place.fileName]
            let dependsOnPip = name.starts(with: "python-".utf8) || name.starts(with: "pip-".utf8)
            digest.update([dependsOnPip && index.listsPip ? 1 : 0])
            digest.update(UnsafeRawBufferPointer(rebasing: text[place.record]))
        }
        return digest.finish()
    }
}

extension RepodataIndex {
    /// Whether a package named `pip` is listed.
    var listsPip: Bool { (try? PackageName("pip")).map { !fileNames(named: $0).isEmpty } ?? false }
}
