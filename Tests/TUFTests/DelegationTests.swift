// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Delegations")
struct DelegationTests {
    static let file: TargetPath = "file"

    struct Edge: Sendable {
        let from: String
        let to: String
        let patterns: [String]
        let terminating: Bool

        init(_ from: String, _ to: String, _ patterns: [String] = ["*"], terminating: Bool = false) {
            self.from = from
            self.to = to
            self.patterns = patterns
            self.terminating = terminating
        }
    }

    struct Graph: Sendable, CustomTestStringConvertible {
        let name: String
        let edges: [Edge]
        let visited: [String]
        var testDescription: String { name }
    }

    static let graphs: [Graph] = [
        Graph(name: "none", edges: [], visited: []),
        Graph(name: "one level", edges: [Edge("targets", "A"), Edge("targets", "B")], visited: ["A", "B"]),
        Graph(
            name: "two levels",
            edges: [Edge("targets", "A"), Edge("targets", "B"), Edge("B", "C")],
            visited: ["A", "B", "C"]
        ),
        Graph(
            name: "two levels, depth first",
            edges: [
                Edge("targets", "A"), Edge("targets", "B"), Edge("A", "C"), Edge("A", "D"), Edge("B", "E"),
            ],
            visited: ["A", "C", "D", "B", "E"]
        ),
        Graph(
            name: "three levels, depth first",
            edges: [
                Edge("targets", "A"), Edge("targets", "B"), Edge("A", "C"), Edge("C", "D"), Edge("B", "E"),
            ],
            visited: ["A", "C", "D", "B", "E"]
        ),
        Graph(
            name: "terminating at level one",
            edges: [Edge("targets", "A", terminating: true), Edge("targets", "B"), Edge("A", "C")],
            visited: ["A", "C"]
        ),
        Graph(
            name: "terminating at level two (CVE-2025-2886)",
            edges: [
                Edge("targets", "A"), Edge("targets", "B"), Edge("A", "C"), Edge("A", "D", terminating: true),
                Edge("A", "E"),
            ],
            visited: ["A", "C", "D"]
        ),
        Graph(
            name: "paths that do not match are not visited",
            edges: [
                Edge("targets", "A"), Edge("targets", "B", ["x*"], terminating: true), Edge("targets", "C"),
                Edge("A", "D", ["x*"]),
            ],
            visited: ["A", "C"]
        ),
        Graph(
            name: "cycle (GHSA-j8x2-777p-23fc)",
            edges: [Edge("targets", "A"), Edge("A", "B"), Edge("B", "A"), Edge("A", "C"), Edge("B", "B")],
            visited: ["A", "B", "C"]
        ),
        Graph(
            name: "order is that of the file, not of the names (CVE-2024-47534)",
            edges: [Edge("targets", "Z"), Edge("targets", "M"), Edge("targets", "A")],
            visited: ["Z", "M", "A"]
        ),
    ]

    @Test("Roles are visited in pre-order, depth first", arguments: graphs)
    func traversal(_ graph: Graph) async throws {
        let scene = try Scene { repository in
            for edge in graph.edges {
                try repository.delegate(
                    edge.patterns,
                    to: edge.to,
                    from: edge.from,
                    terminating: edge.terminating
                )
            }
        }
        let client = scene.client()
        try await client.refresh()
        _ = scene.server.takeRequests()
        #expect(try await client.target("missing") == nil)
        #expect(scene.server.takeRequests() == graph.visited.map { "1.\($0).json" })
        // A second search finds all of them loaded, and a second client finds them stored.
        #expect(try await client.target("missing") == nil)
        let second = scene.client()
        #expect(try await second.target("missing") == nil)
        #expect(scene.server.takeRequests() == ["2.root.json", "timestamp.json"])
    }

    struct Lookup: Sendable {
        let pattern: String
        let path: String
        let isFound: Bool
    }

