// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A value of a lock file.
typealias LockNode = YAMLNode

extension YAMLNode {
    /// Looks members up, if it is a mapping.
    var mapping: LockMapping? {
        if case .mapping(let members) = content { LockMapping(members: members, line: line) } else { nil }
    }
}

/// The members of a mapping.
struct LockMapping {
    let members: [LockNode.Member]
    let line: Int

    /// The value of a key, unless it is null. Keys are compared as bytes.
    subscript(key: String) -> LockNode? {
        members.first { $0.key.utf8.elementsEqual(key.utf8) }.map(\.value).flatMap { $0.isNull ? nil : $0 }
    }

    func string(_ key: String, _ subject: String) throws -> String {
        try required(key, "text", subject, \.text)
    }

    func sequence(_ key: String, _ subject: String) throws -> [LockNode] {
        try required(key, "a list", subject, \.sequence)
    }

    func mapping(_ key: String, _ subject: String) throws -> LockMapping {
        try required(key, "a mapping", subject, \.mapping)
    }

    func optionalString(_ key: String, _ subject: String) throws -> String? {
        self[key] == nil ? nil : try string(key, subject)
    }

    func optionalSequence(_ key: String, _ subject: String) throws -> [LockNode] {
        self[key] == nil ? [] : try sequence(key, subject)
    }

    /// A digest, if the member is there (`lock.bad-digest`).
    func digest(_ key: String, _ algorithm: DigestAlgorithm, _ subject: String) throws -> Digest? {
        guard let text = try optionalString(key, subject) else { return nil }
        guard let digest = Digest(algorithm, hex: text) else {
            throw Refusal(
                LockCode.badDigest,
                subject,
                at: "line \(self[key]?.line ?? line)",
                expected: "\(algorithm.byteCount * 2) hexadecimal digits",
                found: "`\(QuotedText.short(text))`"
            )
        }
        return digest
    }

    /// A length, if the member is there.
    func size(_ key: String, _ subject: String) throws -> UInt64? {
        guard let text = try optionalString(key, subject) else { return nil }
        guard let size = UInt64(text) else { throw wrong(key, "a length in bytes", subject) }
        return size
    }

    func wrong(_ key: String, _ expected: String, _ subject: String) -> Refusal {
        Refusal(
            LockCode.shape,
            subject,
            at: "line \(self[key]?.line ?? line)",
            expected: "`\(key)` to be \(expected)",
            found: self[key]?.typeName ?? "nothing"
        )
    }

    private func required<Value>(
        _ key: String,
        _ expected: String,
        _ subject: String,
        _ cast: (LockNode) -> Value?
    ) throws -> Value {
        guard let value = self[key].flatMap(cast) else { throw wrong(key, expected, subject) }
        return value
    }
}
