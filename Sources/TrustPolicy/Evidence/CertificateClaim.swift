// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a signing certificate says of the run that asked for it, beside who signed: the extensions
/// 1.3.6.1.4.1.57264.1.9 to .24 of Fulcio, by names of our own.
///
/// All of it was copied from the identity token by the certificate authority. It is as true as the authority
/// and the token's issuer are.
public enum CertificateClaim: String, Sendable, CaseIterable {
    /// The workflow that signed, which may be another repository's (.9).
    case buildSignerURI = "build-signer-uri"
    /// The commit of that workflow (.10).
    case buildSignerDigest = "build-signer-digest"
    /// Whose machine it ran on, such as `github-hosted` (.11).
    case runnerEnvironment = "runner-environment"
    /// The repository that was built (.12).
    case sourceRepositoryURI = "source-repository-uri"
    /// The commit that was built (.13).
    case sourceRepositoryDigest = "source-repository-digest"
    /// The branch or tag that was built, such as `refs/tags/v1` (.14).
    case sourceRepositoryRef = "source-repository-ref"
    /// The repository's number, which survives a new name and is never given again (.15).
    case sourceRepositoryID = "source-repository-id"
    /// Who owns the repository (.16).
    case ownerURI = "source-repository-owner-uri"
    /// The owner's number (.17).
    case ownerID = "source-repository-owner-id"
    /// The workflow of the repository that started it all, with its ref (.18).
    case buildConfigURI = "build-config-uri"
    /// The commit of that workflow (.19).
    case buildConfigDigest = "build-config-digest"
    /// What started the run, such as `push` (.20).
    case buildTrigger = "build-trigger"
    /// The run itself (.21).
    case runInvocationURI = "run-invocation-uri"
    /// Whether the repository was public (.22).
    case visibility = "source-repository-visibility"
    /// The deployment environment, whose protection rules the run had to pass (.23).
    case deploymentEnvironment = "deployment-environment"
    /// The token's subject (.24).
    case tokenSubject = "token-subject"

    /// The last number of the extension's object identifier.
    public var extensionNumber: Int {
        switch self {
        case .buildSignerURI: 9
        case .buildSignerDigest: 10
        case .runnerEnvironment: 11
        case .sourceRepositoryURI: 12
        case .sourceRepositoryDigest: 13
        case .sourceRepositoryRef: 14
        case .sourceRepositoryID: 15
        case .ownerURI: 16
        case .ownerID: 17
        case .buildConfigURI: 18
        case .buildConfigDigest: 19
        case .buildTrigger: 20
        case .runInvocationURI: 21
        case .visibility: 22
        case .deploymentEnvironment: 23
        case .tokenSubject: 24
        }
    }
}
