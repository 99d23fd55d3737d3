// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Sigstore
import TestSupport
import TrustCore

/// The build job of the demo's repository, with the build service that vouches for it and a Sigstore instance, all of
/// this machine.
final class DemoJob {
    /// The repository whose job it is.
    static let repository = "demo/hello"

    let issuer: SimulatedIssuer
    private var instance: SimulatedInstance

    init() async throws {
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        issuer = try await SimulatedIssuer.start(now: now)
        issuer.use([.rs256("build-service")])
        instance = try SimulatedInstance(at: now.advanced(bySeconds: -3600))
    }

    /// The keys of the Sigstore instance.
    func trustedRoot() throws -> [UInt8] { try instance.trustedRoot().encoded() }

    /// The claims of a job of a repository.
    func claims(of repository: String = repository, number: String = "1001") -> JSONObject {
        let workflow = "\(repository)/.github/workflows/release.yml@refs/tags/v1"
        var claims = issuer.workflowClaims(audience: "127.0.0.1")
        claims["iss"] = .string(issuer.issuer)
        claims["repository"] = .string(repository)
        claims["repository_id"] = .string(number)
        claims["repository_owner"] = .string(String(repository.prefix { $0 != "/" }))
        claims["sub"] = .string("repo:\(repository):ref:refs/tags/v1")
        claims["workflow_ref"] = .string(workflow)
        claims["job_workflow_ref"] = .string(workflow)
        return claims
    }

    /// A token for those claims, by the build service.
    func token(_ claims: JSONObject) -> String { issuer.token(claims) }

    /// The same, by somebody who says that they are the build service.
    func forgedToken(_ claims: JSONObject) -> String {
        SimulatedTokenKey.rs256("build-service", number: 1).token(claims)
    }

    /// Attests to a package, as `kingsnake attest create` does in a job: what `FILE.sigs` holds.
    func attest(_ fileName: String, _ bytes: [UInt8], channel: String, by repository: String = repository)
        throws
        -> [UInt8]
    {
        let statement = try PublishAttestation(
            fileName: fileName,
            sha256: Digest.of(bytes),
            targetChannel: channel
        )
        var signer = SimulatedInstance.Signer.workflow(of: repository)
        if repository != Self.repository { signer.claims[.sourceRepositoryIdentifier] = "6666" }
        let bundle = try instance.bundle(stating: statement.encoded(), by: signer)
        return Array("[".utf8) + bundle.encoded() + Array("]".utf8)
    }
}
