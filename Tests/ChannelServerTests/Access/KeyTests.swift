// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Keys")
struct KeyTests {
    @Test("A secret is ks- and 256 bits, and shows itself to nobody who prints it")
    func secret() {
        let secret = AccessKeySecret { [UInt8](repeating: 0xA5, count: $0) }
        #expect(secret.text == "ks-" + String(repeating: "a5", count: 32))
        // What conda takes for a token in a URL: all of it must be one.
        #expect(secret.text.wholeMatch(of: /[a-zA-Z0-9-]*/) != nil)
        #expect(secret.hash == Digest.of(Array(secret.text.utf8)))
        for shown in ["\(secret)", String(reflecting: secret), "\([secret])", "\(Optional(secret) as Any)"] {
            #expect(!shown.contains("a5"))
        }
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("a5"))
    }

    @Test("The database has no secret, nor anything it begins or ends with")
    func stored() async throws {
        let scene = try AccessScene()
        let secret = try await scene.userWithKey("alice")
        let bits = String(secret.dropFirst(3))
        try scene.database.close()
        for file in ["server.sqlite", "server.sqlite-wal"] {
            guard let bytes = try? scene.scene.folder.read(file) else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(!text.contains(bits.prefix(16)) && !text.contains(bits.suffix(16)))
        }
    }

    @Test("A key counts until it expires, not in the second in which it does")
    func expiry() async throws {
        let scene = try AccessScene()
        try await scene.user("alice")
        let key = try await scene.key(
            for: FilePublisher(.user, "alice"),
            expires: scene.scene.now.advanced(bySeconds: 10)
        )
        scene.scene.advance(seconds: 9)
        #expect(try await scene.caller(key).holder?.name == "alice")
        scene.scene.advance(seconds: 1)
        #expect(await refusalCode { try await scene.caller(key) } == "access.unknown-key")
    }

    @Test("What is no key is not known, in the same words whatever it is")
    func unknown() async throws {
        let scene = try AccessScene()
        let key = try await scene.userWithKey("alice")
        try await scene.user("gone")
        let orphan = try await scene.key(for: FilePublisher(.user, "gone"))
        let late = try await scene.key(for: FilePublisher(.user, "alice"), expires: scene.scene.now)
        let imported = try await scene.key(for: FilePublisher(.imported, "folder"))
        let now = scene.scene.now
        try await scene.database.write { try $0.removeUser(try UserName("gone"), now: now) }
        let wrong = [
            "", "ks-", key + "0", String(key.dropLast()), key.uppercased(), orphan, late, imported,
            String(repeating: "k", count: 10_000), "ks-\u{0}", "alice",
        ]
        var bodies: Set<String> = []
        for secret in wrong {
            do {
                _ = try await scene.caller(secret)
                Issue.record("taken: \(secret.prefix(20))")
            } catch { bodies.insert("\(error)") }
        }
        #expect(bodies.count == 1)
    }

    @Test("A key allows what its holder may now, not what they might when it was made")
    func now() async throws {
        let scene = try AccessScene()
        let channel = try await scene.scene.channel("main")
        let caller = try await scene.caller(try await scene.userWithKey("alice"))
        let publish = {
            await refusalCode {
                try await scene.access.demand(.publish, of: caller, on: channel, package: "a")
            }
        }
        #expect(await publish() == "access.not-allowed")
        try await scene.give(.channel(.publisher), to: "alice", in: channel)
        #expect(await publish() == nil)
        try await scene.give(.channel(.reader), to: "alice", in: channel)
        #expect(await publish() == "access.not-allowed")
        try await scene.give(.package("a", .publisher), to: "alice", in: channel)
        #expect(await publish() == nil)
        let now = scene.scene.now
        try await scene.database.write { try $0.removeUser(try UserName("alice"), now: now) }
        #expect(await publish() == "access.not-allowed")
    }

    @Test("Packages are told apart without regard to case, and what is no name is nobody's package")
    func packageNames() async throws {
        let scene = try AccessScene()
        let channel = try await scene.scene.channel("main")
        let caller = try await scene.caller(try await scene.userWithKey("alice"))
        try await scene.give(.package("kit", .publisher), to: "alice", in: channel)
        for (name, isTheirs) in [
            ("kit", true), ("KIT", true), ("\u{212A}it", false), ("kit ", false), ("", false),
            ("kit/../kit", false),
        ] {
            let code = await refusalCode {
                try await scene.access.demand(.publish, of: caller, on: channel, package: name)
            }
            #expect((code == nil) == isTheirs, "\(name)")
        }
    }
}
