// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
package import Sigstore
internal import Synchronization
package import TrustCore

/// A simulated instance over HTTP, on 127.0.0.1: a certificate authority, transparency logs of both generations, a
/// timestamp authority, and a repository with what clients of it trust and use.
///
/// Everything is at one address, where the real clients look for it: `/api/v2/signingCert`, `/api/v1/log`, `/api/v2`,
/// `/api/v1/timestamp`, `/tuf`. What it signs verifies; with ``interpose(_:)`` it can be made to misbehave.
package final class SimulatedSigstoreServer: Sendable {
    /// Says something else than the instance would, or asks the instance.
    package typealias Interposition =
        @Sendable (LoopbackRequest, (LoopbackRequest) -> ServerBehaviour) -> ServerBehaviour

    private struct State: Sendable {
        var instance: SimulatedInstance
        var issuers: [TrustedIssuer]
        var repository: InstanceRepository?
        var interposition: Interposition?
    }

    /// The server, for its address and what it was asked.
    package let http: LoopbackServer
    /// A provider of people's identities, which the certificate authority believes.
    package let people: SimulatedTokenIssuer
    /// A provider of workflows' identities, which passes for GitHub's.
    package let workflows: SimulatedTokenIssuer
    private let folder: TemporaryFolder
    private let state: Mutex<State>
    private let clock: @Sendable () -> Timestamp

    /// `http://127.0.0.1:PORT`: where the services are.
    package var url: String { http.url }
    /// Where the repository is.
    package var repositoryURL: String { http.url + "/tuf" }

    /// Starts an instance with new keys.
    ///
    /// - Parameter clock: What time it is for the instance. Real clients need the real time.
    package static func start(
        clock: @escaping @Sendable () -> Timestamp = {
            Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        }
    ) async throws -> SimulatedSigstoreServer {
        let folder = try TemporaryFolder()
        let http = try await LoopbackServer.start(serving: folder.path, longestBody: 1 << 20)
        let server = try SimulatedSigstoreServer(http, folder, clock)
        http.follow { [weak server] request in server?.behaviour(to: request) ?? .status(503) }
        try await server.publish()
        return server
    }

    private init(
        _ http: LoopbackServer,
        _ folder: TemporaryFolder,
        _ clock: @escaping @Sendable () -> Timestamp
    ) throws {
        self.http = http
        self.folder = folder
        self.clock = clock
        people = SimulatedTokenIssuer(http.url + "/oauth2", kind: .email)
        workflows = SimulatedTokenIssuer("https://token.actions.githubusercontent.com", kind: .github)
        var instance = try SimulatedInstance(at: clock())
        instance.rekorV1.addOthers(7)
        instance.rekorV2.addOthers(5)
        instance.rekorV2.witnesses = [try SimulatedRekorV2.Witness(name: "witness.example")]
        state = Mutex(
            State(
                instance: instance,
                issuers: [people.trusted, workflows.trusted]
            )
        )
    }

    /// Stops listening.
    package func stop() async { await http.stop() }

    /// The time that it has.
    package var now: Timestamp { clock() }

    /// The instance as it is now.
    package var instance: SimulatedInstance { state.withLock { $0.instance } }

    /// Signs with the instance in memory: certificates, log entries and timestamps are of the same authorities and logs.
    package func withInstance<Value: Sendable>(
        _ body: @Sendable (inout SimulatedInstance) throws -> Value
    ) rethrows -> Value {
        try state.withLock { try body(&$0.instance) }
    }

    /// Has the certificate authority believe another provider of identities,
    /// in the place of any other of the same name.
    package func believe(_ issuer: TrustedIssuer) {
        state.withLock { state in
            state.issuers.removeAll { $0.url == issuer.url }
            state.issuers.append(issuer)
        }
    }

    /// Decides from now on what is answered; nil lets the instance answer everything.
    package func interpose(_ interposition: Interposition?) {
        state.withLock { $0.interposition = interposition }
    }

    /// What it does with a request; what is not a service's is a file.
    package func behaviour(to request: LoopbackRequest) -> ServerBehaviour {
        guard let interposition = state.withLock({ $0.interposition }) else { return answer(request) }
        return interposition(request) { self.answer($0) }
    }

    private func answer(_ request: LoopbackRequest) -> ServerBehaviour {
        let path = request.path
        guard path.hasPrefix("/api/") else { return .normal }
        return state.withLock { $0.instance.answer(request, issuers: $0.issuers, at: clock()) }
    }
}

// MARK: - What clients start from

extension SimulatedSigstoreServer {
    /// What verifiers of the instance trust.
    package func trustedRoot() throws -> TrustedRoot { try instance.trustedRoot() }

    /// Where signers get a certificate, a log entry and, if they need them, timestamps.
    package func signingConfig(_ evidence: SimulatedInstance.Evidence = .v1AndTimestamp) -> SigningConfig {
        func service(_ path: String = "", version: Int64 = 1) -> SigningConfig.Service {
            SigningConfig.Service(
                url: http.url + path,
                majorAPIVersion: version,
                validFor: ValidityPeriod(start: Moment(instance.time.advanced(byDays: -30)), end: nil),
                operatorName: "kingsnake.example"
            )
        }
        return SigningConfig(
            certificateAuthorities: [service()],
            identityProviders: [service("/oauth2")],
            transparencyLogs: [service(version: evidence == .v2 ? 2 : 1)],
            timestampAuthorities: evidence == .v1 ? [] : [service("/api/v1/timestamp")]
        )
    }

    /// Trusted root and signing configuration in one, as some clients take them (`ClientTrustConfig`).
    package func trustConfig(_ evidence: SimulatedInstance.Evidence = .v1AndTimestamp) throws -> [UInt8] {
        JSONWriter.encode(
            [
                "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
                "trustedRoot": try trustedRoot().encodedValue(),
                "signingConfig": signingConfig(evidence).encodedValue(),
            ],
            .indented
        )
    }

    /// Writes the files of the instance to a folder, and answers their paths: what users of a private instance have.
    package func write(
        _ evidence: SimulatedInstance.Evidence = .v1AndTimestamp,
        to folder: TemporaryFolder
    ) throws -> (trustedRoot: String, signingConfig: String, trustConfig: String) {
        (
            try folder.write(trustedRoot().encoded(), to: "trusted_root.json"),
            try folder.write(signingConfig(evidence).encoded(), to: "signing_config.json"),
            try folder.write(trustConfig(evidence), to: "trust_config.json")
        )
    }

    /// The first root of the repository.
    package func repositoryRoot() throws -> [UInt8] { try folder.read("tuf/1.root.json") }

    /// Publishes the trusted root and the signing configurations of the instance, as it is now.
    package func publish() async throws {
        let root = try trustedRoot().encoded(), config = signingConfig(.v1).encoded()
        var repository: InstanceRepository
        if let known = state.withLock({ $0.repository }) {
            repository = known
            try await repository.publish(keys: root, signingConfig: config, at: clock())
        } else {
            repository = try await InstanceRepository(keys: root, signingConfig: config, at: clock())
        }
        try await repository.publish(
            ["signing_config_rekor_v2.v0.2.json": signingConfig(.v2).encoded()],
            at: clock()
        )
        try repository.write(to: folder, below: "tuf")
        let published = repository
        state.withLock { $0.repository = published }
    }
}
