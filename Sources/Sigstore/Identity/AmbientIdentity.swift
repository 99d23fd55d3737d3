// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The identity that the surroundings have by themselves: the one of a job of a build service.
public enum AmbientIdentity {
    /// Where a token may be put for programs that sign with Sigstore, as jobs of GitLab CI do.
    public static let variable = "SIGSTORE_ID_TOKEN"

    /// The source of the token; nil if this is no job of a build service that is known.
    ///
    /// A token that somebody put into the environment is taken before the service's own.
    ///
    /// - Throws: a ``Failure`` with a remedy if it is a job that has no identity; it must not fall back to
    ///   something else in silence. A `Refusal` if what is in the environment is no token.
    public static func find(
        in environment: [String: String],
        audience: String,
        caller: any ServiceCaller
    ) throws -> (any IdentitySource)? {
        if let text = environment[variable], !text.isEmpty { return try GivenIdentity(text) }
        guard let service = BuildService.running(in: environment) else { return nil }
        if service == .githubActions,
            let source = try GitHubActionsIdentity(environment: environment, caller: caller)
        {
            return source
        }
        throw Failure(
            .configuration,
            "this job of \(service.rawValue) has no identity token",
            remedy: service.remedy(audience: audience)
        )
    }
}
