// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import Dispatch
import SigningKeys
import Synchronization
import TrustCore

/// Looks at every record of an index: is it signed as the channel's content trust demands, in every form?
///
/// Nothing is taken from the ledger: every signature is verified, on all cores.
struct SignatureCheck: Sendable {
    /// What a look at one record finds.
    enum Finding: Sendable {
        /// Enough keys of each form have signed it as it is, and nobody else.
        case signed
        /// The same in full; mamba will not accept it, for its form of it cannot be made.
        case signedInFull
        /// No key has signed it.
        case unsigned
        /// It must not be signed, and is not.
        case unsignable(Refusal)
        /// A signature is there that is not of the record as it is, or not by the keys that are named, or too few are.
        case stale(String)
    }

    private let index: RepodataIndex
    private let table: SignatureTable?
    private let subdir: Subdir
    private let keys: RecordKeys
    private let mambaForm: MambaFormSource
    private let listsPip: Bool

    /// - Throws: a `json.…` or `repodata.…` code if the index's `signatures` are malformed.
    init(
        _ index: RepodataIndex,
        of subdir: Subdir,
        by keys: RecordKeys,
        mambaForm: @escaping MambaFormSource
    ) throws {
        self.index = index
        self.subdir = subdir
        self.keys = keys
        self.mambaForm = mambaForm
        listsPip = index.listsPip
        table = try SignatureTable(index)
    }

    private static let chunk = 256

    /// The findings, in the order of the index.
    func run() -> [Finding] {
        let chunks = (index.count + Self.chunk - 1) / Self.chunk
        let results = Mutex([[Finding]](repeating: [], count: chunks))
        DispatchQueue.concurrentPerform(iterations: chunks) { number in
            let positions = number * Self.chunk..<min((number + 1) * Self.chunk, index.count)
            let found = positions.map(look)
            results.withLock { $0[number] = found }
        }
        return results.withLock { $0.flatMap { $0 } }
    }

    /// The file names that there are signatures for, and no records.
    func vanished() -> [String] {
        let listed = Set((0..<index.count).map { ByteKey(index.fileName(at: $0)) })
        return table?.fileNames.filter { !listed.contains(ByteKey($0)) } ?? []
    }

    private func look(at position: Int) -> Finding {
        let name = index.fileName(at: position)
        let text = table?.signatures(of: index.text[index.place(at: position).fileName])
        let record: SignableRecord
        do {
            record = try SignableRecord(index, position, in: subdir, keys.forms) {
                try mambaForm($0, listsPip)
            }
        } catch let refusal as Refusal {
            return text == nil ? .unsignable(refusal) : .stale("it must not be signed: \(refusal.codeName)")
        } catch {
            return .stale("\(error)")
        }
        let isOnlyInFull = keys.forms.contains(.mamba) && record.messages[.mamba] == nil
        guard let text else {
            return record.messages.isEmpty ? .signedInFull : .unsigned
        }
        do {
            let signatures = try RecordSignatures.read(Array(text), of: name)
            if signatures.isEmpty { return .unsigned }
            if let defect = try defect(signatures, record, name) { return .stale(defect) }
            return isOnlyInFull ? .signedInFull : .signed
        } catch let refusal as Refusal {
            return .stale("\(refusal.codeName)")
        } catch {
            return .stale("\(error)")
        }
    }

    /// Why signatures are not what they should be; nil if they are.
    private func defect(_ signatures: [TrustSignature], _ record: SignableRecord, _ name: String) throws
        -> String?
    {
        for signature in signatures {
            guard signature.headers == nil else { return "a wrapped signature, which is only for roots" }
            guard let member = keys.position(of: signature.keyID) else {
                return
                    "a signature by the key \(signature.keyID.prefix(16))…, which `key_mgr.json` does not name"
            }
            guard record.messages[keys.members[member].form] != nil else {
                return "a signature of mamba's form, which cannot be made of this record"
            }
        }
        for form in keys.forms {
            guard let message = record.messages[form] else { continue }
            let members = keys.members.filter { $0.form == form }
            let own = signatures.filter { signature in
                members.contains { ByteKey.areEqual($0.key.hex, signature.keyID) }
            }
            let tally = try Threshold.tally(
                own.map { Signature(keyID: $0.keyID, bytes: $0.value) },
                over: message,
                keys: members.map { ($0.key.hex, $0.key.publicKey) },
                subject: name
            )
            guard !tally.entries.contains(where: { $0.outcome == .wrong }) else {
                return "a signature that is not of the record as it is"
            }
            guard tally.keyIDs.count >= keys.threshold else {
                return
                    "\(tally.keyIDs.count) of \(keys.threshold) signatures in the form for `\(form.rawValue)`"
            }
        }
        return nil
    }
}
