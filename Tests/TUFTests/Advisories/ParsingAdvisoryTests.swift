// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// Metadata that used up or crashed its reader: docs/advisories.md, 29 to 31.
@Suite("Advisories about reading metadata")
struct ParsingAdvisoryTests {
    @Test(
        "CVE-2020-6173: metadata over its limit is refused before it is read",
        arguments: [
            ("2.root.json", 512_001), ("timestamp.json", 16_385), ("1.snapshot.json", 2_000_001),
            ("1.targets.json", 5_000_001), ("1.role.json", 5_000_001),
        ]
    )
    func tooLarge(_ name: String, _ length: Int) async throws {
        for count in [length, length - 1] {
            var scene = try Scene { try $0.delegate(["*"], to: "role") }
            // No JSON: whoever reads it says something else.
            scene.repository.files[name] = Array(repeating: UInt8(ascii: "["), count: count)
            let code = await refusalCode { try await scene.client().target("file") }
            #expect(code == (count == length ? "limit.too-large" : "json.too-deep"))
        }
    }

    @Test("CVE-2020-6173: a role may not name more keys than there is reason for, nor cost a check for each")
    func tooManyKeys() async throws {
        for count in [1024, 1025] {
            var scene = try Scene()
            try scene.repository.forge(.root) {
                try $0.edit("roles", "timestamp") {
                    $0["keyids"] = .array(
                        ($0["keyids"]?.array ?? []) + (1..<count).map { .string("k\($0)") }
                    )
                }
            }
            let code = await refusalCode { try await scene.refresh() }
            #expect(code == (count == 1024 ? nil : "limit.too-large"))
        }
    }

    /// Where metadata of the wrong shape crashed, and where it could elsewhere.
    private static let members: [(role: RoleName, path: [String], member: String)] = [
        (.root, [], "keys"), (.root, [], "roles"), (.root, ["roles"], "root"),
        (.root, ["roles", "timestamp"], "keyids"), (.timestamp, [], "meta"),
        (.timestamp, ["meta"], "snapshot.json"), (.snapshot, [], "meta"),
        (.snapshot, ["meta"], "targets.json"), (.targets, [], "targets"), (.targets, ["targets"], "file"),
        (.targets, ["targets", "file"], "hashes"), (.targets, [], "delegations"),
        (.targets, ["delegations"], "keys"), (.targets, ["delegations"], "roles"),
    ]

    @Test("CVE-2026-23991: well-formed JSON of a wrong shape is refused, signed or not, and crashes nobody")
    func wrongShape() async throws {
        for (role, path, member) in Self.members {
            for value in ["", 0, [], [[]], true] as [JSONValue] {
                var scene = try Scene {
                    try $0.delegate(["*"], to: "role")
                    try $0.add("file")
                }
                try scene.repository.forge(role) { object in
                    if path.isEmpty { object[member] = value }
                    if path.count == 1 { try object.edit(path[0]) { $0[member] = value } }
                    if path.count == 2 { try object.edit(path[0], path[1]) { $0[member] = value } }
                }
                let code = await refusalCode { try await scene.refresh() }
                // An empty list of roles or of key ids is a list.
                let isList = member == "roles" && path == ["delegations"] || member == "keyids"
                let expected: Set<String?> =
                    isList && value.array?.isEmpty == true ? [nil, "tuf.signatures"] : ["json.shape"]
                #expect(expected.contains(code), "\(role) \(path) \(member) \(value)")
            }
        }
        for text in ["null", "[]", "1", "{}", #"{"signed":null,"signatures":null}"#, ""] {
            var scene = try Scene()
            scene.repository.files["timestamp.json"] = Array(text.utf8)
            let code = await refusalCode { try await scene.refresh() }
            #expect(code == (text.isEmpty ? "json.syntax" : "json.shape"))
        }
    }

    @Test(
        "go-tuf 17b4808: a target without a digest that we can check is refused",
        arguments: [
            ([:], "tuf.no-supported-hash"),
            (["md5": "d41d8cd98f00b204e9800998ecf8427e"], "tuf.no-supported-hash"),
            (["blake2b-256": "00"], "tuf.no-supported-hash"), (["sha256": ""], "tuf.hash-format"),
            (["sha256": "00"], "tuf.hash-format"), (["SHA256": "00"], "tuf.no-supported-hash"),
            (.null, "json.shape"),
        ] as [(JSONValue, String)]
    )
    func noHash(_ hashes: JSONValue, _ code: String) async throws {
        var scene = try Scene { try $0.add("file") }
        try scene.repository.forge(.targets) {
            try $0.edit("targets", "file") { $0["hashes"] = hashes }
        }
        #expect(await refusalCode { try await scene.refresh() } == code)
    }
}
