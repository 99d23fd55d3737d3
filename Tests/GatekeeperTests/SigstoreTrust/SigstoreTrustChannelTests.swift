// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("Channels that are bound to a Sigstore instance")
struct SigstoreTrustChannelTests {
    private static let names = ["a", "b", "c"]

    private struct World {
        let folder: TemporaryFolder
        let store: SigstoreTrustStore
        let one: SigstoreInstanceName
        let other: SigstoreInstanceName
        let channels: [ChannelURL]

        init() throws {
            folder = try TemporaryFolder()
            store = SigstoreTrustStore(directory: folder.path + "/home")
            one = try #require(SigstoreInstanceName("one"))
            other = try #require(SigstoreInstanceName("other"))
            channels = try names.map { try ChannelURL("https://conda.example.org/\($0)") }
            for name in [one, other] {
                try store.add(
                    name,
                    trustedRoot: InstanceScene.firstKeys,
                    signingConfig: nil,
                    now: InstanceScene.start
                )
            }
        }
    }

    @Test("A channel is bound to one instance, until the user undoes it")
    func binds() throws {
        let world = try World()
        #expect(try world.store.channels().isEmpty && world.store.unbind(from: world.one).isEmpty)
        #expect((try? world.folder.read("home/sigstore/channels.json")) == nil)
        try world.store.bind([world.channels[1], world.channels[0]], to: world.one)
        try world.store.bind([world.channels[0]], to: world.one)
        try world.store.bind([world.channels[2]], to: world.other)
        #expect(try world.store.channels(of: world.one) == Array(world.channels[..<2]))
        // All or none.
        #expect(
            refusalCode { try world.store.bind([world.channels[2], world.channels[0]], to: world.other) }
                == "instance.channel-bound"
        )
        #expect(try world.store.channels(of: world.other) == [world.channels[2]])
        #expect(
            try world.store.unbind([world.channels[0], world.channels[2]], from: world.one) == [
                world.channels[0]
            ]
        )
        try world.store.bind([world.channels[0]], to: world.other)
        #expect(try world.store.channels(of: world.other) == [world.channels[0], world.channels[2]])
        // Nothing of it is an instance.
        #expect(try world.store.names().map(\.text) == ["public-good", "staging", "one", "other"])
    }

    @Test("Only a known instance is bound, the public one too; with the instance goes what is bound to it")
    func removal() throws {
        let world = try World()
        let nobody = try #require(SigstoreInstanceName("nobody"))
        #expect(refusalCode { try world.store.bind(world.channels, to: nobody) } == "instance.unknown")
        try world.store.bind([world.channels[0]], to: .publicGood)
        try world.store.bind([world.channels[1]], to: world.one)
        #expect(try world.store.remove(world.one) == [world.channels[1]])
        #expect(try world.store.remove(world.one) == nil)
        #expect(try world.store.remove(.publicGood) == [world.channels[0]])
        #expect(try world.store.channels().isEmpty)
    }

    @Test("What is bound to an instance that is gone is an error, and never no binding")
    func dangling() async throws {
        let world = try World()
        try world.store.bind(world.channels, to: world.one)
        try world.folder.remove("home/sigstore/one/instance.json")
        #expect(try world.store.channels().count == 3)
        #expect(await refusalCode { try await world.store.trust(in: world.one) } == "instance.unknown")
        #expect(try world.store.remove(world.one) == world.channels)
    }

    @Test(
        "A file of bindings that is damaged is refused, and never read as none",
        arguments: [
            ("", "json.syntax"), ("{}", "json.shape"), (#"{"schema":2,"channels":[]}"#, "json.shape"),
            (#"{"schema":1,"channels":[{"channel":"x","instance":"one"}]}"#, "name.channel-url"),
            (#"{"schema":1,"channels":[{"channel":"https://a/b","instance":"../x"}]}"#, "json.shape"),
            (
                #"{"schema":1,"channels":[{"channel":"https://a/b","instance":"one"},{"channel":"https://a/b/","instance":"other"}]}"#,
                "json.shape"
            ),
        ]
    )
    func damaged(text: String, code: String) throws {
        let world = try World()
        try world.folder.write(Array(text.utf8), to: "home/sigstore/channels.json")
        #expect(refusalCode { try world.store.channels() } == code)
        #expect(refusalCode { try world.store.bind(world.channels, to: world.one) } == code)
    }
}
