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
        /// Only keys for mamba are named, whose form of it cannot be made.
        case withoutForm
        /// It must not be signed, and is not.
        case unsignable(Refusal)
        /// A signature is there that is not of the record as it is, or not by the keys that are named, or too few are.
        case stale(String)
    }

    private let index: RepodataFile
    private let subdir: Subdir
    private let keys: RecordKeys
    private let mambaForm: MambaFormSource
    private let listsPip: Bool

    init(
        _ index: RepodataFile,
        of subdir: Subdir,
        by keys: RecordKeys,
        mambaForm: @escaping MambaFormSource
    ) {
        self.index = index
        self.subdir = subdir
        self.keys = keys
        self.mambaForm = mambaForm
        listsPip = index.listsPip
    }

    private static let chunk = 64
    /// How many chunks are looked at before their findings are given out.
    private static let wave = 64

    /// Gives each record and what was found, in the order of the index. Waits for it: whoever checks a folder has
    /// nothing else to do meanwhile, so this is not ``OrderedWork``.
    func run(_ each: (_ fileName: String, Finding) -> Void) throws {
        let length = Self.chunk * Self.wave
        for start in stride(from: 0, to: index.count, by: length) {
            for finding in try wave(start..<min(start + length, index.count)) { each(finding.0, finding.1) }
        }
    }

    private func wave(_ positions: Range<Int>) throws -> [(String, Finding)] {
        let chunks = stride(from: positions.lowerBound, to: positions.upperBound, by: Self.chunk).map {
            Array($0..<min($0 + Self.chunk, positions.upperBound))
        }
        let results = Mutex([Result<[(String, Finding)], any Error>?](repeating: nil, count: chunks.count))
        DispatchQueue.concurrentPerform(iterations: chunks.count) { number in
            let found = Result {
                try index.records(at: chunks[number]).map { ($0.fileName, look(at: $0)) }
            }
            results.withLock { $0[number] = found }
        }
        return try results.withLock { try $0.flatMap { try $0?.get() ?? [] } }
    }

    private func look(at stored: StoredRecord) -> Finding {
        let record: SignableRecord
        do {
            record = try SignableRecord(stored, of: index, in: subdir, keys.forms) {
                try mambaForm($0, listsPip)
            }
        } catch let refusal as Refusal {
            return stored.signatures == nil
                ? .unsignable(refusal) : .stale("it must not be signed: \(refusal.codeName)")
        } catch {
            return .stale("\(error)")
        }
        let isOnlyInFull = keys.forms.contains(.mamba) && record.messages[.mamba] == nil
        guard let text = stored.signatures else {
            guard record.messages.isEmpty else { return .unsigned }
            // Only mamba's keys sign here, and of this record there is nothing that they could.
            return keys.forms.contains(.full) ? .signedInFull : .withoutForm
        }
        do {
            let signatures = try RecordSignatures.read(text, of: stored.fileName)
            if signatures.isEmpty { return .unsigned }
            if let defect = try defect(signatures, record, stored.fileName) { return .stale(defect) }
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
