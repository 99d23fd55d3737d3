// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

package import Sigstore
internal import Synchronization
package import TrustCore

/// The services of a simulated instance in memory, at a time that stands still, for signers without a network.
package final class SimulatedServices: ServiceCaller {
    /// Changes what a service answers to a request, by the number of requests to its address so far.
    package typealias Interposition =
        @Sendable (ServiceRequest, Int, ServiceResponse) throws -> ServiceResponse

    private struct State {
        var instance: SimulatedInstance
        var requests: [ServiceRequest] = []
        var interposition: Interposition?
    }

    /// Where they are.
    package static let url = "https://instance.example"
    /// The time.
    package let now: Timestamp
    /// A provider of people's identities, which the certificate authority believes.
    package let people = SimulatedTokenIssuer("https://people.example", kind: .email)
    /// A provider of workflows' identities, which passes for GitHub's.
    package let workflows = SimulatedTokenIssuer(
        "https://token.actions.githubusercontent.com",
        kind: .github
    )
    private let state: Mutex<State>

    /// Takes an instance.
    package init(_ instance: SimulatedInstance) {
        now = instance.time.advanced(bySeconds: 5)
        state = Mutex(State(instance: instance))
    }

    /// What was asked so far.
    package var requests: [ServiceRequest] { state.withLock { $0.requests } }
    /// The instance as it is now.
    package var instance: SimulatedInstance { state.withLock { $0.instance } }

    /// Decides from now on what is answered.
    package func interpose(_ interposition: Interposition?) {
        state.withLock { $0.interposition = interposition }
    }

    /// Answers as the instance does, or as somebody in between.
    package func send(_ request: ServiceRequest) async throws -> ServiceResponse {
        let target = String(request.url.dropFirst(Self.url.count))
        let (behaviour, count, interposition) = state.withLock { state in
            let count = state.requests.count { $0.url == request.url }
            state.requests.append(request)
            let received = LoopbackRequest(
                request.method.rawValue,
                target,
                headers: request.headers.map { ($0.name, $0.value) },
                body: request.body
            )
            return (
                state.instance.answer(received, issuers: [people.trusted, workflows.trusted], at: now),
                count, state.interposition
            )
        }
        guard case .respond(let status, let headers, let body) = behaviour else {
            throw Failure(.network, "no answer", at: request.url)
        }
        let response = ServiceResponse(
            status: status,
            headers: headers.map { (name: $0.0, value: $0.1) },
            body: body
        )
        return try interposition?(request, count, response) ?? response
    }

    /// Where signers get what a bundle of such evidence needs.
    package func signingConfig(_ evidence: SimulatedInstance.Evidence) -> SigningConfig {
        let period = ValidityPeriod(start: Moment(now.advanced(byDays: -30)), end: nil)
        func service(_ path: String = "", version: Int64 = 1) -> SigningConfig.Service {
            SigningConfig.Service(
                url: Self.url + path,
                majorAPIVersion: version,
                validFor: period,
                operatorName: "example"
            )
        }
        return SigningConfig(
            certificateAuthorities: [service()],
            identityProviders: [],
            transparencyLogs: [service(version: evidence == .v2 ? 2 : 1)],
            timestampAuthorities: evidence == .v1 ? [] : [service("/api/v1/timestamp")]
        )
    }
}
