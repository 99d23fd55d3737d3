// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Sigstore
package import TrustCore

/// An identity provider that a ``SimulatedFulcio`` believes, and how it makes a name of what the provider says.
package struct TrustedIssuer: Sendable {
    /// What sort of provider it is.
    package enum Kind: Sendable {
        /// One of people: the name is the claim `email`.
        case email
        /// GitHub Actions: the name is the workflow's address.
        case github
        /// GitLab CI: the name is the address of the job's configuration.
        case gitlab
        /// Any other whose subjects are addresses themselves.
        case uri
    }

    /// What tokens have as their issuer.
    package let url: String
    /// What sort of provider it is.
    package let kind: Kind
    /// The claims of a token that the provider signed; nil for any other.
    package let claims: @Sendable (_ token: String) -> JSONObject?

    /// Takes a provider that checks its own tokens.
    package init(_ url: String, kind: Kind, claims: @escaping @Sendable (_ token: String) -> JSONObject?) {
        self.url = url
        self.kind = kind
        self.claims = claims
    }

    /// Takes a provider by the key that signs its tokens, as DER.
    package init(_ url: String, publicKey: [UInt8], kind: Kind) {
        self.init(url, kind: kind) { text in
            guard let token = SimulatedWebToken(text), token.isSigned(by: publicKey) else { return nil }
            return token.claims
        }
    }

    /// Takes a simulated provider that people log in at.
    package init(people issuer: SimulatedIssuer) {
        self.init(issuer.issuer, kind: .email) { issuer.claims(verifying: $0) }
    }

    /// Takes a simulated provider of workflows' identities, which passes for GitHub's.
    package init(workflows issuer: SimulatedIssuer) {
        self.init("https://token.actions.githubusercontent.com", kind: .github) {
            issuer.claims(verifying: $0)
        }
    }

    /// What a signer proves the possession of a key with: a signature over this.
    func challenge(_ claims: JSONObject) throws -> String {
        try text(kind == .email ? "email" : "sub", claims)
    }

    /// Who the bearer of a token is, and what else goes into the certificate (Fulcio's `oidc.md`).
    func signer(_ claims: JSONObject) throws -> (identity: SignerIdentity, claims: [FulcioClaim: String]) {
        // A provider that asks others says whom: that one it is who knows the person.
        let issuer = claims["federated_claims"]?.object?["connector_id"]?.string ?? url
        var extensions: [FulcioClaim: String] = [.issuerV1: issuer, .issuer: issuer]
        extensions[.tokenSubject] = try text("sub", claims)
        let name: String
        switch kind {
        case .email:
            guard claims["email_verified"]?.bool == true else {
                throw SimulatedServiceRefusal(400, "There was an error processing the identity token")
            }
            name = try text("email", claims)
        case .uri: name = try text("sub", claims)
        case .github:
            name = "https://github.com/" + (try text("job_workflow_ref", claims))
            try add(Self.github, claims, to: &extensions)
        case .gitlab:
            name = "https://" + (try text("ci_config_ref_uri", claims))
            try add(Self.gitlab, claims, to: &extensions)
            let folder = (try text("ref_type", claims)) == "tag" ? "tags" : "heads"
            extensions[.sourceRepositoryRef] = "refs/\(folder)/" + (try text("ref", claims))
        }
        let identity = SignerIdentity(kind: kind == .email ? .email : .uri, value: name, issuer: issuer)
        return (identity, extensions)
    }

    /// What is between braces is a claim of the token.
    private func add(
        _ templates: [FulcioClaim: String],
        _ claims: JSONObject,
        to extensions: inout [FulcioClaim: String]
    ) throws {
        for (claim, template) in templates {
            var text = ""
            for (at, part) in template.split(separator: "|", omittingEmptySubsequences: false).enumerated() {
                text += at.isMultiple(of: 2) ? String(part) : try self.text(String(part), claims)
            }
            extensions[claim] = text
        }
    }

    private func text(_ name: String, _ claims: JSONObject) throws -> String {
        guard let text = claims[name]?.string, !text.isEmpty else {
            throw SimulatedServiceRefusal(400, "There was an error processing the identity token")
        }
        return text
    }

    /// Claims of a token stand between bars.
    private static let github: [FulcioClaim: String] = [
        .githubWorkflowTrigger: "|event_name|", .githubWorkflowSHA: "|sha|",
        .githubWorkflowName: "|workflow|", .githubWorkflowRepository: "|repository|",
        .githubWorkflowRef: "|ref|", .buildSignerURI: "https://github.com/|job_workflow_ref|",
        .buildSignerDigest: "|job_workflow_sha|", .runnerEnvironment: "|runner_environment|",
        .sourceRepositoryURI: "https://github.com/|repository|", .sourceRepositoryDigest: "|sha|",
        .sourceRepositoryRef: "|ref|", .sourceRepositoryIdentifier: "|repository_id|",
        .sourceRepositoryOwnerURI: "https://github.com/|repository_owner|",
        .sourceRepositoryOwnerIdentifier: "|repository_owner_id|",
        .buildConfigURI: "https://github.com/|workflow_ref|", .buildConfigDigest: "|workflow_sha|",
        .buildTrigger: "|event_name|",
        .runInvocationURI: "https://github.com/|repository|/actions/runs/|run_id|/attempts/|run_attempt|",
        .sourceRepositoryVisibility: "|repository_visibility|",
    ]

    private static let gitlab: [FulcioClaim: String] = [
        .buildSignerURI: "https://|ci_config_ref_uri|", .buildSignerDigest: "|ci_config_sha|",
        .runnerEnvironment: "|runner_environment|",
        .sourceRepositoryURI: "https://gitlab.com/|project_path|", .sourceRepositoryDigest: "|sha|",
        .sourceRepositoryIdentifier: "|project_id|",
        .sourceRepositoryOwnerURI: "https://gitlab.com/|namespace_path|",
        .sourceRepositoryOwnerIdentifier: "|namespace_id|",
        .buildConfigURI: "https://|ci_config_ref_uri|", .buildConfigDigest: "|ci_config_sha|",
        .buildTrigger: "|pipeline_source|",
        .runInvocationURI: "https://gitlab.com/|project_path|/-/jobs/|job_id|",
        .sourceRepositoryVisibility: "|project_visibility|",
    ]
}
