// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import Sigstore
import Transport
import TrustCore

struct AttestIdentity: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "Show in whose name attestations would be signed, without signing anything.",
        discussion: """
            Gets an identity token as `attest create` does: from --identity-token, from the build service that runs this \
            job (GitHub Actions, GitLab CI), or by a login with the provider that the instance names. Shows what it says, \
            and what a certificate of the public instance would. The token itself is never shown. Its signature is verified by the certificate authority, \
            not here.
            """
    )

    @OptionGroup var identity: IdentityOptions
    @OptionGroup var instance: SigningInstanceOptions
    @OptionGroup var locations: LocationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let caller = HTTPServiceCaller()
        do {
            let found = try await identity.identity(
                usualIssuer: { try await usualIssuer(console) },
                console,
                caller
            )
            await caller.shutdown()
            IdentityReport(found).show(console)
        } catch {
            await caller.shutdown()
            throw error
        }
    }

    private func usualIssuer(_ console: Console) async throws -> String {
        try await instance.config(locations, console).identityProvider(at: Moment(SystemClock.now)).url
    }
}
