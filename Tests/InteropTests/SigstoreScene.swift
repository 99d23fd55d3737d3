// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import Transport
import TrustCore

/// A package, what is to be said of it, and a simulated instance with real time, for clients in other languages.
struct SigstoreScene {
    static let channel = "https://conda.example.org/main"
    static let fileName = "widget-1.0-0.conda"
    static let package = Array("the package".utf8)
    static let artifact = Artifact.bytes(package)
    static let person = "ada@example.org"

    let server: SimulatedSigstoreServer
    let folder: TemporaryFolder

    /// The instance for as long as a body runs.
    static func run(_ body: (SigstoreScene) async throws -> Void) async throws {
        let scene = SigstoreScene(server: try await .start(), folder: try TemporaryFolder())
        do {
            try await body(scene)
            await scene.server.stop()
        } catch {
            await scene.server.stop()
            throw error
        }
    }

    /// The statement of CEP 27 about the package.
    static func statement(_ channel: String = channel) throws -> [UInt8] {
        try PublishAttestation(fileName: fileName, sha256: Digest.of(package), targetChannel: channel)
            .encoded()
    }

    /// A case for `sigstore_verify`: a bundle, and who must have signed it.
    struct Case {
        var bundle: Bundle
        var identity: SignerIdentity
        var isStatement = true
        var artifact = SigstoreScene.package
    }

    /// Has sigstore-python verify bundles, and answers its verdicts.
    func verdicts(_ cases: [Case], root: TrustedRoot? = nil) async throws -> [JSONValue] {
        var list: [JSONValue] = []
        for (at, one) in cases.enumerated() {
            var entry = JSONObject()
            entry["bundle"] = .string(try folder.write(one.bundle.encoded(), to: "\(at).sigstore.json"))
            entry["identity"] = .string(one.identity.value)
            entry["issuer"] = .string(one.identity.issuer)
            if !one.isStatement {
                entry["artifact"] = .string(try folder.write(one.artifact, to: "\(at).file"))
            }
            list.append(.object(entry))
        }
        let trusted = try root ?? server.trustedRoot()
        let answer = try await Peers.run(
            "sigstore_verify",
            [
                try folder.write(trusted.encoded(), to: "root.json"),
                try folder.write(JSONWriter.encode(.array(list)), to: "cases.json"),
            ]
        )
        let results = try #require(answer["results"]?.array)
        try #require(results.count == cases.count)
        return results
    }

    /// Has our own signer sign with the services, over HTTP, as a workflow: the package's statement, and the package.
    func signByUs(_ evidence: SimulatedInstance.Evidence) async throws -> (
        statement: SignedBundle, package: SignedBundle
    ) {
        let server = server
        let token = try server.workflows.token(workflowOf: "example/widget", at: server.now)
        let caller = HTTPServiceCaller()
        let signer = BundleSigner(
            .certified(try GivenIdentity(token)),
            config: server.signingConfig(evidence),
            root: try server.trustedRoot(),
            surroundings: BundleSigner.Surroundings(
                caller: caller,
                now: { server.now },
                nonce: { (0..<8).map { _ in UInt8.random(in: .min ... .max) } }
            )
        )
        let statement = try await signer.sign(statement: Self.statement(), about: Self.artifact)
        let package = try await signer.sign(file: Self.package)
        await caller.shutdown()
        return (statement, package)
    }

    /// Has sigstore-python sign the package and its statement, and answers both bundles.
    func signByPython(
        token: String,
        _ instance: [String],
        statement: [UInt8]? = nil
    ) async throws -> (package: Bundle, statement: Bundle) {
        let answer = try await Peers.run(
            "sigstore_sign",
            [
                try folder.write(Array(token.utf8), to: "token"), folder.path + "/signed",
                try folder.write(Self.package, to: Self.fileName),
                try folder.write(statement ?? Self.statement(), to: "widget.statement.json"),
            ] + instance
        )
        let paths = try #require(answer["bundles"]?.strings)
        try #require(paths.count == 2)
        let bundles = try paths.map { path in
            try Bundle(parsing: folder.read(String(path.dropFirst(folder.path.utf8.count + 1))))
        }
        return (bundles[0], bundles[1])
    }
}
