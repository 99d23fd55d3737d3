// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Reads one revocation.
enum RevocationReader {
    private static let conditions = ["sha256", "md5", "match", "publisher", "indexed"]

    static func revocation(_ node: PolicyNode, _ place: RulesReader.Place) throws -> Revocation {
        guard let mapping = node.mapping else { throw node.wrong("a revocation, as a mapping") }
        let channel = place == .general ? ["channel"] : []
        try mapping.demandOnly(conditions + channel + ["reason", "reference"])
        guard conditions.contains(where: { mapping[$0] != nil }) else {
            let one = conditions.map { "`\($0)`" }.joined(separator: ", ")
            throw node.refusal(.empty, expected: "at least one of \(one)", found: "none")
        }
        var revocation = Revocation(reason: try reason(mapping), reference: try reference(mapping))
        revocation.digests = try digests(mapping)
        revocation.match = try match(mapping)
        revocation.publisher = try mapping["publisher"].map(PublisherReader.publisher)
        revocation.window = try mapping.mapping("indexed").map(window)
        revocation.channel = try mapping["channel"].map(EntryReader.channel)
        return revocation
    }

    private static func reason(_ mapping: PolicyMapping) throws -> String {
        let text = try mapping.requiredText("reason")
        guard text.utf8.count <= Revocation.maximumReason else {
            throw (mapping["reason"] ?? mapping.node).refusal(
                .value,
                expected: "a reason of at most \(Revocation.maximumReason) bytes"
            )
        }
        return text
    }

    private static func reference(_ mapping: PolicyMapping) throws -> String? {
        guard let text = try mapping.text("reference") else { return nil }
        let isURL = ["https://", "http://"].contains { text.utf8.starts(with: $0.utf8) }
        guard isURL, text.utf8.count <= 500, text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            throw (mapping["reference"] ?? mapping.node).refusal(
                .value,
                expected: "a URL of at most 500 characters, as `https://example.org/advisory`",
                found: Shown.quoted(text)
            )
        }
        return text
    }

    private static func digests(_ mapping: PolicyMapping) throws -> [Digest] {
        guard mapping["sha256"] == nil || mapping["md5"] == nil else {
            throw mapping.node.refusal(.value, expected: "one of `sha256` and `md5`", found: "both")
        }
        for algorithm in [DigestAlgorithm.sha256, .md5] {
            guard let value = mapping[algorithm.rawValue] else { continue }
            let list = value.list ?? [value]
            guard !list.isEmpty else {
                throw value.refusal(.empty, expected: "at least one digest", found: "none")
            }
            guard list.count <= EntryReader.maximumExceptions else {
                throw value.refusal(.tooLarge, expected: "at most \(EntryReader.maximumExceptions) digests")
            }
            return try list.map { node in
                guard let digest = node.text.flatMap({ Digest(algorithm, hex: $0) }) else {
                    throw node.refusal(
                        .value,
                        expected: "\(algorithm.byteCount * 2) hexadecimal digits",
                        found: node.text.map(Shown.quoted)
                    )
                }
                return digest
            }
        }
        return []
    }

    /// Name, version and build, all of which every file name says. A condition on anything else would not hold where an index
    /// leaves that out, and so would let pass what is revoked.
    private static func match(_ mapping: PolicyMapping) throws -> MatchSpec? {
        guard let text = try mapping.text("match"), let node = mapping["match"] else { return nil }
        let spec = try? MatchSpec(text)
        guard let spec, spec.buildNumber == nil, spec.channel == nil, spec.subdir == nil,
            spec.fileName == nil,
            spec.url == nil, spec.md5 == nil, spec.sha256 == nil
        else {
            throw node.refusal(
                .value,
                expected: "name, version and build as in `xz >=5.6.0,<5.6.2`, and nothing else",
                found: Shown.quoted(text)
            )
        }
        return spec
    }

    private static func window(_ mapping: PolicyMapping) throws -> Revocation.Window {
        try mapping.demandOnly(["from", "until"])
        let from = try mapping.timestamp("from")
        let until = try mapping.timestamp("until")
        guard from != nil || until != nil else {
            throw mapping.node.refusal(.empty, expected: "`from` or `until`", found: "neither")
        }
        if let from, let until, from > until {
            throw mapping.node.refusal(
                .value,
                expected: "`from` before `until`",
                found: "\(from) and \(until)"
            )
        }
        return Revocation.Window(from: from, until: until)
    }
}
