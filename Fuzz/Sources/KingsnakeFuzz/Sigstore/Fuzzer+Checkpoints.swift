// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Sigstore
import TrustCore

extension Fuzzer {
    /// Checkpoints as a log of the second generation signs them, whatever they say: an entry is in the log only
    /// by a checkpoint of that very tree, under the log's own name, that the log has signed.
    static let checkpoints = Fuzzer("checkpoint") { bytes in
        let log = try world.get()
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        // As it came, with whatever signatures it has: none is the log's.
        try log.demand(false, log.verifies(text, log.root))
        guard let signed = try Finding.accepted({ try log.sign(text) }) else { return }
        try log.demand(log.isOwn(text), log.verifies(signed, log.root))
        // The same by a root that has another key for the log.
        try log.demand(false, log.verifies(signed, log.otherRoot))
    }

    private static let world = Result { try OneEntryLog() }
}

/// A log of the second generation with one entry.
private struct OneEntryLog: Sendable {
    let root: TrustedRoot
    let otherRoot: TrustedRoot
    private let key: PrivateKey
    private let host = "log.example"
    private let logID: [UInt8]
    private let leaf: [UInt8]
    private let signed: LoggedSignature
    private let time = Moment(Timestamp(seconds: 1_700_000_000))

    private static let body = Array(
        (#"{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","#
            + #""digest":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},"signature":{"content":"c2ln","verifier":"#
            + #"{"keyDetails":"PKIX_ECDSA_P256_SHA_256","x509Certificate":{"rawBytes":"MAMCAQE="}}}}}}"#).utf8
    )
    private static let signer =
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcOys85dOpQwQ4CPLhTdi4zMFdarToTDQyRspumT4IeGnfPCrgCS5"
        + "FWHjPGyeRk9MBVLOnp07a1cjzFAtlm4t9A=="

    init() throws {
        key = try .generate(.ed25519)
        leaf = MerkleHash.leaf(Self.body)
        logID =
            Digest.of(Array(host.utf8) + [0x0A, 0x01] + key.publicKey.subjectPublicKeyInfo.suffix(32)).bytes
        let signer = try VerificationKey(subjectPublicKeyInfo: Base64.decode(Self.signer) ?? [])
        signed = LoggedSignature(
            signature: Array("sig".utf8),
            signer: .certificate([0x30, 0x03, 0x02, 0x01, 0x01], key: signer),
            content: .message(
                digests: [Digest(.sha256, bytes: [UInt8](repeating: 0, count: 32))].compactMap(\.self)
            )
        )
        root = try Self.root(host, key, logID)
        otherRoot = try Self.root(host, .generate(.ed25519), logID)
        let own = "\(host)\n1\n\(Base64.text(leaf))\n"
        guard isOwn(own), try verifies(sign(own), root) else {
            Finding.report("a good checkpoint is refused")
        }
    }

    private static func root(_ host: String, _ key: PrivateKey, _ logID: [UInt8]) throws -> TrustedRoot {
        let log = TrustedRoot.Log(
            baseURL: "https://\(host)",
            key: try VerificationKey(subjectPublicKeyInfo: key.publicKey.subjectPublicKeyInfo),
            validFor: ValidityPeriod(start: Moment(Timestamp(seconds: 0)), end: nil),
            logID: logID
        )
        return TrustedRoot(
            transparencyLogs: [log],
            certificateAuthorities: [],
            certificateLogs: [],
            timestampAuthorities: []
        )
    }

    /// The note that the log makes of a text.
    func sign(_ text: String) throws -> String {
        var note = try SignedNote(text: text)
        guard let id = NoteKeyID(prefixOf: logID) else { return "" }
        note.add(try NoteSignature(name: host, keyID: id, bytes: try key.sign(Array(text.utf8))))
        return String(decoding: note.encoded(), as: UTF8.self)
    }

    /// Whether a verifier takes the entry to be in the log by this checkpoint.
    func verifies(_ checkpoint: String, _ root: TrustedRoot) throws -> Bool {
        let entry = LogEntry(
            logIndex: 0,
            logID: logID,
            kind: "hashedrekord",
            version: "0.0.2",
            integratedTime: 0,
            signedEntryTimestamp: nil,
            inclusionProof: LogEntry.InclusionProof(
                logIndex: 0,
                treeSize: 1,
                rootHash: leaf,
                hashes: [],
                checkpoint: checkpoint
            ),
            canonicalizedBody: Self.body
        )
        let verified = try Finding.accepted {
            try LogVerifier(root).verify([entry], version: .v03, signed: signed, timestamps: [time])
        }
        return verified != nil
    }

    /// Whether a text is a checkpoint of this tree, told as plainly as possible: by its lines.
    func isOwn(_ text: String) -> Bool {
        let lines = Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false).map {
            Array($0)
        }
        // The last is what stands behind the last line end: nothing.
        guard lines.count >= 4, lines.last == [], !lines[3..<(lines.count - 1)].contains([]) else {
            return false
        }
        return lines[0] == Array(host.utf8) && lines[1] == [0x31] && lines[2] == Array(Base64.text(leaf).utf8)
    }

    func demand(_ expected: Bool, _ found: Bool) throws {
        Finding.unless(
            expected == found,
            found ? "an entry is in a log that does not say so" : "a log's own checkpoint is refused"
        )
    }
}
