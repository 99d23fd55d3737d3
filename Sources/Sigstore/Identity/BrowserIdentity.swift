// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A login in a browser on this machine.
public struct BrowserIdentity: IdentitySource {
    private let issuer: String
    private let clientID: String
    private let caller: any ServiceCaller
    private let random: @Sendable (Int) -> [UInt8]
    private let listen: @Sendable () async throws -> any RedirectReceiver
    private let show: @Sendable (String) async -> Void

    /// Takes what a login needs.
    ///
    /// - Parameters:
    ///   - issuer: The identity provider.
    ///   - clientID: What the provider knows this program by; for public instances `sigstore`.
    ///   - caller: Sends requests.
    ///   - random: Random bytes that nobody can guess.
    ///   - listen: Begins to wait for the browser.
    ///   - show: Opens a page in the browser, or shows its address.
    public init(
        issuer: String,
        clientID: String,
        caller: any ServiceCaller,
        random: @escaping @Sendable (Int) -> [UInt8],
        listen: @escaping @Sendable () async throws -> any RedirectReceiver,
        show: @escaping @Sendable (String) async -> Void
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.caller = caller
        self.random = random
        self.listen = listen
        self.show = show
    }

    /// Logs in. The token's audience is the client, so that another audience is refused afterwards.
    public func token(audience: String) async throws -> IdentityToken {
        let provider = try await IdentityProvider.discover(issuer, by: caller)
        let receiver = try await listen()
        let result: Result<IdentityToken, any Error>
        do {
            result = .success(try await logIn(provider, receiver))
        } catch {
            result = .failure(error)
        }
        await receiver.close()
        let token = try result.get()
        try token.check(audience: audience)
        return token
    }

    private func logIn(_ provider: IdentityProvider, _ receiver: any RedirectReceiver) async throws
        -> IdentityToken
    {
        let request = AuthorizationRequest(
            provider: provider,
            clientID: clientID,
            redirectURI: receiver.redirectURI,
            secrets: LoginSecrets(random: random)
        )
        await show(try request.url())
        let query = try await receiver.receive { (try? request.code(in: $0)) != nil }
        return try request.token(in: await caller.send(request.exchange(request.code(in: query))))
    }
}
