// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Testing
import TrustCore

@testable import TUF

extension SimulatedRepository {
    /// The metadata of a role as JSON.
    func json(_ name: RoleName) throws -> JSONObject {
        switch name.topLevelKind {
        case .root: root.encoded()
        case .timestamp: timestamp.encoded()
        case .snapshot: snapshot.encoded()
        case .targets: targets.encoded()
        case nil: try #require(delegates[name]).encoded()
        }
    }

    /// Serves a role's metadata with its JSON changed before the role's own keys sign it.
    ///
    /// The root is served as version 2, the others in place of the file that clients ask for; nothing else
    /// is published anew.
    mutating func forge(_ name: RoleName, _ change: (inout JSONObject) throws -> Void) throws {
        if name == .root { root.header = Self.header(2) }
        var object = try json(name)
        try change(&object)
        files[servedName(name)] = try sign(object, by: keys[name] ?? [])
    }

    /// Serves a role's metadata with exactly these signatures.
    mutating func serve(_ name: RoleName, signatures: [(id: String, key: PrivateKey)]) throws {
        let signed = try json(name)
        let message = try CanonicalJSON.encode(.object(signed))
        let list = try signatures.map { id, key -> JSONValue in
            ["keyid": .string(id), "sig": .string(Hex.encode(try key.sign(message)))]
        }
        files[servedName(name)] = JSONWriter.encode(["signatures": .array(list), "signed": .object(signed)])
    }

    /// The name of the file in which clients find what the repository has of a role now.
    func servedName(_ name: RoleName) -> String {
        switch name.topLevelKind {
        case .root: "\(root.version).root.json"
        case .timestamp: "timestamp.json"
        case .snapshot: fileName(name, snapshot.version)
        case .targets: fileName(name, targets.version)
        case nil: fileName(name, delegates[name]?.version ?? 1)
        }
    }
}

extension JSONObject {
    /// Changes an object further in; every key on the way must be there.
    mutating func edit(_ path: String..., change: (inout JSONObject) throws -> Void) throws {
        try edit(path[...], change)
    }

    private mutating func edit(_ path: ArraySlice<String>, _ change: (inout JSONObject) throws -> Void) throws
    {
        guard let key = path.first else { return try change(&self) }
        var member = try #require(self[key]?.object, "there is no `\(key)`")
        try member.edit(path.dropFirst(), change)
        self[key] = .object(member)
    }
}
