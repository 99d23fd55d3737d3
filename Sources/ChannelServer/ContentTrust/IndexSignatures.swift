// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import DurableFiles
public import TrustCore

/// How the records of one index file stand with conda content trust.
public struct IndexSignatures: Sendable {
    /// The index file, as `SUBDIR/NAME`.
    public let file: String
    /// How many records it has.
    public let recordCount: Int
    /// How many are signed as the channel's content trust demands.
    public private(set) var signedCount = 0
    /// How many of these mamba will not accept all the same, for its form of them cannot be made.
    public private(set) var withoutMambaFormCount = 0
    /// How many nobody has signed.
    public private(set) var unsignedCount = 0
    /// How many must not be signed, and are not.
    public private(set) var unsignableCount = 0
    /// How many have signatures that do not fit them, or too few; and how many signatures there are for no record.
    public private(set) var staleCount = 0
    /// The first records that are not signed as they should be, and why.
    public private(set) var problems: [(fileName: String, reason: String)] = []
    /// Whether the compressed form is there and says something else.
    public private(set) var isCompressedFormDifferent = false

    /// Of the text.
    private let digest: Digest
    private static let shownCount = 5

    /// Looks at an index.
    ///
    /// - Throws: a `json.…` or `repodata.…` code if the index, or its `signatures`, cannot be read, and a `Failure` if
    ///   it changed meanwhile.
    init(
        _ source: StoredBytes,
        file: String,
        of subdir: Subdir,
        by keys: RecordKeys,
        mambaForm: @escaping MambaFormSource
    ) throws {
        // What has no file name of its own, or is there twice, is nobody's: that is refused. What belongs to a record
        // and is malformed is that record's affair.
        let index = try RepodataFile(source, of: file, subdir: subdir) { _, _ in }
        self.file = file
        recordCount = index.count
        digest = index.digest
        try look(at: index, SignatureCheck(index, of: subdir, by: keys, mambaForm: mambaForm))
    }

    private mutating func look(at index: RepodataFile, _ check: SignatureCheck) throws {
        try check.run { name, finding in
            switch finding {
            case .signed: signedCount += 1
            case .signedInFull:
                signedCount += 1
                withoutMambaFormCount += 1
            case .unsigned:
                unsignedCount += 1
                note(name, "nobody has signed it")
            case .withoutForm:
                unsignableCount += 1
                note(name, "mamba's form of it cannot be made, and no other is signed here")
            case .unsignable(let refusal):
                unsignableCount += 1
                note(name, "it must not be signed: \(refusal.codeName)")
            case .stale(let reason):
                staleCount += 1
                note(name, reason)
            }
        }
        for name in index.unlistedSignatures {
            staleCount += 1
            note(name, "there are signatures, and no record")
        }
        try index.checkUnchanged()
    }

    /// Reads an index file of a channel's folder; nil if there is none.
    init?(
        _ name: String,
        of subdir: Subdir,
        in directory: String,
        by keys: RecordKeys,
        mambaForm: @escaping MambaFormSource
    ) throws {
        let file = ChannelLayout.file(name, in: subdir)
        let path = directory + "/" + file
        let limit = SignedChannel.indexLimit
        guard let source = try DurableFile.open(path, maximumLength: limit) else { return nil }
        try self.init(source, file: file, of: subdir, by: keys, mambaForm: mambaForm)
        if let compressed = try DurableFile.open(path + ".zst", maximumLength: limit) {
            isCompressedFormDifferent = try !Zstd.isCompressed(
                compressed,
                formOf: digest,
                length: source.length,
                of: file + ".zst"
            )
        }
    }

    private mutating func note(_ fileName: String, _ reason: String) {
        guard problems.count < Self.shownCount else { return }
        problems.append((fileName, reason))
    }

    /// Whether every record is signed, and nothing is stale.
    public var isComplete: Bool {
        signedCount == recordCount && staleCount == 0 && !isCompressedFormDifferent
    }

    /// Refuses (`channel.signature-stale`) an index with records that are not signed as they should be.
    func check() throws {
        guard let problem = problems.first else { return }
        throw Refusal(
            ChannelCode.signatureStale,
            file,
            at: problem.fileName,
            expected: "every record signed as `key_mgr.json` demands",
            found: problem.reason
        )
    }

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["file"] = .string(file)
        object["records"] = .number(JSONNumber(Int64(recordCount)))
        object["signed"] = .number(JSONNumber(Int64(signedCount)))
        object["without_mamba_form"] = .number(JSONNumber(Int64(withoutMambaFormCount)))
        object["unsigned"] = .number(JSONNumber(Int64(unsignedCount)))
        object["unsignable"] = .number(JSONNumber(Int64(unsignableCount)))
        object["stale"] = .number(JSONNumber(Int64(staleCount)))
        object["compressed_form_differs"] = .bool(isCompressedFormDifferent)
        object["problems"] = .array(
            problems.map { ["file": .string($0.fileName), "reason": .string($0.reason)] }
        )
        return object
    }
}
