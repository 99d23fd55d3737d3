// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads one publisher, in a policy file or in what a channel's owner signed.
enum PublisherReader {
    static let sources = ["github", "gitlab", "identity", "key"]
    static let conditions = [
        "issuer", "kind", "repository_id", "owner_id", "workflow", "ref", "environment", "trigger", "claims",
    ]

    static func publisher(_ node: PolicyNode) throws -> Publisher {
        guard let mapping = node.mapping else { throw node.wrong("a publisher, as a mapping") }
        try mapping.demandOnly(sources + conditions)
        let given = sources.filter { mapping[$0] != nil }
        guard given.count == 1 else {
            throw node.refusal(
                .publisher,
                expected: "exactly one of `github`, `gitlab`, `identity`, `key`",
                found: given.isEmpty ? "none" : given.map { "`\($0)`" }.joined(separator: " and ")
            )
        }
        var publisher: Publisher
        switch given[0] {
        case "github": publisher = try github(mapping)
        case "gitlab": publisher = try gitlab(mapping)
        case "identity": publisher = try identity(mapping)
        default: publisher = try key(mapping)
        }
        publisher.ref = try ref(mapping)
        publisher.claims = try claims(mapping)
        return publisher
    }

    private static func github(_ mapping: PolicyMapping) throws -> Publisher {
        try refuse(["issuer", "kind"], in: mapping, of: "github")
        let text = try mapping.requiredText("github")
        guard let publisher = Publisher.github(text) else {
            throw repositoryRefusal(mapping, "github", text, "`OWNER/NAME` or `OWNER/*`")
        }
        return try repository(publisher, mapping)
    }

    private static func gitlab(_ mapping: PolicyMapping) throws -> Publisher {
        try refuse(["kind"], in: mapping, of: "gitlab")
        let text = try mapping.requiredText("gitlab")
        let issuer = try mapping.text("issuer") ?? BuildService.gitlabIssuer
        guard let publisher = Publisher.gitlab(text, issuer: try checkedIssuer(issuer, mapping)) else {
            throw repositoryRefusal(mapping, "gitlab", text, "`GROUP/PROJECT` or `GROUP/*`")
        }
        return try repository(publisher, mapping)
    }

    private static func identity(_ mapping: PolicyMapping) throws -> Publisher {
        try refuse(["repository_id", "owner_id", "workflow"], in: mapping, of: "identity")
        let value = try mapping.requiredText("identity")
        guard let issuer = try mapping.text("issuer") else {
            throw mapping.node.refusal(
                .issuerMissing,
                expected: "`issuer` beside `identity`",
                found: "nothing"
            )
        }
        guard !value.utf8.contains(UInt8(ascii: "*")), isPlain(value) else {
            let star = value.utf8.contains(UInt8(ascii: "*"))
            throw (mapping["identity"] ?? mapping.node).refusal(
                star ? .wildcard : .value,
                expected: "the identity word for word",
                found: Shown.quoted(value)
            )
        }
        let kind = try mapping.text("kind").map { text in
            guard let kind = Signer.Kind(rawValue: text), kind != .key else {
                throw (mapping["kind"] ?? mapping.node).refusal(
                    .value,
                    expected: "`uri`, `email` or `other`",
                    found: Shown.quoted(text)
                )
            }
            return kind
        }
        return Publisher(
            .identity(kind ?? usualKind(of: value), value, issuer: try checkedIssuer(issuer, mapping))
        )
    }

    /// What an identity of this look is in certificates, where the policy does not say.
    static func usualKind(of value: String) -> Signer.Kind {
        let bytes = Array(value.utf8)
        let mark = Array("://".utf8)
        if bytes.indices.contains(where: { bytes[$0...].starts(with: mark) }) { return .uri }
        return bytes.contains(UInt8(ascii: "@")) ? .email : .other
    }

    private static func key(_ mapping: PolicyMapping) throws -> Publisher {
        try refuse(conditions, in: mapping, of: "key")
        let text = try mapping.requiredText("key")
        guard let fingerprint = Digest(.sha256, hex: text) else {
            throw (mapping["key"] ?? mapping.node).refusal(
                .value,
                expected: "64 hexadecimal digits, SHA-256 of the key's SubjectPublicKeyInfo",
                found: Shown.quoted(text)
            )
        }
        return Publisher(.key(fingerprint))
    }

