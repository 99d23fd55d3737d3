// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import TestSupport
import Testing
import Transport
import TrustCore

@testable import ChannelServer

@Suite("Trusted publishing by a real client")
struct RealClientTests {
    /// Takes uploads as prefix.dev does, and remembers who sent them. What is sent is not looked at.
    private final class Uploads: ServerRoutes {
        let secrets = Mutex<[String]>([])

        func add(to router: Router<ServerContext>) {
            router.post("/api/v1/upload/:channel") { [self] request, context in
                for try await _ in request.body {}
                // In this scene a key is taken as its holder's name.
                secrets.withLock { $0.append(context.caller.holder?.name ?? "nobody") }
                return Response(status: .created)
            }
        }
    }

    private static let python = (ProcessInfo.processInfo.environment["KINGSNAKE_PEERS"] ?? "") + "/bin/python"

    @Test(
        "rattler-build's upload to prefix.dev gets a token from its runner, a key for it, and publishes with the key",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: python),
            "KINGSNAKE_PEERS does not name the environment that `scripts/peers` makes: see `make interop`"
        )
    )
    func rattlerBuild() async throws {
        let issuer = try await SimulatedIssuer.start(now: Timestamp(seconds: 1_800_000_000))
        issuer.use([.rs256("key-1")])
        let name = issuer.issuer
        issuer.fault { $0.claims["iss"] = .string(name) }
        let services = HTTPServiceCaller()
        // Clients derive the audience from the address that they are given.
        let issuers = TokenIssuers(issuers: [TokenIssuer(name, .github)], audiences: ["127.0.0.1"])
        let scene = try await PublishingScene(issuers, issuer: name, services: services)
        _ = try await scene.add { $0.issuer = name }
        let uploads = Uploads()
        let server = HostedServer(parts: scene.server.parts, areas: [scene.routes, uploads])
        let world = try ChannelWorld()
        let package = try world.write(PackageBuilder.hello())
        let script = SharedData.checkout + "/scripts/interop/rattler_upload.py"
        let result = try await Application(responder: server.responder()).test(.live) { client in
            var program = Program(in: world.path, name: Self.python)
            program.environment.merge(issuer.runnerEnvironment) { $1 }
            program.environment["PYTHONDONTWRITEBYTECODE"] = "1"
            let url = "http://127.0.0.1:\(client.port ?? 0)"
            return try await program.run([script, "prefix-oidc", url, "main", package])
        }
        await services.shutdown()
        #expect(result.status == 0, "\(result.transcript)")
        let secret = try #require(uploads.secrets.withLock { $0 }.first)
        let key = try await scene.server.database.read {
            try $0.accessKey(hash: Digest.of(Array(secret.utf8)))
        }
        #expect(key?.scopes.first?.packages == ["widget"])
        #expect(issuer.tokens.count == 1 && uploads.secrets.withLock { $0.count } == 1)
    }
}
