// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1

/// What an authority of Sigstore's says of a signer beside the name: the extensions `1.3.6.1.4.1.57264.1.N`
/// (Fulcio's `oid-info.md`), where `N` is the raw value.
///
/// The authority copies them from the identity provider's token. That the provider is honest is not said.
public enum FulcioClaim: UInt, Sendable, CaseIterable {
    /// The identity provider. Superseded by ``issuer``.
    case issuerV1 = 1
    /// What event started the workflow. Superseded by ``buildTrigger``.
    case githubWorkflowTrigger = 2
    /// The commit that the workflow ran for. Superseded by ``sourceRepositoryDigest``.
    case githubWorkflowSHA = 3
    /// What the workflow calls itself.
    case githubWorkflowName = 4
    /// The repository, without its host. Superseded by ``sourceRepositoryURI``.
    case githubWorkflowRepository = 5
    /// The branch or tag that the workflow ran for. Superseded by ``sourceRepositoryRef``.
    case githubWorkflowRef = 6
    /// The identity provider.
    case issuer = 8
    /// What was responsible for signing: usually a workflow at a ref.
    case buildSignerURI = 9
    /// The version of that by its commit.
    case buildSignerDigest = 10
    /// Whether the provider's own machines ran it, or somebody else's.
    case runnerEnvironment = 11
    /// The repository that was built.
    case sourceRepositoryURI = 12
    /// The commit that was built.
    case sourceRepositoryDigest = 13
    /// The branch or tag that was built.
    case sourceRepositoryRef = 14
    /// The repository's number, which a new repository of the same name does not have.
    case sourceRepositoryIdentifier = 15
    /// Who owns the repository.
    case sourceRepositoryOwnerURI = 16
    /// The owner's number, which a new account of the same name does not have.
    case sourceRepositoryOwnerIdentifier = 17
    /// The top-level instructions of the build: usually a workflow at a ref.
    case buildConfigURI = 18
    /// The version of those by their commit.
    case buildConfigDigest = 19
    /// What event started the build.
    case buildTrigger = 20
    /// The run of the workflow.
    case runInvocationURI = 21
    /// Whether the repository was public at the time.
    case sourceRepositoryVisibility = 22
    /// The environment that the workflow deployed to.
    case deploymentEnvironment = 23
    /// The subject of the identity provider's token.
    case tokenSubject = 24

    /// Whether the extension's value is the text itself. That of the later ones is a DER `UTF8String`.
    public var isRawText: Bool { rawValue <= 6 }

    /// The extension's object identifier, in dotted form.
    public var objectIdentifier: String { "1.3.6.1.4.1.57264.1.\(rawValue)" }

    /// The extension's object identifier.
    var identifier: ASN1ObjectIdentifier { [1, 3, 6, 1, 4, 1, 57264, 1, rawValue] }

    /// Which claim an extension makes, if any.
    init?(identifier: ASN1ObjectIdentifier) {
        guard let claim = Self.byIdentifier[identifier] else { return nil }
        self = claim
    }

    private static let byIdentifier: [ASN1ObjectIdentifier: FulcioClaim] =
        Dictionary(uniqueKeysWithValues: allCases.map { ($0.identifier, $0) })

    /// Reads the value of the extension; nil if it is not as its kind must be.
    func text(_ value: ArraySlice<UInt8>) -> String? {
        isRawText ? DERElement.text(value) : DERElement.utf8String(value)
    }
}
