// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import TrustCore

/// A build job in whose environment py-rattler-build publishes, a server that believes the job's issuer, and what was
/// asked in between.
struct BuildJob {
    let issuer: SimulatedIssuer
    let world: ServerWorld
    let relay: Relay

    /// - Parameter settings: members of the server's settings.
    init(settings: [String: JSONValue] = [:]) async throws {
        issuer = try await SimulatedIssuer.start(now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
        issuer.use([.rs256("key-1")])
        let name = issuer.issuer
        issuer.fault { $0.claims["iss"] = .string(name) }
        world = try await ServerWorld(
            settings: settings,
            issuers: ["schema": 1, "issuers": [["issuer": .string(name), "kind": "github"]]]
        )
        relay = try await Relay(to: world)
    }

    /// Says that the job may publish a package.
    func trust(_ package: String, _ options: String...) async throws {
        try await world.administer(
            ["publisher", "add", "main", package, "--github", "example/widget", "--issuer", issuer.issuer]
                + ["--repository-id", "1001", "--owner-id", "2002", "--workflow", "release.yml"]
                + ["--public-url", world.url] + options
        )
    }

    /// Writes a package; answers its path.
    func package(_ name: String, _ version: String = "1") throws -> String {
        var builder = PackageBuilder(name: name, version: version, build: "0", subdir: "noarch")
        builder.noarch = .generic
        builder.add(file: "share/\(name)", version)
        return try world.folder.write(builder.build(.conda), to: "packages/" + builder.fileName(.conda))
    }

    /// Publishes as the job does, and answers what was asked of the server.
    func publish(_ path: String, attestation: String? = nil) async throws -> (error: String?, asked: [String])
    {
        var environment = issuer.runnerEnvironment
        environment["ATTESTATION"] = attestation
        var error: String?
        do {
            let arguments = ["prefix-oidc", relay.url, "main", path]
            _ = try await Peers.run("rattler_upload", arguments, environment: environment)
        } catch let refusal as PeerRefusal { error = refusal.description }
        return (error, try relay.take().map(\.summary))
    }
}
