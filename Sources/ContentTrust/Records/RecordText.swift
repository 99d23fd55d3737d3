// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys

/// A record of an index as it stands there, the file name it is listed under, and the signatures that the index gives
/// for that name. Unverified.
public struct RecordText: Sendable {
    /// The file name, the record's key in the index.
    public let fileName: String
    /// The record, a part of the index: taking it copies nothing.
    public let text: ArraySlice<UInt8>
    /// Its signatures, see ``RecordSignatures``; nil if the index gives none.
    public let signatures: ArraySlice<UInt8>?

    /// Takes a record.
    public init(fileName: String, text: ArraySlice<UInt8>, signatures: ArraySlice<UInt8>? = nil) {
        self.fileName = fileName
        self.text = text
        self.signatures = signatures
    }

    /// What is signed of it in ``RecordForm/full``.
    ///
    /// - Throws: a `Refusal` with a `json.…` code, `limit.too-large` or `content-trust.number`.
    public func canonical() throws -> [UInt8] { try PythonJSON.canonical(of: text, subject: fileName) }

    /// Demands that enough keys have signed it in full.
    ///
    /// That it is of the file and the subdirectory it is listed under is not checked here.
    /// - Throws: as ``RecordAuthority/verify(_:_:of:)``, or a `Refusal` because it or its signatures cannot be read.
    public func verified(by authority: RecordAuthority) throws -> VerifiedThreshold {
        let read = try signatures.map { try RecordSignatures.read($0, of: fileName) } ?? []
        return try authority.verify(canonical(), read, of: fileName)
    }
}
