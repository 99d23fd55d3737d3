// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
public import TrustCore

/// What became of the records of a channel that was signed for conda content trust.
public struct RecordSigningReport: Sendable {
    /// A record that must not be signed.
    public struct Unsignable: Sendable {
        /// `SUBDIR/FILE`.
        public let file: String
        /// Why, as our own client would refuse it.
        public let refusal: Refusal
    }

    /// One subdir.
    public struct Subdir: Sendable {
        /// Its name.
        public let name: String
        /// How many records its index has.
        public internal(set) var recordCount = 0
        /// How many records were signed now, by one key or more.
        public internal(set) var signedCount = 0
        /// How many kept the signatures that they had.
        public internal(set) var keptCount = 0
        /// How many signatures were made.
        public internal(set) var signatureCount = 0
        /// The files whose record mamba will not accept, for its form of them cannot be made.
        public internal(set) var withoutMambaForm: [String] = []
        /// Whether anything changed for readers.
        public internal(set) var isChanged = false
        /// Index files that are there in other forms, which carry no signatures, or old ones.
        public internal(set) var otherForms: [String] = []
    }

    /// The subdirs, in the order of their names.
    public internal(set) var subdirs: [Subdir] = []
    /// The records that must not be signed.
    public internal(set) var unsignable: [Unsignable] = []
    /// Whether `pkg_mgr.json` was made anew.
    public internal(set) var hasRenewedPackageManager = false
    /// Whether the folder of keys could not be written, so that signatures must be verified again next time.
    public internal(set) var hasNoLedger = false

    init() {}

    mutating func add(
        _ subdir: CondaFormats.Subdir,
        _ records: SignedRecords,
        changing isChanged: Bool,
        fileName: (Int) throws -> String
    ) rethrows {
        var entry = Subdir(name: subdir.text)
        entry.recordCount = records.count
        entry.isChanged = isChanged
        for (position, record) in records.enumerated() {
            entry.signatureCount += record.madeCount
            if record.madeCount > 0 {
                entry.signedCount += 1
            } else if record.count > 0 {
                entry.keptCount += 1
            }
            if record.hasNoMambaForm { entry.withoutMambaForm.append(try fileName(position)) }
            if let refusal = record.defect {
                unsignable.append(Unsignable(file: "\(subdir)/\(try fileName(position))", refusal: refusal))
            }
        }
        subdirs.append(entry)
    }

    /// Counts the records of an index file of a plain folder: those of `current_repodata.json` are of the others, and
    /// only what had to be signed for them is counted.
    mutating func add(
        _ subdir: CondaFormats.Subdir,
        file: String,
        _ records: SignedRecords,
        _ index: RepodataFile,
        changing isChanged: Bool
    ) {
        guard file != ChannelLayout.plainIndex, var entry = subdirs.popLast() else {
            return add(subdir, records, changing: isChanged, fileName: index.fileName)
        }
        entry.isChanged = entry.isChanged || isChanged
        let known = Set(unsignable.map { ByteKey($0.file) })
        for (position, record) in records.enumerated() {
            entry.signatureCount += record.madeCount
            guard let refusal = record.defect else { continue }
            let name = "\(subdir)/\(index.fileName(at: position))"
            if !known.contains(ByteKey(name)) {
                unsignable.append(Unsignable(file: name, refusal: refusal))
            }
        }
        subdirs.append(entry)
    }

    /// Notes which index files of the last subdir are there in forms that were not signed.
    mutating func note(otherFormsIn names: [String]) {
        guard var entry = subdirs.popLast() else { return }
        let signed = [ChannelLayout.plainIndex, ChannelLayout.currentIndex].flatMap { [$0, $0 + ".zst"] }
        entry.otherForms = names.filter { name in
            ChannelLayout.isIndex(name) && !signed.contains { ByteKey.areEqual($0, name) }
        }
        subdirs.append(entry)
    }

    /// How many records a message names.
    private static let shownCount = 10

    /// Refuses (`channel.record-unsignable`) an index with records that must not be signed.
    func refuseUnsignable() throws {
        guard let first = unsignable.first else { return }
        let shown = unsignable.prefix(Self.shownCount).map { "\($0.file) [\($0.refusal.codeName)]" }
        let rest = unsignable.count - shown.count
        throw Refusal(
            ChannelCode.recordUnsignable,
            unsignable.count == 1 ? first.file : "\(unsignable.count) records",
            expected: "records that name their file and subdir and give a SHA-256",
            found: shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : ""),
            cause: first.refusal
        )
    }

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = unsignable.isEmpty ? "ok" : "incomplete"
        object["subdirs"] = .array(
            subdirs.map { subdir in
                var entry = JSONObject()
                entry["subdir"] = .string(subdir.name)
                entry["records"] = .number(JSONNumber(Int64(subdir.recordCount)))
                entry["signed"] = .number(JSONNumber(Int64(subdir.signedCount)))
                entry["kept"] = .number(JSONNumber(Int64(subdir.keptCount)))
                entry["signatures_made"] = .number(JSONNumber(Int64(subdir.signatureCount)))
                entry["changed"] = .bool(subdir.isChanged)
                entry["without_mamba_form"] = .array(subdir.withoutMambaForm.map { .string($0) })
                entry["other_forms"] = .array(subdir.otherForms.map { .string($0) })
                return .object(entry)
            }
        )
        object["unsigned"] = .array(
            unsignable.map { ["file": .string($0.file), "code": .string($0.refusal.codeName)] }
        )
        object["ledger_written"] = .bool(!hasNoLedger)
        object["pkg_mgr_renewed"] = .bool(hasRenewedPackageManager)
        return object
    }
}
