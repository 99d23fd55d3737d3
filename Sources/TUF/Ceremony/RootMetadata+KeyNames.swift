// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension RootMetadata {
    /// The field, unknown to the specification, that holds what the authorities call their keys. It is signed
    /// with everything else; clients ignore it.
    static let keyNamesField = "x-kingsnake-key-names"
    /// The longest name, in bytes.
    public static let maximumKeyNameLength = 64

    /// What the authorities call their keys: signed, but chosen by whoever proposed it. For people only.
    ///
    /// Names that are too long are left out.
    public var keyNames: [KeyID: String] {
        let names = encoded()[Self.keyNamesField]?.object?.members ?? []
        let pairs = names.compactMap { member in
            member.value.string.flatMap {
                (1...Self.maximumKeyNameLength).contains($0.utf8.count) ? (KeyID(member.key), $0) : nil
            }
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The same root with other names of keys.
    func naming(_ names: [KeyID: String]) throws -> RootMetadata {
        var object = encoded()
        var field = JSONObject()
        for (id, name) in names.sorted(by: { $0.key < $1.key }) { field[id.text] = .string(name) }
        object[Self.keyNamesField] = names.isEmpty ? nil : .object(field)
        return try RootMetadata(JSONFields(object, of: "root metadata"))
    }
}
