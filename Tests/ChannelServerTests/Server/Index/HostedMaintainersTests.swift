// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import NIOCore
import SigningKeys
import TUF
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Maintainers of a hosted channel's packages")
struct HostedMaintainersTests {
    /// A signed channel with `foo` and `bar`, and the maintainers of `foo`.
    private struct World {
        let scene: IndexScene
        let maintainers: Maintainers
        let foo: FixturePackage, bar: FixturePackage

        init() async throws {
            scene = try await IndexScene()
            maintainers = try Maintainers(of: "foo")
            foo = try FixturePackage("foo-1-0.conda")
            bar = try FixturePackage("bar-1-0.conda")
            try await scene.publish([foo, bar])
            try await scene.index()
            try await scene.intake.accept(scene.firstCeremony())
        }

        func ask(_ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]) async throws -> TestResponse {
            try await scene.server.ask(
                [AdministrationRoutes(parts: scene.server.parts, keys: scene.keys)],
                method,
                "/api/v1/channels/main/" + path,
                headers: [.authorization: "Bearer alice"],
                body: body
            )
        }

        /// A list, signed.
        func list(
            _ packages: [FixturePackage],
            version: Int64 = 1,
            signers: Int? = nil,
            days: Int = 100
        ) async throws -> [UInt8] {
            try await maintainers.list(
                packages,
                version: version,
                signers: signers,
                expires: scene.server.now.advanced(byDays: days)
            )
        }

        /// Has the offline key delegate `foo` to its maintainers.
        func delegate(list: [UInt8]? = nil, awaiting: Bool = false) async throws -> TestResponse {
            var draft = try await scene.intake.draft()
            try draft.delegate(PackageName("foo"), threshold: maintainers.threshold)
            let role = try #require(CeremonyRole("maintainers.foo"))
            for key in maintainers.publicKeys { try draft.add(key, named: nil, to: role) }
            let year = scene.server.now.advanced(byDays: 365)
            var proposal = try draft.proposal(
                options: CeremonyDraft.Options(rootExpires: year, targetsExpires: year),
                now: scene.server.now
            )
            try await proposal.merge(proposal.signatures(by: scene.offline))
            var body = JSONObject()
            body["proposal"] = try JSONReader.read(proposal.encoded(), of: "proposal")
            var lists = JSONObject()
            lists["foo"] = list.map { .string(String(decoding: $0, as: UTF8.self)) }
            body["lists"] = .object(lists)
            if awaiting { body["await_lists"] = true }
            return try await ask(.post, "tuf/ceremony", JSONWriter.encode(.object(body)))
        }

        func accept(_ list: [UInt8], of package: String = "foo", removing: Bool = false) async throws
            -> TestResponse
        {
            let query = removing ? "?remove-unlisted=true" : ""
            return try await ask(.put, "maintainers/\(package)\(query)", list)
        }

        func code(_ response: TestResponse) throws -> String? {
            try JSONReader.read(Array(buffer: response.body), of: "answer").object?["code"]?.string
        }

