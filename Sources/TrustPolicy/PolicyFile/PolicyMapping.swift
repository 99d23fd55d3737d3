// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The members of a mapping, each of which must be known.
struct PolicyMapping {
    let members: [PolicyNode.Member]
    let node: PolicyNode

    init(_ members: [PolicyNode.Member], _ node: PolicyNode) {
        self.members = members
        self.node = node
    }

    /// Refuses every key but these (`policy-file.unknown-key`), and those that a later version will know
    /// (`policy-file.not-yet`).
    func demandOnly(_ known: [String], reserved: [String] = []) throws {
        for member in members where !known.contains(where: { ByteKey.areEqual($0, member.key) }) {
            let isReserved = reserved.contains { ByteKey.areEqual($0, member.key) }
            throw member.value.refusal(
                isReserved ? .notYet : .unknownKey,
                expected: "one of " + known.map { "`\($0)`" }.joined(separator: ", "),
                found: Shown.quoted(member.key)
            )
        }
    }

    /// A member, by the bytes of its key. One that says nothing is refused where it is read: it is not the
    /// same as one that is not there.
    subscript(key: String) -> PolicyNode? {
        members.first { ByteKey.areEqual($0.key, key) }.map(\.value)
    }

    func text(_ key: String) throws -> String? {
        guard let value = self[key] else { return nil }
        guard let text = value.text else { throw value.wrong("`\(key)` to be text") }
        return text
    }

    func requiredText(_ key: String) throws -> String {
        guard let text = try text(key) else {
            throw node.refusal(.shape, expected: "`\(key)`", found: "nothing")
        }
        return text
    }

    func list(_ key: String) throws -> [PolicyNode]? {
        guard let value = self[key] else { return nil }
        guard let list = value.list else { throw value.wrong("`\(key)` to be a list") }
        return list
    }

    func mapping(_ key: String) throws -> PolicyMapping? {
        guard let value = self[key] else { return nil }
        guard let mapping = value.mapping else { throw value.wrong("`\(key)` to be a mapping") }
        return mapping
    }

    func integer(_ key: String) throws -> Int? {
        guard let value = self[key] else { return nil }
        guard case .number(let token) = value.content, let number = Int(token) else {
            throw value.wrong("`\(key)` to be an integer")
        }
        return number
    }

    func bool(_ key: String) throws -> Bool? {
        guard let value = self[key] else { return nil }
        guard case .bool(let flag, _) = value.content else {
            throw value.wrong("`\(key)` to be true or false")
        }
        return flag
    }

    func timestamp(_ key: String) throws -> Timestamp? {
        guard let text = try text(key), let value = self[key] else { return nil }
        guard let moment = Timestamp(text) else {
            throw value.refusal(
                .value,
                expected: "`\(key)` as `2026-12-31T00:00:00Z`",
                found: Shown.quoted(text)
            )
        }
        return moment
    }

    /// `version: 1`.
    func checkVersion() throws {
        guard let version = self["version"] else {
            throw node.refusal(.version, expected: "`version: 1`", found: "no version")
        }
        guard case .number(let token) = version.content, ByteKey.areEqual(token, "1") else {
            throw version.refusal(.version, expected: "`version: 1`", found: version.text.map(Shown.quoted))
        }
    }
}
