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
/// record that our own client would refuse gets none. Records are read from the file in pieces, on all cores; what is
/// kept in memory are their file names, their digests and their signatures.
///
/// Keys in memory sign where the record is read. All others, such as those of hardware tokens, are asked for one
/// signature after the other, in the order of the records, and what they answer is verified.
struct RecordSigning: Sendable {
    let keys: RecordKeys
    let ledger: RecordLedger
    let mambaForm: MambaFormSource
    private let index: RepodataFile
    private let subdir: Subdir
    private let listsPip: Bool

    init(
        _ index: RepodataFile,
        of subdir: Subdir,
        by keys: RecordKeys,
        ledger: RecordLedger,
        mambaForm: @escaping MambaFormSource
    ) {
        self.index = index
        self.subdir = subdir
        listsPip = index.listsPip
        self.keys = keys
        self.ledger = ledger
        self.mambaForm = mambaForm
    }

    /// A record, and what signers that are not in memory are still to be asked for.
    private struct Unfinished: Sendable {
        let position: Int
        let fileName: String
        var record: SignedRecord
        var requests: [(key: RecordSigners.Key, message: [UInt8])] = []
    }

    /// Signs what lacks signatures, or all that the keys have not signed yet.
    ///
    /// - Parameter open: opens the keys; asked only if there is something to sign.
    /// - Returns: what became of each record, in the order of the index.
    func run(everything: Bool, open: () async throws -> RecordSigners) async throws -> SignedRecords {
        var records = SignedRecords(count: index.count, expecting: keys.threshold * keys.forms.count)
        guard !records.isEmpty else { return records }
        let isAllNew = ledger.isEmpty && index.signatureCount == 0
        if everything || isAllNew {
            try await process(0..<index.count, try await open(), &records)
            return records
        }
        try await process(0..<index.count, nil, &records)
        guard let first = records.indices.first(where: records.isLacking) else { return records }
        let lacking = (first..<index.count).filter(records.isLacking)
        try await process(lacking, try await open(), &records)
        return records
    }

    private func process(
        _ positions: some Sequence<Int>,
        _ signers: RecordSigners?,
        _ records: inout SignedRecords
    ) async throws {
        let work = OrderedWork<Int, Unfinished> { positions in
            try index.records(at: positions).map { try begin($0, signers) }
        }
        try await work.run(positions) { batch in
            for unfinished in batch { records[unfinished.position] = try await finish(unfinished) }
        }
    }

    /// One record: what is known of it, what can be kept, and what is to be signed.
    private func begin(_ stored: StoredRecord, _ signers: RecordSigners?) throws -> Unfinished {
        var record = SignedRecord(digest: digest(stored))
        try ledger.fill(&record)
        var unfinished = Unfinished(position: stored.position, fileName: stored.fileName, record: record)
        if let signers {
            let missing = signers.keys.contains { key in
                !(record.isSigned(by: key.member)
                    || record.hasNoMambaForm && keys.members[key.member].form == .mamba)
            }
            guard missing else { return unfinished }
        } else if record.isComplete(keys) {
            return unfinished
        }
        guard stored.signatures != nil || signers != nil else {
            unfinished.record.isLacking = true
            return unfinished
        }
        let signable: SignableRecord
        do {
            signable = try SignableRecord(stored, of: index, in: subdir, keys.forms) {
                try mambaForm($0, listsPip)
            }
        } catch let refusal as Refusal {
            record.removeSignatures()
            record.defect = refusal
            unfinished.record = record
            return unfinished
        }
        record.hasNoMambaForm = keys.forms.contains(.mamba) && signable.messages[.mamba] == nil
        if let old = stored.signatures { keep(old, signable, &record) }
        for key in signers?.keys ?? [] where !record.isSigned(by: key.member) {
            guard let message = signable.messages[keys.members[key.member].form] else { continue }
            if let inMemory = key.inMemory {
                record.add(try inMemory.sign(message), by: key.member)
                record.madeCount += 1
            } else {
                unfinished.requests.append((key, message))
            }
        }
        record.isLacking = !record.isComplete(keys)
        unfinished.record = record
        return unfinished
    }

    /// Keeps signatures of the index that are by keys which are still named, over the record as it is now.
    private func keep(_ text: ArraySlice<UInt8>, _ signable: SignableRecord, _ record: inout SignedRecord) {
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

    /// Asks the signers that are not in memory.
    private func finish(_ unfinished: Unfinished) async throws -> SignedRecord {
        guard !unfinished.requests.isEmpty else { return unfinished.record }
        var record = unfinished.record
        for (key, message) in unfinished.requests {
            try Task.checkCancellation()
            let signature = try await key.signer.sign(message)
            let named = keys.members[key.member].key
            guard named.publicKey.isValid(signature: signature, for: message) else {
                throw Failure(
                    .configuration,
                    "the signer of the key \(named) answered something that is no signature by it",
                    at: unfinished.fileName
                )
            }
            record.add(signature, by: key.member)
            record.madeCount += 1
        }
        record.isLacking = !record.isComplete(keys)
        return record
    }

    /// The file name, a byte that no name has, and the record: what the ledger knows signatures by. The byte says
    /// what mamba's form depends on besides the record.
    private func digest(_ stored: StoredRecord) -> ArraySlice<UInt8> {
        var digest = StreamingDigest(.sha256)
        var head = Array(stored.fileName.utf8)
        let dependsOnPip = head.starts(with: "python-".utf8) || head.starts(with: "pip-".utf8)
        head.append(dependsOnPip && listsPip ? 1 : 0)
        digest.update(head)
        stored.text.withUnsafeBytes { digest.update($0) }
        return digest.finish().bytes[...]
    }
}

extension RepodataFile {
    /// Whether a package named `pip` is listed.
    var listsPip: Bool { (try? PackageName("pip")).map(lists) ?? false }
}