        func state(of package: FixturePackage) async throws -> HostedFile.State? {
            let channel = scene.channel.id
            return try await scene.server.database.read {
                try $0.file(package.fileName, in: package.subdir, of: channel)?.state
            }
        }
    }

    @Test("A package passes to its maintainers with their list, and clients admit just what it names")
    func passes() async throws {
        let world = try await World(), scene = world.scene
        #expect(try world.code(try await world.delegate()) == "channel.list-awaited")
        #expect(try world.code(try await world.delegate(list: world.list([]))) == "channel.list-awaited")
        let answer = try await world.delegate(list: world.list([world.foo]))
        #expect(answer.status == .ok, "\(String(buffer: answer.body))")
        try await scene.index()
        #expect(try await scene.admits(world.foo))
        #expect(try await scene.admits(world.bar))
        // What the online key lists alone.
        let next = try FixturePackage("foo-2-0.conda")
        try await scene.publish([next])
        try await scene.index()
        #expect(await refusalCode { try await scene.admits(next) } == "gate.maintainers-silent")
        #expect(try await scene.admits(world.bar))
        let list = try await world.list([world.foo, next], version: 2)
        #expect(try await world.accept(list).status == .ok)
        #expect(try await scene.admits(next))
        // Once more is no change.
        let timestamp = try await scene.document("tuf/timestamp.json")
        let again = try await world.accept(list)
        #expect(String(buffer: again.body).contains(#""changed":false"#))
        #expect(try await scene.document("tuf/timestamp.json") == timestamp)
    }

    @Test("What the next list does not name is yanked, and the log says why")
    func withdrawn() async throws {
        let world = try await World(), scene = world.scene
        let next = try FixturePackage("foo-2-0.conda")
        try await scene.publish([next])
        _ = try await world.delegate(list: world.list([world.foo, next]))
        let answer = try await world.accept(world.list([next], version: 2))
        #expect(String(buffer: answer.body).contains(#""yanked":["linux-64/foo-1-0.conda"]"#))
        #expect(try await world.state(of: world.foo) == .yanked)
        #expect(try await world.state(of: next) == .listed)
        try await scene.index()
        #expect(try await scene.repodata().removed == ["foo-1-0.conda"])
        let channel = scene.channel
        let entries = try await scene.server.database.read { transaction in
            guard let log = try transaction.log(of: channel) else { return [[UInt8]]() }
            return try transaction.entries(of: log.id, from: 0, limit: 100)
        }
        let events = try entries.map { try PublishLogEntry(parsing: $0).event }.filter { $0 != .index }
        #expect(events == [.keyChange, .keyChange, .yank])
        #expect(try await scene.admits(next))
    }

    @Test(
        "A demand may come before the list, on purpose; the first list then names all, or says that it does not"
    )
    func awaited() async throws {
        let world = try await World(), scene = world.scene
        #expect(try await world.delegate(awaiting: true).status == .ok)
        #expect(await refusalCode { try await scene.admits(world.foo) } == "gate.maintainers-silent")
        #expect(try await scene.admits(world.bar))
        #expect(try world.code(try await world.accept(world.list([]))) == "channel.list-awaited")
        #expect(try await world.accept(world.list([]), removing: true).status == .ok)
        #expect(try await world.state(of: world.foo) == .yanked)
    }

    @Test("A list that clients would not believe, or that says too much, is refused and changes nothing")
    func refused() async throws {
        let world = try await World(), scene = world.scene
        _ = try await world.delegate(list: world.list([world.foo], version: 5))
        let other = try FixturePackage("foo-1-0.conda", holding: "other bytes")
        let timestamp = try await scene.document("tuf/timestamp.json")
        let cases: [(String, [UInt8], String)] = [
            ("tuf.signatures", try await world.list([world.foo], version: 6, signers: 1), "foo"),
            ("tuf.rollback", try await world.list([], version: 5), "foo"),
            ("tuf.rollback", try await world.list([world.foo], version: 4), "foo"),
            ("tuf.version-number", try await world.list([world.foo], version: 2_000_000), "foo"),
            ("tuf.expired", try await world.list([world.foo], version: 6, days: -1), "foo"),
            ("channel.package-exists", try await world.list([other], version: 6), "foo"),
            ("channel.not-delegated", try await world.list([world.bar], version: 6), "bar"),
            ("channel.not-theirs", try await world.list([world.foo, world.bar], version: 6), "foo"),
        ]
        for (code, list, package) in cases {
            #expect(try world.code(try await world.accept(list, of: package)) == code)
        }
        #expect(try await scene.document("tuf/timestamp.json") == timestamp)
        #expect(try await world.state(of: world.foo) == .listed)
    }

    @Test("A package that its maintainers must sign is taken in when their list names it, and not before")
    func uploads() async throws {
        let world = try await World()
        let next = try FixturePackage("foo-2-0.conda")
        let demand = MaintainersDemand(parts: world.scene.server.parts, channel: world.scene.channel)
        func code(_ package: FixturePackage) async throws -> String? {
            await refusalCode {
                try await demand.check(
                    package.fileName,
                    in: package.subdir,
                    sha256: package.sha256,
                    size: UInt64(package.bytes.count)
                )
            }
        }
        #expect(try await code(next) == nil)
        _ = try await world.delegate(list: world.list([world.foo]))
        #expect(try await code(next) == "channel.maintainers-unsigned")
        #expect(try await code(world.bar) == nil)
        _ = try await world.accept(world.list([world.foo, next], version: 2))
        #expect(try await code(next) == nil)
        #expect(
            try await code(FixturePackage("foo-2-0.conda", holding: "other"))
                == "channel.maintainers-unsigned"
        )
        world.scene.server.advance(seconds: 101 * 86_400)
        #expect(try await code(next) == "channel.maintainers-unsigned")
    }
}
