// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import SigningKeys
import TrustCore

extension Fuzzer {
    /// What conda content trust has in files, each tried on the same bytes: metadata of every role, the signatures
    /// of an index, the headers of an OpenPGP signature.
    static let contentTrust = Fuzzer("content-trust") { bytes in
        for role in TrustRole.allCases {
            let envelope = try Finding.accepted { try TrustEnvelope(parsing: bytes, as: role) }
            if let envelope { try checkEnvelope(envelope, bytes) }
        }
        let text = Array("{\"signatures\":".utf8) + bytes + Array("}".utf8)
        let file = try Finding.accepted {
            try RepodataFile(StoredBytes(text), window: 64) { try RecordSignatures.check($1, of: $0) }
        }
        let table = try Finding.accepted {
            let table = try SignatureTable(RepodataIndex(text))
            try table?.check { try RecordSignatures.check($1, of: $0) }
            return table
        }
        Finding.unless((file == nil) == (table == nil), "the index in a file is taken otherwise")
        if let table = table ?? nil, let value = try? JSONReader.read(bytes, of: "input") {
            checkTable(table, value)
        }
        if let headers = try Finding.accepted({ try OpenPGPHeaders(bytes, of: "input") }) {
            checkHeaders(headers, bytes)
        }
    }

    private static func checkEnvelope(_ envelope: TrustEnvelope, _ bytes: [UInt8]) throws {
        let again = Finding.ifRefused("what we write is refused") {
            try TrustEnvelope(parsing: envelope.encoded(), as: envelope.metadata.role)
        }
        Finding.unless(again.metadata == envelope.metadata, "the metadata that were written differ")
        Finding.unless(again.signedBytes == envelope.signedBytes, "the signed bytes changed")
        Finding.unless(again.signatures.count == envelope.signatures.count, "signatures were lost")
        let metadata = Finding.ifRefused("metadata are refused when written") {
            try TrustMetadata(envelope.metadata.encoded(), as: envelope.metadata.role)
        }
        Finding.unless(metadata == envelope.metadata, "the metadata that were written differ")
        for delegation in envelope.metadata.delegations.values {
            Finding.unless(delegation.threshold >= 1, "a threshold below 1")
            Finding.unless(Set(delegation.keys.map(\.hex)).count == delegation.keys.count, "a key twice")
        }
        guard let own = envelope.metadata.delegations[.root] else { return }
        let tally = try envelope.tally(by: own)
        let chain = try Finding.accepted { try TrustChain(pinned: bytes) }
        Finding.unlessEqual(chain != nil, tally.keyIDs.count >= own.threshold, "whether enough have signed")
    }

    /// Every entry can be read, is found by its name, and is what a reader of values finds there.
    private static func checkTable(_ table: SignatureTable, _ value: JSONValue) {
        guard let object = value.object else { Finding.report("signatures that are no object") }
        let names = table.fileNames
        Finding.unlessEqual(names.count, object.count, "how many files there are")
        for (one, other) in zip(names, names.dropFirst()) {
            Finding.unless(ByteKey(one) < ByteKey(other), "the names are not in order")
        }
        for name in names {
            let found = Finding.ifRefused("an entry is refused") {
                try RecordSignatures.read(table.signatures(of: name.utf8) ?? [], of: name)
            }
            let expected = Finding.ifRefused("an entry is refused as a value") {
                try RecordSignatures.read(JSONWriter.encode(object[name] ?? .null, .indented), of: name)
            }
            Finding.unless(found == expected, "the signatures differ")
            var text: [UInt8] = []
            RecordSignatures.write(found, to: &text)
            let again = Finding.ifRefused("what we write is refused") {
                try RecordSignatures.read(text, of: name)
            }
            Finding.unless(again == found, "the signatures that were written differ")
        }
    }

    private static func checkHeaders(_ headers: OpenPGPHeaders, _ bytes: [UInt8]) {
        Finding.unless(headers.bytes == bytes, "the headers are other bytes")
        Finding.unless(headers.issuer?.count ?? 20 == 20, "a fingerprint of another length")
        Finding.unless(
            (0...0xFFFF_FFFF).contains(headers.createdAt.seconds),
            "a time that has no 32 bits"
        )
        Finding.unlessEqual(headers.digest(of: bytes).count, 32, "the length of a digest")
    }
}
