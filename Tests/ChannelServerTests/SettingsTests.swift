// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("The settings that an owner may edit")
struct SettingsTests {
    private func read(_ change: (inout String) -> Void) throws -> ChannelSettings? {
        let folder = try TemporaryFolder()
        try ChannelSettings(subdirs: []).write(in: folder.path)
        var text = String(decoding: try folder.read("channel.json"), as: UTF8.self)
        change(&text)
        try folder.write(Array(text.utf8), to: "channel.json")
        return try ChannelSettings(in: folder.path)
    }

    @Test("What was written is read back") func roundTrip() throws {
        #expect(try read { _ in } == ChannelSettings(subdirs: []))
    }

    @Test("A lifetime of a second and one of a hundred years are the bounds", arguments: [1, 3_153_600_000])
    func bounds(_ seconds: Int64) throws {
        let settings = try read { $0.replace("\"timestamp\": 86400", with: "\"timestamp\": \(seconds)") }
        #expect(settings?.lifetimes.timestamp == seconds)
    }

    @Test(
        "A lifetime outside, for any role, and another schema are failures that name the file",
        arguments: [
            ("\"timestamp\": 86400", "\"timestamp\": 0"), ("\"timestamp\": 86400", "\"timestamp\": -1"),
            ("\"timestamp\": 86400", "\"timestamp\": 99999999999999"),
            ("\"snapshot\": 604800", "\"snapshot\": 3153600001"), ("\"subdir\": 2592000", "\"subdir\": 0"),
            ("\"targets\": 31536000", "\"targets\": 0"), ("\"root\": 31536000", "\"root\": 0"),
            ("\"schema\": 1", "\"schema\": 2"),
        ]
    )
    func refuses(old: String, new: String) throws {
        let error = #expect(throws: Failure.self) {
            try read { text in
                let changed = text.replacing(old, with: new)
                #expect(changed != text)
                text = changed
            }
        }
        #expect(error?.kind == .configuration && error?.location?.hasSuffix("channel.json") == true)
        #expect(error?.remedy != nil)
    }

    @Test("The plan of a publication of another schema is a failure, and stays for the version that knows it")
    func planSchema() async throws {
        let scene = try await ChannelScene.make()
        let plan = #"{"schema": 2, "targets": [], "removals": []}"#
        try scene.folder.write(Array(plan.utf8), to: "channel/.kingsnake/pending/plan.json")
        #expect(throws: Failure.self) { try scene.open() }
        #expect(Publication.isPending(scene.directory))
    }
}

extension String {
    fileprivate mutating func replace(_ old: String, with new: String) { self = replacing(old, with: new) }
}
