// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import Foundation
public import Sigstore
public import Transport
import TrustCore

/// Options of every command that signs with an identity: where the token comes from that says who signs.
struct IdentityOptions: ParsableArguments {
    /// How to log in.
    enum Login: String, ExpressibleByArgument, CaseIterable {
        case browser, device
    }

    @Option(
        help: ArgumentHelp(
            "A file with the identity token; `-` reads it from standard input.",
            discussion: "Never the token itself: whoever lists this machine's processes would see it.",
            valueName: "file"
        ),
        completion: .file()
    )
    var identityToken: String?

    @Option(
        help: ArgumentHelp(
            "Log in as a person: in a browser on this machine, or on another device. (default: the identity of the build service, else a login if there is a terminal)",
            valueName: "how"
        )
    )
    var login: Login?

    @Option(
        name: .customLong("oidc-issuer"),
        help: ArgumentHelp(
            "The identity provider to log in with; a token from elsewhere must be of it, too. (default: that of the instance)",
            valueName: "url"
        )
    )
    var issuer: String?

    @Option(
        name: .customLong("oidc-client-id"),
        help: ArgumentHelp(
            "What the provider knows the program by, and whom tokens must be for.",
            valueName: "name"
        )
    )
    var clientID: String = "sigstore"

    func validate() throws {
        try UsageCheck.path(identityToken, of: "--identity-token")
        guard identityToken == nil || login == nil else {
            throw ValidationError("give one of --identity-token and --login")
        }
        // A message about a file that is not there would show it.
        guard identityToken.map(Self.looksLikeToken) != true else {
            throw ValidationError(
                "--identity-token takes a file, not the token: others can see a command line; write the token to a file, or give `-`"
            )
        }
        if let issuer { try UsageCheck.url(issuer, of: "--oidc-issuer") { _ = $0 } }
        guard !clientID.isEmpty else { throw ValidationError("--oidc-client-id is empty") }
    }

    /// A JSON Web Token begins with `{"` in base64url.
    private static func looksLikeToken(_ text: String) -> Bool {
        text.utf8.starts(with: "eyJ".utf8) && text.utf8.contains(UInt8(ascii: "."))
    }

    /// Gets the token: the one that was given, that of the build service, or that of a login. It is for this
    /// program's client and valid now; its signature is for the certificate authority to verify.
    ///
    /// - Parameter usualIssuer: the provider to log in with unless the user named one; asked only if it is needed.
    func identity(
        usualIssuer: () async throws -> String,
        _ console: Console,
        _ caller: any ServiceCaller
    ) async throws -> SignerToken {
        let (source, origin) = try await source(usualIssuer, caller)
        let token = try await source.token(audience: clientID)
        if let issuer { try token.check(issuer: issuer) }
        try token.check(audience: clientID, now: SystemClock.now)
        return SignerToken(token: token, origin: origin)
    }

    private func source(_ usualIssuer: () async throws -> String, _ caller: any ServiceCaller) async throws
        -> (any IdentitySource, String)
    {
        if let identityToken {
            let text = try TokenFile.read(identityToken)
            return (try GivenIdentity(text), identityToken == "-" ? "standard input" : identityToken)
        }
        if let login { return try await logIn(login, usualIssuer, caller) }
        let environment = ProcessInfo.processInfo.environment
        if let found = try AmbientIdentity.find(in: environment, audience: clientID, caller: caller) {
            let service = BuildService.running(in: environment)?.rawValue
            let isGiven = EnvironmentVariable.value(AmbientIdentity.variable) != nil
            return (found, isGiven ? "$\(AmbientIdentity.variable)" : service ?? "the environment")
        }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw Failure(
                .configuration,
                "nothing says who signs: this is no job of a build service that is known, and there is no terminal to log in on",
                remedy:
                    "give a token with `--identity-token FILE`, or log in with `--login browser` or `--login device`"
            )
        }
        return try await logIn(LoginPrompt.hasBrowser ? .browser : .device, usualIssuer, caller)
    }

    private func logIn(
        _ login: Login,
        _ usualIssuer: () async throws -> String,
        _ caller: any ServiceCaller
    )
        async throws -> (any IdentitySource, String)
    {
        let issuer = if let issuer { issuer } else { try await usualIssuer() }
        let random: @Sendable (Int) -> [UInt8] = { count in
            (0..<count).map { _ in UInt8.random(in: .min ... .max) }
        }
        switch login {
        case .browser:
            let source = BrowserIdentity(
                issuer: issuer,
                clientID: clientID,
                caller: caller,
                random: random,
                listen: { try await RedirectListener.listen(timeout: LoginPrompt.patience) },
                show: LoginPrompt.open
            )
            return (source, "a login in the browser")
        case .device:
            let source = DeviceIdentity(
                issuer: issuer,
                clientID: clientID,
                caller: caller,
                random: random,
                show: LoginPrompt.show,
                wait: { try await Task.sleep(for: $0) }
            )
            return (source, "a login on another device")
        }
    }
}

/// Who signs, and where that was said.
struct SignerToken {
    let token: IdentityToken
    /// In words.
    let origin: String
}

extension RedirectListener: RedirectReceiver {}
