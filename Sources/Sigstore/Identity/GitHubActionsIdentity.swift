// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The identity of a job of GitHub Actions, which the runner's own service gives a token for.
public struct GitHubActionsIdentity: IdentitySource {
    private let url: String
    private let secret: String
    private let caller: any ServiceCaller

    /// Takes what the runner sets in the environment of a job that may ask for tokens; nil if it may not.
    ///
    /// - Throws: a ``Failure`` if what is set is no address, or no secret that can be sent.
    public init?(environment: [String: String], caller: any ServiceCaller) throws {
        guard let url = environment["ACTIONS_ID_TOKEN_REQUEST_URL"], !url.isEmpty,
            let secret = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"], !secret.isEmpty
        else { return nil }
        guard ServiceAddress.isProtected(url) else {
            throw Failure(.configuration, "ACTIONS_ID_TOKEN_REQUEST_URL is not an `https:` address")
        }
        // It goes into a header field: nothing in it may end the line.
        guard secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Failure(.configuration, "ACTIONS_ID_TOKEN_REQUEST_TOKEN is not a token")
        }
        self.url = url
        self.secret = secret
        self.caller = caller
    }

    /// Asks for a token, which names the workflow, the repository and the run.
    public func token(audience: String) async throws -> IdentityToken {
        let separator = url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        let request = ServiceRequest(
            .get,
            url + separator + "audience=" + PercentEncoding.segment(audience),
            headers: [("Authorization", "Bearer " + secret), ("Accept", "application/json")],
            maximumLength: ServiceAnswer.maximumLength
        )
        let answer = ServiceAnswer(try await caller.send(request), of: "GitHub Actions")
        let token = try IdentityToken(answer.success().text("value"))
        try token.check(audience: audience)
        return token
    }
}

extension GitHubActionsIdentity: CustomStringConvertible, CustomReflectable {
    /// What it is, without the runner's secret.
    public var description: String { "the identity of a job of GitHub Actions" }
    /// Nothing: one of the parts is a secret.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
