// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@testable import TUF

@Suite("Retention of old metadata")
struct MetadataRetentionTests {
    static let now = SimulatedRepository.now
    static let versions: [RoleName: Int64] = [
        .root: 3, .timestamp: 9, .snapshot: 8, .targets: 2, "bins-0a": 5, "a/b": 2, "1.x": 4,
    ]
    static let longAgo = now.advanced(byDays: -365)

    private func removable(_ names: [String], superseded: Timestamp? = longAgo) -> [String] {
        MetadataRetention(RoleLifetimes()).removable(
            names.map { (name: $0, superseded: superseded) },
            inForce: { Self.versions[$0] },
            now: Self.now
        )
    }

    @Test("Old versions of every role but root may go")
    func old() {
        let names = ["7.snapshot.json", "1.targets.json", "4.bins-0a.json", "1.a%2Fb.json", "3.1.x.json"]
        #expect(removable(names) == names)
    }

    @Test(
        "What is in force, newer, a root, or no versioned metadata stays",
        arguments: [
            "1.root.json", "2.root.json", "3.root.json", "root.json", "timestamp.json", "8.snapshot.json",
            "9.snapshot.json", "2.targets.json", "5.bins-0a.json", "6.bins-0a.json", "1.bins-0b.json",
            "1.a/b.json",
            "01.targets.json", "+1.targets.json", "-1.targets.json", "1.targets.JSON", "1.targets.json.gz",
            "1.json",
            "1..json", ".json", "", "1.%ZZ.json", "1.a%2fb.json", "99999999999999999999.targets.json",
        ]
    )
    func stays(_ name: String) { #expect(removable([name]).isEmpty) }

    @Test(
        "A version stays until no timestamp leads to it, and the last update from one is over"
    )
    func grace() {
        let (lifetime, update) = (RoleLifetimes().timestamp, MetadataRetention.longestUpdate)
        let needed = Self.now.advanced(bySeconds: -(lifetime + update))
        #expect(removable(["1.targets.json"], superseded: needed).isEmpty)
        #expect(
            removable(["1.targets.json"], superseded: needed.advanced(bySeconds: -1)) == ["1.targets.json"]
        )
        #expect(removable(["1.targets.json"], superseded: nil).isEmpty)
    }

    @Test("Longer timestamps mean longer retention, without end if need be")
    func lifetimes() {
        var lifetimes = RoleLifetimes()
        lifetimes.timestamp = 30 * 86_400
        #expect(MetadataRetention(lifetimes).grace == 31 * 86_400)
        lifetimes.timestamp = .max
        #expect(MetadataRetention(lifetimes).grace == .max)
    }
}