    private static func repository(_ publisher: Publisher, _ mapping: PolicyMapping) throws -> Publisher {
        var publisher = publisher
        publisher.repositoryID = try number("repository_id", mapping)
        publisher.ownerID = try number("owner_id", mapping)
        if case .repository(_, let pattern) = publisher.source, pattern.name == nil,
            publisher.repositoryID != nil
        {
            throw (mapping["repository_id"] ?? mapping.node).refusal(
                .publisher,
                expected: "a repository's number beside one repository",
                found: "beside \(Shown.quoted(pattern.description))"
            )
        }
        if let workflow = try mapping.text("workflow") {
            // A file's path; what stands behind an `@` is the ref's business.
            let isFile =
                isPlain(workflow) && workflow.utf8.first != UInt8(ascii: "/")
                && !workflow.utf8.contains(UInt8(ascii: "@"))
            let hasStar = workflow.utf8.contains(UInt8(ascii: "*"))
            guard isFile, !hasStar else {
                throw (mapping["workflow"] ?? mapping.node).refusal(
                    hasStar ? .wildcard : .value,
                    expected: "a workflow's file, such as `release.yml`",
                    found: Shown.quoted(workflow)
                )
            }
            publisher.workflow = workflow
        }
        return publisher
    }

    private static func number(_ key: String, _ mapping: PolicyMapping) throws -> String? {
        guard let text = try mapping.text(key) else { return nil }
        guard text.utf8.count <= 20, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw (mapping[key] ?? mapping.node).refusal(
                .value,
                expected: "`\(key)` as decimal digits",
                found: Shown.quoted(text)
            )
        }
        return text
    }

    private static func ref(_ mapping: PolicyMapping) throws -> RefPattern? {
        guard let text = try mapping.text("ref") else { return nil }
        guard let ref = RefPattern(text) else {
            throw (mapping["ref"] ?? mapping.node).refusal(
                text.utf8.contains(UInt8(ascii: "*")) ? .wildcard : .value,
                expected: "a whole ref such as `refs/heads/main`, `refs/tags/*` or `refs/tags/`",
                found: Shown.quoted(text)
            )
        }
        return ref
    }

    private static func claims(_ mapping: PolicyMapping) throws -> [CertificateClaim: String] {
        var claims: [CertificateClaim: String] = [:]
        func add(_ claim: CertificateClaim, _ value: String, _ node: PolicyNode) throws {
            guard isPlain(value), !value.utf8.contains(UInt8(ascii: "*")) else {
                throw node.refusal(.wildcard, expected: "the value word for word", found: Shown.quoted(value))
            }
            guard claims.updateValue(value, forKey: claim) == nil else {
                throw node.refusal(
                    .duplicate,
                    expected: "each claim once",
                    found: "`\(claim.rawValue)` twice"
                )
            }
        }
        for (key, claim) in [
            ("environment", CertificateClaim.deploymentEnvironment), ("trigger", .buildTrigger),
        ] {
            if let value = try mapping.text(key) { try add(claim, value, mapping[key] ?? mapping.node) }
        }
        for member in try mapping.mapping("claims")?.members ?? [] {
            guard let claim = CertificateClaim(rawValue: member.key) else {
                throw member.value.refusal(
                    .unknownKey,
                    expected: "the name of a claim",
                    found: Shown.quoted(member.key)
                )
            }
            guard let value = member.value.text else { throw member.value.wrong("a claim's text") }
            try add(claim, value, member.value)
        }
        return claims
    }

    private static func checkedIssuer(_ text: String, _ mapping: PolicyMapping) throws -> String {
        let isURL = text.utf8.starts(with: "https://".utf8) && text.utf8.count > 8
        guard isURL, isPlain(text), text.utf8.last != UInt8(ascii: "/"),
            !text.utf8.contains(UInt8(ascii: "*"))
        else {
            throw (mapping["issuer"] ?? mapping.node).refusal(
                text.utf8.contains(UInt8(ascii: "*")) ? .wildcard : .value,
                expected: "the issuer's URL, such as `https://token.example.org`, without a slash at the end",
                found: Shown.quoted(text)
            )
        }
        return text
    }

    private static func repositoryRefusal(
        _ mapping: PolicyMapping,
        _ key: String,
        _ text: String,
        _ expected: String
    ) -> Refusal {
        (mapping[key] ?? mapping.node).refusal(
            text.utf8.contains(UInt8(ascii: "*")) ? .wildcard : .value,
            expected: expected,
            found: Shown.quoted(text)
        )
    }

    /// Conditions that could never hold would silently lock out, or be taken for ones that do.
    private static func refuse(_ keys: [String], in mapping: PolicyMapping, of source: String) throws {
        for key in keys {
            guard let value = mapping[key] else { continue }
            throw value.refusal(.publisher, expected: "no `\(key)` beside `\(source)`", found: "`\(key)`")
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 2_048 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
