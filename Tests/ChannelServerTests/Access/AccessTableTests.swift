// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@testable import ChannelServer

@Suite("Who may do what")
struct AccessTableTests {
    /// One row of ``AccessTable``.
    struct Row: Sendable, CustomTestStringConvertible {
        let holder: String
        let visibility: String
        let key: String
        /// By column.
        let cells: [String]

        var testDescription: String { "\(holder), \(visibility), key \(key)" }
    }

    static let actions: [ServerAction] = [
        .read, .publish, .yank, .remove, .managePublishers, .manageChannel, .acceptSignatures, .createChannel,
        .limitChannel, .manageUsers, .operate,
    ]
    static let columns = ["server", "here", "here/x", "here/y", "there", "there/x"]
    static let rows: [Row] = AccessTable.text.split(separator: "\n").dropFirst().map { line in
        let words = line.split(separator: " ").map(String.init)
        return Row(holder: words[0], visibility: words[1], key: words[2], cells: Array(words[3...]))
    }

    @Test("The table has a cell for every action, holder, kind of channel, place and kind of key")
    func complete() {
        #expect(Set(Self.actions) == Set(ServerAction.allCases))
        #expect(
            AccessTable.text.split(separator: "\n").first?.split(separator: " ").dropFirst(3).map(String.init)
                == Self.columns
        )
        #expect(Self.rows.allSatisfy { $0.cells.count == Self.columns.count })
        #expect(Self.rows.allSatisfy { $0.cells.allSatisfy { $0.utf8.count == Self.actions.count } })
        let roles = ["administrator", "operator", "owner", "maintainer", "publisher", "reader"]
        let holders = roles + ["x-maintainer", "x-publisher", "stranger", "workload"]
        let keys = ["whole", "here", "there", "read", "publish", "x", "y", "publish-x"]
        var expected: Set<String> = ["anonymous, public, key none", "anonymous, private, key none"]
        for holder in holders {
            for key in keys {
                for visibility in ["public", "private"] {
                    expected.insert("\(holder), \(visibility), key \(key)")
                }
            }
        }
        #expect(Set(Self.rows.map(\.testDescription)) == expected)
        #expect(Self.rows.count == expected.count)
    }

    @Test("The roles of the table are all the roles there are")
    func roles() {
        #expect(ServerRole.allCases.map(\.rawValue) == ["administrator", "operator"])
        #expect(ChannelRole.allCases.map(\.rawValue) == ["owner", "maintainer", "publisher", "reader"])
        #expect(PackageRole.allCases.map(\.rawValue) == ["maintainer", "publisher"])
        #expect(RoleTable.server.count == 2 && RoleTable.channel.count == 4 && RoleTable.package.count == 2)
    }

    @Test("Each cell is decided as the table says", arguments: ["public", "private"])
    func cells(visibility: String) async throws {
        let world = try await World(visibility)
        for row in Self.rows where row.visibility == visibility {
            let caller = try await world.caller(row)
            for (column, cells) in zip(Self.columns, row.cells) {
                for (action, expected) in zip(Self.actions, cells) {
                    let found = try await world.outcome(action, caller, column)
                    #expect(found == expected, "\(row.testDescription): \(action.rawValue) of \(column)")
                }
            }
        }
    }

    /// The two channels of the table, and those who have a role in one.
    private struct World {
        let scene: AccessScene
        let here: HostedChannel
        let there: HostedChannel

        init(_ visibility: String) async throws {
            scene = try AccessScene()
            let seen = try #require(HostedChannel.Visibility(rawValue: visibility))
            here = try await scene.scene.channel("here", seen)
            there = try await scene.scene.channel("there", seen)
            for name in [
                "stranger", "owner", "maintainer", "publisher", "reader", "x-maintainer", "x-publisher",
            ] {
                try await scene.user(name)
            }
            try await scene.user("administrator", .administrator)
            try await scene.user("operator", .operator)
            for role in ChannelRole.allCases {
                try await scene.give(.channel(role), to: role.rawValue, in: here)
            }
            for role in PackageRole.allCases {
                try await scene.give(.package("x", role), to: "x-" + role.rawValue, in: here)
            }
        }

        func caller(_ row: Row) async throws -> Caller {
            guard row.holder != "anonymous" else { return .anonymous }
            let every = Set(ServerAction.allCases)
            let scope: AccessScope =
                switch row.key {
                case "here": AccessScope(actions: every, channel: here.id, packages: nil)
                case "there": AccessScope(actions: every, channel: there.id, packages: nil)
                case "read": AccessScope(actions: [.read], channel: nil, packages: nil)
                case "publish": AccessScope(actions: [.publish], channel: here.id, packages: nil)
                case "x": AccessScope(actions: every, channel: nil, packages: ["x"])
                case "y": AccessScope(actions: every, channel: nil, packages: ["y"])
                case "publish-x": AccessScope(actions: [.publish], channel: here.id, packages: ["x"])
                default: .everything
                }
            let holder =
                row.holder == "workload"
                ? FilePublisher(.workload, "https://example.org/w", issuer: "https://issuer.example.org")
                : FilePublisher(.user, row.holder)
            return try await scene.caller(try await scene.key(for: holder, [scope]))
        }

        /// The letter of what comes out.
        func outcome(_ action: ServerAction, _ caller: Caller, _ column: String) async throws -> Character {
            let parts = column.split(separator: "/")
            let channel: HostedChannel? =
                switch parts[0] {
                case "here": here
                case "there": there
                default: nil
                }
            do {
                try await scene.access.demand(
                    action,
                    of: caller,
                    on: channel,
                    package: parts.count == 2 ? String(parts[1]) : nil
                )
                return "+"
            } catch let refusal as Refusal {
                switch refusal.codeName {
                case "access.not-allowed": return "."
                case "server.channel-unknown": return "?"
                case "access.credentials-needed": return "!"
                default: throw refusal
                }
            }
        }
    }
}
