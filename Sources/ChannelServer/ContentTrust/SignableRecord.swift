// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import Gatekeeper
import TrustCore

/// A record that may be signed: it is what it is listed as, and says so itself.
///
/// A signature covers neither the file name nor the subdir under which the record is listed, so that whoever serves
/// the index could list it elsewhere. What we sign must therefore name its subdir, be of the file name it is listed
/// under, and give the SHA-256 of the file.
struct SignableRecord: Sendable {
    let fileName: String
    /// The bytes to sign in each form; none for a form that cannot be made of this record.
    let messages: [RecordForm: [UInt8]]

    /// Takes a record as it stands in an index.
    ///
    /// - Throws: a `Refusal` with the code of the rule that it breaks.
    init(
        _ stored: StoredRecord,
        of index: RepodataFile,
        in subdir: Subdir,
        _ forms: [RecordForm],
        mambaForm: (JSONValue) throws -> [UInt8]?
    ) throws {
        let record = try stored.read(in: index)
        let name = record.fileName.text
        fileName = name
        try RecordPlace.check(record, in: subdir)
        guard record.sha256 != nil else { throw Refusal(ChannelCode.recordWithoutDigest, name) }
        // Also where nobody signs it: what cannot be written this way must not be signed in another.
        let full = try PythonJSON.canonical(of: stored.text, subject: name)
        var messages: [RecordForm: [UInt8]] = [:]
        if forms.contains(.full) { messages[.full] = full }
        // That there is none is no reason to refuse the record: it is only mamba that will.
        if forms.contains(.mamba) { messages[.mamba] = (try? mambaForm(.object(record.raw))) ?? nil }
        self.messages = messages
    }
}
