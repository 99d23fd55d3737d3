// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import TrustCore

@testable import Sigstore

/// A person with a browser and another device, in memory, who logs in with a simulated provider.
final class LoginScene: Sendable {
    let issuer = SimulatedIssuer(now: TokenSample.now)
    private let state = Mutex(State())

    struct State {
        var query: String?
        var pages: [String] = []
        var prompts: [DeviceIdentity.Prompt] = []
        var pauses: [Duration] = []
        var requests: [ServiceRequest] = []
        var verdict: Bool?
        var isClosed = false
        var counter: UInt8 = 0
    }

    var seen: State { state.withLock { $0 } }

    /// Logs in with a browser, whose answer may be changed on the way.
    func browser(
        audience: String = "sigstore",
        client: String = "sigstore",
        changing change: @escaping @Sendable (String) -> String = { $0 }
    ) async throws -> IdentityToken {
        let source = BrowserIdentity(
            issuer: issuer.issuer,
            clientID: client,
            caller: Recorder(scene: self),
            random: { self.random($0) },
            listen: { Receiver(scene: self) },
            show: { page in
                self.state.withLock { $0.pages.append(page) }
                // A page that answers with an error leads nowhere.
                guard let address = try? self.issuer.browse(page),
                    let mark = address.firstIndex(of: "?")
                else { return }
                let query = change(String(address[address.index(after: mark)...]))
                self.state.withLock { $0.query = query }
            }
        )
        return try await source.token(audience: audience)
    }

    /// Logs in on another device.
    func device(audience: String = "sigstore") async throws -> IdentityToken {
        let source = DeviceIdentity(
            issuer: issuer.issuer,
            clientID: "sigstore",
            caller: Recorder(scene: self),
            random: { self.random($0) },
            show: { prompt in self.state.withLock { $0.prompts.append(prompt) } },
            wait: { pause in self.state.withLock { $0.pauses.append(pause) } }
        )
        return try await source.token(audience: audience)
    }

    /// Different bytes each time.
    private func random(_ count: Int) -> [UInt8] {
        state.withLock { state in
            state.counter += 1
            return Array(repeating: state.counter, count: count)
        }
    }

    private struct Recorder: ServiceCaller {
        let scene: LoginScene

        func send(_ request: ServiceRequest) async throws -> ServiceResponse {
            scene.state.withLock { $0.requests.append(request) }
            return try await scene.issuer.send(request)
        }
    }

    private struct Receiver: RedirectReceiver {
        let scene: LoginScene
        let redirectURI = "http://localhost:4321/auth/callback"

        func receive(isGood: @escaping @Sendable (String) -> Bool) async throws -> String {
            guard let query = scene.seen.query else { throw Failure(.cancelled, "nobody came") }
            let verdict = isGood(query)
            scene.state.withLock { $0.verdict = verdict }
            return query
        }

        func close() async { scene.state.withLock { $0.isClosed = true } }
    }
}
