// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// A login on another device, for machines without a browser (RFC 8628).
public struct DeviceIdentity: IdentitySource {
    /// What the user is asked to do.
    public struct Prompt: Sendable, Equatable {
        /// The page to open, on any device.
        public let page: String
        /// The code to type there, or to compare with what the page shows.
        public let code: String
        /// The same page with the code in its address, if the provider has it.
        public let completePage: String?
        /// For how long, in seconds.
        public let seconds: Int64
    }

    private let issuer: String
    private let clientID: String
    private let caller: any ServiceCaller
    private let random: @Sendable (Int) -> [UInt8]
    private let show: @Sendable (Prompt) async -> Void
    private let wait: @Sendable (Duration) async throws -> Void

    /// Takes what a login needs.
    ///
    /// - Parameters:
    ///   - issuer: The identity provider.
    ///   - clientID: What the provider knows this program by; for public instances `sigstore`.
    ///   - caller: Sends requests.
    ///   - random: Random bytes that nobody can guess.
    ///   - show: Tells the user what to do.
    ///   - wait: Lets time pass between two questions to the provider.
    public init(
        issuer: String,
        clientID: String,
        caller: any ServiceCaller,
        random: @escaping @Sendable (Int) -> [UInt8],
        show: @escaping @Sendable (Prompt) async -> Void,
        wait: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.caller = caller
        self.random = random
        self.show = show
        self.wait = wait
    }

    /// Logs in. The token's audience is the client, so that another audience is refused afterwards.
    public func token(audience: String) async throws -> IdentityToken {
        let provider = try await IdentityProvider.discover(issuer, by: caller)
        guard let endpoint = provider.deviceEndpoint else {
            throw Failure(
                .configuration,
                "the identity provider has no login on another device",
                at: Printable.text(issuer, limit: 200),
                remedy: "try `--login browser`"
            )
        }
        let secrets = LoginSecrets(random: random)
        let begin = FormFields([
            ("client_id", clientID),
            ("scope", "openid email"),
            // Not in RFC 8628; providers that know it bind the device's code to this program.
            ("code_challenge", secrets.challenge),
            ("code_challenge_method", "S256"),
        ])
        let answer = ServiceAnswer(try await caller.send(begin.post(to: endpoint)), of: IdentityProvider.what)
        let grant = try DeviceGrant(answer.success())
        await show(grant.prompt)
        let token = try await IdentityToken(poll(grant, provider, secrets))
        try token.check(issuer: provider.issuer)
        try token.check(audience: clientID)
        try token.check(audience: audience)
        return token
    }

    private func poll(_ grant: DeviceGrant, _ provider: IdentityProvider, _ secrets: LoginSecrets)
        async throws
        -> String
    {
        var grant = grant
        let question = FormFields([
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", grant.deviceCode),
            ("client_id", clientID),
            ("code_verifier", secrets.verifier),
        ]).post(to: provider.tokenEndpoint)
        while true {
            try await wait(.seconds(grant.nextPause()))
            if let token = try grant.token(in: await answer(question)) { return token }
        }
    }

    /// RFC 8628, 3.5: no answer is a reason to ask more slowly, not to give up.
    private func answer(_ question: ServiceRequest) async throws -> ServiceResponse? {
        do {
            return try await caller.send(question)
        } catch let failure as Failure where failure.kind == .network {
            return nil
        }
    }
}
