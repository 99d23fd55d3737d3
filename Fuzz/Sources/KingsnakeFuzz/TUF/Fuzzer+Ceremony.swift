// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TUF
import TrustCore

extension Fuzzer {
    /// The files that authorities send each other.
    ///
    /// As they are: a proposal, signatures, a transcript. And a proposal whose first two lines are what is proposed
    /// for root and for targets (`-` for nothing), after a first version that is given; each line after them is a
    /// file of signatures. What a ceremony finishes, a client follows.
    static let ceremony = Fuzzer("ceremony") { bytes in
        _ = try Finding.accepted { check(try CeremonyProposal(parsing: bytes)) }
        _ = try Finding.accepted { try check(CeremonySignatures(parsing: bytes)) }
        _ = try Finding.accepted { try CeremonyTranscript.check(bytes) }
        let lines = InputParts(bytes).lines(8)
        guard lines.count >= 2 else { return }
        let first = try FirstVersion.made.get()
        var proposal = try CeremonyProposal(parsing: first.proposal(root: lines[0], targets: lines[1]))
        check(proposal)
        for line in lines.dropFirst(2) {
            _ = try Finding.accepted {
                try proposal.merge(CeremonySignatures(parsing: Array(line.utf8)))
            }
        }
        for id in [first.id, "k"] {
            _ = try Finding.accepted {
                try proposal.merge(CeremonySignatures(parsing: first.signatures(of: proposal, under: id)))
            }
        }
        let progress = try CeremonyProgress(proposal)
        guard let finished = try Finding.accepted({ try FinishedCeremony(proposal, now: FirstVersion.now) })
        else { return }
        Finding.unless(progress.isComplete, "a ceremony is finished that lacks signatures")
        let followed = Finding.ifRefused("a client does not follow what a ceremony finished") {
            try RootChain(files: finished.chain.links.map(\.root.bytes))
        }
        Finding.unlessEqual(
            followed.last.root.role.version,
            finished.chain.last.root.role.version,
            "the last version"
        )
    }

    private static func check(_ proposal: CeremonyProposal) {
        let copy = Finding.ifRefused("a proposal is refused when written") {
            try CeremonyProposal(parsing: proposal.encoded())
        }
        Finding.unlessEqual(copy.digest, proposal.digest, "the digest of what is proposed")
        Finding.unlessEqual(
            CeremonyWords(copy, now: FirstVersion.now).lines,
            CeremonyWords(proposal, now: FirstVersion.now).lines,
            "the words"
        )
    }

    private static func check(_ signatures: CeremonySignatures) throws {
        let copy = Finding.ifRefused("signatures are refused when written") {
            try CeremonySignatures(parsing: signatures.encoded())
        }
        Finding.unlessEqual(copy.entries.map(\.digest), signatures.entries.map(\.digest), "the digests")
        Finding.unlessEqual(
            copy.entries.map(\.signature.bytes),
            signatures.entries.map(\.signature.bytes),
            "the signatures"
        )
    }
}

/// Version 1 of a repository whose one key the whole world knows.
private struct FirstVersion {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let made = Result { try FirstVersion() }

    private static let pem = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIGtpbmdzbmFrZSBmdXp6aW5nOiBub3QgYSBzZWNyZXQh
        -----END PRIVATE KEY-----
        """

    private let key: PrivateKey
    /// What version 1 calls the key. A proposal can call it `k`.
    let id: String
    private let root: String
    private let targets: String

    init() throws {
        let key = try PrivateKey(pem: Array(Self.pem.utf8))
        let header = MetadataHeader(version: 1, expires: Timestamp(seconds: 2_000_000_000))
        let role = RoleSetup([key.publicKey])
        let metadata = try RootMetadata(
            header: header,
            root: role,
            timestamp: role,
            snapshot: role,
            targets: role
        )
        self.key = key
        id = KeyDefinition(key.publicKey).computedID.text
        root = try Self.sign(metadata.encoded(), key, id)
        targets = try Self.sign(TargetsMetadata(header: header).encoded(), key, id)
    }

    private static func sign(_ object: JSONObject, _ key: PrivateKey, _ id: String) throws -> String {
        var envelope = try MetadataEnvelope(signed: object)
        envelope.add(Signature(keyID: id, bytes: try key.sign(envelope.signedBytes)))
        return String(decoding: envelope.encoded(), as: UTF8.self)
    }

    /// A proposal that nobody has signed.
    func proposal(root line: String, targets other: String) -> [UInt8] {
        var proposed = JSONObject()
        for (name, line) in [("root", line), ("targets", other)] {
            guard let signed = try? JSONReader.read(Array(line.utf8), of: "line") else { continue }
            proposed[name] = ["signatures": [], "signed": signed]
        }
        let file: JSONValue = [
            "format": "kingsnake-ceremony", "version": 1, "chain": [.string(root)],
            "targets": .string(targets), "proposed": .object(proposed),
        ]
        return JSONWriter.encode(file)
    }

    /// The file that the one authority sends back.
    func signatures(of proposal: CeremonyProposal, under id: String) throws -> [UInt8] {
        var entries: [JSONValue] = []
        if let root = proposal.root {
            entries.append(try entry("root", root.role.version, root.envelope, id))
        }
        if let targets = proposal.targets {
            entries.append(try entry("targets", targets.role.version, targets.envelope, id))
        }
        let file: JSONValue = [
            "format": "kingsnake-ceremony-signatures", "version": 1, "signatures": .array(entries),
        ]
        return JSONWriter.encode(file)
    }

    private func entry(
        _ role: String,
        _ version: Int64,
        _ envelope: MetadataEnvelope,
        _ id: String
    ) throws -> JSONValue {
        [
            "role": .string(role), "version": .number(JSONNumber(version)),
            "sha256": .string(Digest.of(envelope.signedBytes).hex), "keyid": .string(id),
            "sig": .string(Hex.encode(try key.sign(envelope.signedBytes))),
        ]
    }
}