    static let lookups: [Lookup] = [
        Lookup(pattern: "*", path: "file", isFound: true),
        Lookup(pattern: "linux-64/*", path: "linux-64/repodata.json.zst", isFound: true),
        Lookup(pattern: "x/y", path: "x/y", isFound: true),
        Lookup(pattern: "*", path: "x/y", isFound: false),
        Lookup(pattern: "x/*", path: "x/y/z", isFound: false),
        Lookup(pattern: "file-?", path: "file-1", isFound: true),
        Lookup(pattern: "file-?", path: "file-12", isFound: false),
        Lookup(pattern: "file", path: "FILE", isFound: false),
        Lookup(pattern: "linux-64/*", path: "noarch/repodata.json", isFound: false),
    ]

    @Test("A role vouches only for paths that are delegated to it", arguments: lookups)
    func lookup(_ lookup: Lookup) async throws {
        let scene = try Scene {
            try $0.delegate([lookup.pattern], to: "role")
            try $0.add(lookup.path, to: "role")
        }
        let found = try await scene.client().target(#require(TargetPath(lookup.path)))
        #expect((found != nil) == lookup.isFound)
        #expect(found?.chain.map(\.text) == (lookup.isFound ? ["targets", "role"] : nil))
    }

    @Test("A path must be delegated by every role on the way")
    func wholeChain() async throws {
        let scene = try Scene {
            try $0.delegate(["a/*"], to: "A")
            try $0.delegate(["*", "b/*"], to: "B", from: "A")
            try $0.add("b/file", to: "B")
        }
        #expect(try await scene.client().target("b/file") == nil)
    }

    @Test("The first role in the order vouches, not a later one")
    func precedence() async throws {
        let scene = try Scene {
            try $0.delegate(["*"], to: "first")
            try $0.delegate(["*"], to: "second")
            try $0.add("file", "from first", to: "first")
            try $0.add("file", "from second", to: "second")
        }
        let found = try #require(try await scene.client().target(Self.file))
        #expect(found.role.text == "first")
        try found.verify(Array("from first".utf8))
    }

    @Test(
        "Names that look like paths, queries or fragments become one file name",
        arguments: [
            ("?", "1.%3F.json"), ("#", "1.%23.json"), ("/delegatedrole", "1.%2Fdelegatedrole.json"),
            ("../delegatedrole", "1...%2Fdelegatedrole.json"), ("ö", "1.%C3%B6.json"),
            ("%2F", "1.%252F.json"),
        ]
    )
    func unusualNames(_ name: String, file: String) async throws {
        let scene = try Scene {
            try $0.delegate(["*"], to: name)
            try $0.add("file", to: name)
        }
        let client = scene.client()
        try await client.refresh()
        _ = scene.server.takeRequests()
        #expect(try await client.target(Self.file) != nil)
        #expect(scene.server.takeRequests() == [file])
    }

    /// `A` and `B` both delegate to `C`, with other keys; `C` is signed for `A` only.
    private static func diamond() throws -> Scene {
        try Scene {
            try $0.delegate(["a*"], to: "A")
            try $0.delegate(["b*"], to: "B")
            let real = try PrivateKey.generate(.ed25519)
            $0.keys["C"] = [try PrivateKey.generate(.ed25519)]
            try $0.delegate(["b*"], to: "C", from: "B")
            $0.keys["C"] = [real]
            try $0.delegate(["a*"], to: "C", from: "A")
            try $0.add("a", to: "C")
            try $0.add("b", to: "C")
        }
    }

    @Test("A role that one delegator vouches for is verified again for another (TOB-SIGSTORE-14)")
    func diamondIsVerifiedTwice() async throws {
        let client = try Self.diamond().client()
        #expect(try await client.target("a") != nil)
        #expect(await refusalCode { try await client.target("b") } == "tuf.signatures")
    }

    @Test("A search ends at a role that is refused, and does not ask the next one")
    func errorEndsSearch() async throws {
        var scene = try Scene {
            try $0.delegate(["*"], to: "first")
            try $0.delegate(["*"], to: "second")
            try $0.add("file", to: "second")
        }
        scene.repository.files["1.first.json"] = nil
        #expect(
            await refusalCode { try await scene.client().target(Self.file) }
                == "tuf.metadata-missing"
        )
    }

