// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Numbers and nesting in metadata")
struct NumberAndDepthTests {
    /// Where metadata has numbers, and what is refused there besides what no 64-bit integer is.
    private static let numbers: [(role: RoleName, path: [String], member: String, below: (Int64, String))] = [
        (.root, [], "version", (1, "tuf.version-number")),
        (.root, ["roles", "targets"], "threshold", (1, "tuf.threshold-number")),
        (.timestamp, [], "version", (1, "tuf.version-number")),
        (.timestamp, ["meta", "snapshot.json"], "version", (1, "tuf.version-number")),
        (.timestamp, ["meta", "snapshot.json"], "length", (0, "tuf.length-number")),
        (.snapshot, [], "version", (1, "tuf.version-number")),
        (.snapshot, ["meta", "targets.json"], "version", (1, "tuf.version-number")),
        (.snapshot, ["meta", "targets.json"], "length", (0, "tuf.length-number")),
        (.targets, [], "version", (1, "tuf.version-number")),
        (.targets, ["targets", "file"], "length", (0, "tuf.length-number")),
    ]

    /// A refresh of a client that sees one number spelled in a certain way, signed by the role's keys.
    private static func code(
        _ place: (role: RoleName, path: [String], member: String, below: (Int64, String)),
        _ token: String
    ) async throws -> String? {
        var scene = try Scene { try $0.add("file") }
        let mark = "1234567890123456789"
        try scene.repository.forge(place.role) { object in
            let set: (inout JSONObject) -> Void = {
                $0[place.member] = .number(JSONNumber(1234567890123456789))
            }
            switch place.path.count {
            case 0: set(&object)
            case 1: try object.edit(place.path[0], change: set)
            default: try object.edit(place.path[0], place.path[1], change: set)
            }
        }
        // Signed over the canonical form of what the text says, where there is one.
        let name = scene.repository.servedName(place.role)
        let text = String(decoding: try #require(scene.repository.files[name]), as: UTF8.self)
            .replacingOccurrences(of: mark, with: token)
        scene.repository.files[name] = Array(text.utf8)
        if let signed = try? JSONReader.read(Array(text.utf8), of: name).object?["signed"]?.object,
            let bytes = try? scene.repository.sign(signed, by: #require(scene.repository.keys[place.role]))
        {
            scene.repository.files[name] = bytes
        }
        return await refusalCode { try await scene.refresh() }
    }

    @Test(
        "What is no 64-bit integer is refused wherever metadata has a number, and traps nowhere",
        arguments: [
            "9223372036854775808", "-9223372036854775809", "99999999999999999999999999", "1e3", "1.0",
            "1E400",
            "0.1", "true", "\"1\"", "null", "[]",
        ]
    )
    func notAnInteger(_ token: String) async throws {
        for place in Self.numbers {
            let code = try await Self.code(place, token)
            // A length may be missing, and so null; a file's own length may not.
            let mayBeNull = place.member == "length" && place.path.first == "meta"
            if token == "null", mayBeNull {
                #expect(code == nil)
            } else {
                #expect(code == "json.shape" || code == "json.number", "\(place.role) \(place.member)")
            }
        }
    }

    @Test("Numbers below the least are refused for their reason, down to the lowest")
    func tooSmall() async throws {
        for place in Self.numbers {
            for number in [place.below.0 - 1, -1, Int64.min] {
                #expect(
                    try await Self.code(place, "\(number)") == place.below.1,
                    "\(place.role) \(place.member)"
                )
            }
        }
    }

    @Test("The highest number is a number: it is believed or refused, and no sum with it overflows")
    func highest() async throws {
        let expected: [String?] = [
            "tuf.version-mismatch", "tuf.signatures", nil, "tuf.metadata-missing", "limit.too-large",
            "tuf.version-mismatch", "tuf.metadata-missing", "limit.too-large", "tuf.version-mismatch", nil,
        ]
        for (place, code) in zip(Self.numbers, expected) {
            #expect(
                try await Self.code(place, "9223372036854775807") == code,
                "\(place.role) \(place.path) \(place.member)"
            )
        }
    }

    @Test("The highest versions are trusted, and are not the end of the repository's life")
    func highestVersions() async throws {
        var scene = try Scene {
            for header in [\SimulatedRepository.targets.header, \.snapshot.header, \.timestamp.header] {
                $0[keyPath: header] = SimulatedRepository.header(.max)
            }
        }
        try await scene.refresh()
        try await scene.refresh()
        try scene.repository.bumpRoot {
            for kind in [MetadataKind.snapshot, .timestamp] { try $0.rotate(kind) }
        }
        for header in [\SimulatedRepository.targets.header, \.snapshot.header, \.timestamp.header] {
            scene.repository[keyPath: header] = SimulatedRepository.header(1)
        }
        try scene.repository.publish()
        try await scene.refresh()
        #expect(try scene.storedVersions() == [2, 1, 1, 1])
    }

    @Test(
        "Metadata is nested no deeper than allowed, in fields that nobody knows too",
        arguments: [RoleName.root, .timestamp, .snapshot, .targets]
    )
    func depth(_ role: RoleName) async throws {
        // The file and its signed part are two levels.
        for (levels, code) in [(62, nil), (63, "json.too-deep"), (100_000, "json.too-deep")]
            as [(Int, String?)]
        {
            var scene = try Scene()
            scene.limits.timestamp = 500_000
            try scene.repository.forge(role) { $0["x"] = "DEEP" }
            let name = scene.repository.servedName(role)
            let nested = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
            let text = String(decoding: try #require(scene.repository.files[name]), as: UTF8.self)
                .replacingOccurrences(of: "\"DEEP\"", with: nested)
            scene.repository.files[name] = Array(text.utf8)
            if code == nil {
                let signed = try #require(
                    try JSONReader.read(Array(text.utf8), of: name).object?["signed"]?.object
                )
                scene.repository.files[name] = try scene.repository.sign(
                    signed,
                    by: #require(scene.repository.keys[role])
                )
            }
            #expect(await refusalCode { try await scene.refresh() } == code)
        }
    }

    @Test(
        "A target's file that is longer than promised is cut off, and one that promises too much is not fetched"
    )
    func targetLength() async throws {
        var scene = try Scene { try $0.add("file", "content") }
        let client = scene.client()
        let target = try await client.requiredTarget("file")
        let name = target.fileName(isPrefixed: true)
        for content in ["content, and more", "conten"] {
            scene.server.files[name] = Array(content.utf8)
            let code = await refusalCode { try await client.download(target, from: MemoryServer.url) }
            #expect(code == (content.count > 7 ? "limit.too-large" : "tuf.target-length"))
        }
        _ = scene.server.takeRequests()
        scene.limits.targetFile = 6
        let strict = scene.client()
        let code = await refusalCode {
            try await strict.download(strict.requiredTarget("file"), from: MemoryServer.url)
        }
        #expect(code == "limit.too-large")
        #expect(!scene.server.takeRequests().contains(name))
    }
}
