// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// The routes below a channel, each with the right that it takes: decided here, and not as the code has it.
@Suite("Who may ask what of a channel over HTTP")
struct RouteTableTests {
    struct Route: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        let action: ServerAction
        /// What it is about: the channel, or its package `x`.
        var column = "here"

        var testDescription: String { "\(method) \(path)" }
    }

    static let routes: [Route] = [
        Route(method: .get, path: "publishers", action: .managePublishers),
        Route(method: .post, path: "publishers/test", action: .managePublishers),
        Route(method: .delete, path: "publishers/1", action: .managePublishers),
        Route(method: .get, path: "files?match=*/*", action: .read),
        Route(method: .post, path: "files/noarch/x-1-0.conda/yank", action: .yank, column: "here/x"),
        Route(method: .post, path: "files/noarch/x-1-0.conda/unyank", action: .yank, column: "here/x"),
        Route(method: .post, path: "files/noarch/x-1-0.conda/remove", action: .remove, column: "here/x"),
        Route(method: .get, path: "signing", action: .read),
        Route(method: .post, path: "signing/keys", action: .manageChannel),
        Route(method: .delete, path: "signing/keys/00", action: .manageChannel),
        Route(method: .get, path: "tuf", action: .read),
        Route(method: .post, path: "tuf/proposal", action: .acceptSignatures),
        Route(method: .post, path: "tuf/ceremony", action: .acceptSignatures),
        Route(method: .put, path: "maintainers/x", action: .acceptSignatures, column: "here/x"),
        Route(method: .put, path: "index/patches/noarch", action: .manageChannel),
        Route(method: .delete, path: "index/patches/noarch", action: .manageChannel),
    ]

    @Test(
        "Each route asks for the right that the table names, and nothing else lets anybody in",
        arguments: routes
    )
    func asked(_ route: Route) async throws {
        let place = try #require(AccessTableTests.columns.firstIndex(of: route.column))
        let letter = try #require(AccessTableTests.actions.firstIndex(of: route.action))
        for visibility in [HostedChannel.Visibility.everybody, .members] {
            let (scene, keys) = try await Self.world(visibility)
            for row in AccessTableTests.rows
            where row.visibility == visibility.rawValue && ["whole", "none"].contains(row.key) {
                guard row.holder != "workload" else { continue }
                let cell = Array(row.cells[place])[letter]
                let answer = try await Self.ask(route, scene, keys[row.holder])
                let expected: String? =
                    switch cell {
                    case ".": "access.not-allowed"
                    case "?": "server.channel-unknown"
                    case "!": "access.credentials-needed"
                    default: nil
                    }
                let code = answer.flatMap { Self.refusals.contains($0) ? $0 : nil }
                #expect(code == expected, "\(row.testDescription): \(route.testDescription)")
            }
        }
    }

    private static let refusals = [
        "access.not-allowed", "server.channel-unknown", "access.credentials-needed",
    ]

    /// The channel `here`, and somebody of each role in it.
    private static func world(_ visibility: HostedChannel.Visibility) async throws
        -> (scene: AccessScene, keys: [String: String])
    {
        let scene = try AccessScene()
        let here = try await scene.scene.channel("here", visibility)
        var keys = ["stranger": try await scene.userWithKey("stranger")]
        for role in ServerRole.allCases {
            keys[role.rawValue] = try await scene.userWithKey(role.rawValue, role)
        }
        for role in ChannelRole.allCases {
            keys[role.rawValue] = try await scene.userWithKey(role.rawValue)
            try await scene.give(.channel(role), to: role.rawValue, in: here)
        }
        for role in PackageRole.allCases {
            let name = "x-" + role.rawValue
            keys[name] = try await scene.userWithKey(name)
            try await scene.give(.package("x", role), to: name, in: here)
        }
        return (scene, keys)
    }

    /// The code of the answer; nil if it is none of a refusal.
    private static func ask(_ route: Route, _ scene: AccessScene, _ key: String?) async throws -> String? {
        var headers = HTTPFields()
        if let key { headers[.authorization] = "Bearer \(key)" }
        let keys = ChannelKeys(directory: scene.scene.folder.path + "/keys")
        let response = try await scene.scene.ask(
            [AdministrationRoutes(parts: scene.scene.parts, keys: keys)],
            route.method,
            "/api/v1/channels/here/" + route.path,
            headers: headers
        )
        let json = try JSONReader.read(Array(response.body.readableBytesView), of: "the answer")
        #expect(json.object?["code"] != "server.not-found")
        return json.object?["code"]?.string
    }
}