    @Test("A role that is not in the snapshot is not even asked for")
    func notInSnapshot() async throws {
        var scene = try Scene { try $0.delegate(["*"], to: "role") }
        scene.repository.delegates = [:]
        scene.repository.snapshot.files["role"] = nil
        try scene.repository.publish()
        let client = scene.client()
        try await client.refresh()
        _ = scene.server.takeRequests()
        #expect(
            await refusalCode { try await client.target(Self.file) } == "tuf.role-not-in-snapshot"
        )
        #expect(scene.server.takeRequests().isEmpty)
    }

    @Test(
        "Expired, mislabelled and wrongly signed delegated metadata is refused (CVE-2026-6967)",
        arguments: [
            "tuf.expired", "tuf.version-mismatch", "tuf.signatures", "tuf.metadata-hash", "tuf.wrong-type",
        ]
    )
    func delegatedRules(_ code: String) async throws {
        let role: RoleName = "role"
        var scene = try Scene {
            $0.promisesBytes = code == "tuf.metadata-hash"
            try $0.delegate(["*"], to: "role")
        }
        let signers = try #require(scene.repository.keys[role])
        var metadata = try #require(scene.repository.delegates[role])
        switch code {
        case "tuf.expired": metadata.header = SimulatedRepository.header(1, expires: scene.now)
        case "tuf.version-mismatch": metadata.header = SimulatedRepository.header(2)
        default: break
        }
        switch code {
        case "tuf.metadata-hash": try UpdateAttackTests.alter(&scene.repository.files["1.role.json"])
        case "tuf.wrong-type":
            scene.repository.files["1.role.json"] = try scene.repository.sign(
                scene.repository.snapshot.encoded(),
                by: signers
            )
        case "tuf.signatures":
            scene.repository.files["1.role.json"] = try scene.repository.sign(
                metadata.encoded(),
                by: [PrivateKey.generate(.ed25519)]
            )
        default:
            scene.repository.files["1.role.json"] = try scene.repository.sign(metadata.encoded(), by: signers)
        }
        #expect(await refusalCode { try await scene.client().target(Self.file) } == code)
        #expect(try scene.storedVersion(role) == nil)
    }

    @Test("A delegated role that needs two keys is not satisfied by one (CVE-2026-6966)")
    func delegatedThreshold() async throws {
        let scene = try Scene { try $0.delegate(["*"], to: "role", threshold: 2) }
        #expect(
            await refusalCode { try await scene.client().target(Self.file) } == "tuf.signatures"
        )
    }

    @Test("A search visits no more roles than allowed")
    func visitedLimit() async throws {
        var scene = try Scene {
            for number in 0..<5 { try $0.delegate(["*"], to: "role-\(number)") }
        }
        scene.limits.visitedRoles = 5
        #expect(try await scene.client().target(Self.file) == nil)
        scene.limits.visitedRoles = 4
        #expect(
            await refusalCode { try await scene.client().target(Self.file) }
                == "tuf.too-many-delegations"
        )
    }

    @Test("A listing has the role's files that every delegation on the way covers")
    func listing() async throws {
        let scene = try Scene {
            try $0.delegate(["linux-64/*"], to: "linux-64")
            try $0.add("linux-64/repodata.json", to: "linux-64")
            try $0.add("linux-64/current_repodata.json", to: "linux-64")
            try $0.add("noarch/repodata.json", to: "linux-64")
        }
        let client = scene.client()
        let listed = try await client.targets(of: "linux-64")
        #expect(listed?.map(\.path.text) == ["linux-64/current_repodata.json", "linux-64/repodata.json"])
        #expect(try await client.targets(of: "osx-64") == nil)
        #expect(try await client.targets(of: .targets)?.isEmpty == true)
    }
}
