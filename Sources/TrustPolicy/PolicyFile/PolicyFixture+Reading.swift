// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

extension PolicyFixture {
    /// The longest file of fixtures that is read.
    public static let maximumLength = 16 << 20

    private static let keys = [
        "name", "package", "channel", "sha256", "md5", "indexed", "built", "first_seen", "now", "promised",
        "sidecar",
        "attestations", "unverified", "seen_before", "link_scripts", "expect", "code",
    ]

    /// Reads a file of fixtures, version 1; strict, as policies are read.
    ///
    /// - Throws: a `Refusal` with a `policy-file.…` or `name.…` code.
    public static func read(yaml bytes: [UInt8], _ subject: String = "policy test") throws -> [PolicyFixture]
    {
        let root = try PolicyText.read(bytes, subject, maximumLength: maximumLength)
        guard let top = root.mapping else { throw root.wrong("a mapping with `version` and `cases`") }
        try top.checkVersion()
        try top.demandOnly(["version", "cases"])
        guard let list = try top.list("cases"), !list.isEmpty else {
            throw root.refusal(.empty, expected: "`cases` with at least one case", found: "none")
        }
        return try list.map { node in
            guard let fields = node.mapping else { throw node.wrong("a case, as a mapping") }
            try fields.demandOnly(keys)
            return try fixture(fields)
        }
    }

    private static func fixture(_ fields: PolicyMapping) throws -> PolicyFixture {
        let channel = try EntryReader.channel(
            try fields.requiredText("channel"),
            fields["channel"] ?? fields.node
        )
        let package = try ArchiveFileName(try fields.requiredText("package"))
        let expectation: Expectation = try choice("expect", fields)
        let code: PolicyCode? = try fields.text("code") == nil ? nil : try choice("code", fields)
        guard (expectation == .allowed) == (code == nil) else {
            throw fields.node.refusal(
                .value,
                expected: "a `code` where something objects, and none where all is allowed",
                found: "`\(expectation.rawValue)` " + (code == nil ? "without" : "with")
            )
        }
        let digest = try digest(.sha256, fields) ?? Digest.of(Array(package.text.utf8))
        var evidence = Evidence(package: package.text, channel: channel.identity, packageDigest: digest)
        // The rules about the index are not what is tested; the date counts as signed.
        evidence.pin = .index
        evidence.index = SignedIndex(
            role: "test",
            file: "test",
            versions: [:],
            expires: Timestamp(seconds: .max)
        )
        evidence.record = IndexRecord(
            sha256: digest,
            md5: try Self.digest(.md5, fields),
            size: nil,
            isRemoved: false,
            indexed: try fields.timestamp("indexed"),
            built: try fields.timestamp("built"),
            attestations: try fields.bool("promised") == true ? Digest.of([]) : nil
        )
        evidence.firstSeen = try fields.timestamp("first_seen")
        evidence.linkScripts = try (fields.list("link_scripts") ?? []).map { node in
            guard let text = node.text else { throw node.wrong("a script's path") }
            return text
        }
        if let sidecar = try fields.mapping("sidecar") {
            try sidecar.demandOnly(["code", "reason"])
            evidence.sidecar = .unavailable(
                code: try sidecar.requiredText("code"),
                reason: try sidecar.text("reason") ?? "not there"
            )
        }
        evidence.attestations = try (fields.list("attestations") ?? []).map(attestation)
        evidence.unverifiedAttestations = try (fields.list("unverified") ?? []).enumerated().map { at, node in
            guard let entry = node.mapping else { throw node.wrong("an entry, as a mapping") }
            try entry.demandOnly(["code", "reason"])
            return UnverifiedAttestation(
                position: at,
                code: try entry.requiredText("code"),
                reason: try entry.text("reason") ?? "refused"
            )
        }
        var lock = PublisherLock()
        let seen = try (fields.list("seen_before") ?? []).map(attestation)
        _ = lock.record(seen, of: package, Digest.of([0]), in: channel, now: Timestamp(seconds: 0))
        return PolicyFixture(
            name: try fields.text("name") ?? package.text,
            place: fields.node.place,
            package: package,
            channel: channel,
            expectation: expectation,
            code: code,
            evidence: evidence,
            lock: lock,
            now: try fields.timestamp("now") ?? Timestamp(seconds: 0)
        )
    }

    private static func attestation(_ node: PolicyNode) throws -> Attestation {
        guard let fields = node.mapping else { throw node.wrong("an attestation, as a mapping") }
        let kinds = Signer.Kind.allCases.map(\.rawValue)
        try fields.demandOnly(kinds + ["issuer", "predicate_type", "target_channel", "claims"])
        let given = kinds.filter { fields[$0] != nil }
        guard given.count == 1, let kind = Signer.Kind(rawValue: given[0]) else {
            throw node.refusal(.publisher, expected: "exactly one of `uri`, `email`, `other`, `key`")
        }
        var claims: [CertificateClaim: String] = [:]
        for member in try fields.mapping("claims")?.members ?? [] {
            guard let claim = CertificateClaim(rawValue: member.key) else {
                throw member.value.refusal(
                    .unknownKey,
                    expected: "the name of a claim",
                    found: Shown.quoted(member.key)
                )
            }
            guard let value = member.value.text else { throw member.value.wrong("a claim's text") }
            claims[claim] = value
        }
        return Attestation(
            predicateType: try fields.text("predicate_type") ?? Attestation.publishPredicate,
            targetChannel: try fields.text("target_channel"),
            signer: Signer(kind, try fields.requiredText(given[0]), issuer: try fields.text("issuer")),
            claims: claims
        )
    }

    private static func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String,
        _ fields: PolicyMapping
    ) throws -> Value where Value.RawValue == String {
        let text = try fields.requiredText(key)
        guard let value = Value(rawValue: text) else {
            let all = Value.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw (fields[key] ?? fields.node).refusal(
                .value,
                expected: "one of \(all)",
                found: Shown.quoted(text)
            )
        }
        return value
    }

    private static func digest(_ algorithm: DigestAlgorithm, _ fields: PolicyMapping) throws -> Digest? {
        let key = algorithm.rawValue
        guard let text = try fields.text(key) else { return nil }
        guard let digest = Digest(algorithm, hex: text) else {
            throw (fields[key] ?? fields.node).refusal(
                .value,
                expected: "\(algorithm.byteCount * 2) hexadecimal digits",
                found: Shown.quoted(text)
            )
        }
        return digest
    }
}
