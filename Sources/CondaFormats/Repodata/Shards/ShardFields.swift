// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reading the fields of a shard or its index, with refusals that name the field (`shard.shape`).
struct ShardFields {
    let map: MessagePackMap
    let subject: String

    init(_ value: MessagePackValue?, of subject: String) throws {
        guard let map = value?.map else {
            throw Refusal(ShardCode.shape, subject, expected: "a map", found: value?.typeName ?? "nothing")
        }
        self.map = map
        self.subject = subject
    }

    /// A map that must be there.
    func fields(_ key: String) throws -> ShardFields { try ShardFields(map[key], of: "\(subject) `\(key)`") }

    /// A map, if the member is there and not nil.
    func optionalFields(_ key: String) throws -> ShardFields? { optional(key) == nil ? nil : try fields(key) }

    /// A string, if the member is there and not nil.
    func optionalString(_ key: String) throws -> String? {
        guard let value = optional(key) else { return nil }
        guard let text = value.string else { throw wrong(key, "a string", value) }
        return text
    }

    /// A list of strings; none if the member is not there.
    func strings(_ key: String) throws -> [String] {
        guard let value = optional(key) else { return [] }
        guard case .array(let elements) = value else { throw wrong(key, "an array of strings", value) }
        return try elements.map { element in
            guard let text = element.string else { throw wrong(key, "strings only", element) }
            return text
        }
    }

    private func optional(_ key: String) -> MessagePackValue? {
        switch map[key] {
        case nil, .null: nil
        case let value: value
        }
    }

    private func wrong(_ key: String, _ expected: String, _ found: MessagePackValue) -> Refusal {
        Refusal(ShardCode.shape, subject, at: "field `\(key)`", expected: expected, found: found.typeName)
    }
}
