// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The build services that give their jobs an identity which certificate authorities of Sigstore's know.
public enum BuildService: String, Sendable, CaseIterable {
    /// GitHub's own.
    case githubActions = "GitHub Actions"
    /// GitLab's own.
    case gitlab = "GitLab CI"
    /// Buildkite.
    case buildkite = "Buildkite"
    /// CircleCI.
    case circleci = "CircleCI"
    /// Google Cloud Build.
    case cloudBuild = "Google Cloud Build"

    /// The service whose job this is, by what it sets in the environment of each; nil if it is none of these.
    public static func running(in environment: [String: String]) -> BuildService? {
        if environment["GITHUB_ACTIONS"] == "true" { return .githubActions }
        if environment["GITLAB_CI"] == "true" { return .gitlab }
        if environment["BUILDKITE"] == "true" { return .buildkite }
        if environment["CIRCLECI"] == "true" { return .circleci }
        let isCloudBuild = environment["BUILDER_OUTPUT"] != nil && environment["PROJECT_ID"] != nil
        return isCloudBuild ? .cloudBuild : nil
    }

    /// What gives a job the token that it has not got.
    func remedy(audience: String) -> String {
        switch self {
        case .githubActions:
            "add `permissions:` with `id-token: write` to the job, and `contents: read` if it checks out the "
                + "repository; a pull request from a fork gets no identity"
        case .gitlab:
            "add `id_tokens:` with `SIGSTORE_ID_TOKEN:` and `aud: \(audience)` to the job"
        case .buildkite:
            "give the job's token: `buildkite-agent oidc request-token --audience \(audience) | "
                + "kingsnake … --identity-token -`"
        case .circleci:
            "give the job's token: `circleci run oidc get --claims '{\"aud\": \"\(audience)\"}' | "
                + "kingsnake … --identity-token -`"
        case .cloudBuild:
            "give a service account's token: `gcloud auth print-identity-token --audiences=\(audience) "
                + "--include-email --impersonate-service-account=ACCOUNT | kingsnake … --identity-token -`"
        }
    }
}
