// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Hummingbird
public import TrustCore

/// The refusals of trusted publishing: of tokens that issuers of OpenID Connect sign for build jobs, of what they are
/// exchanged for, and of the settings for both.
///
/// What is wrong with a token is told to whoever sent it; what the server's publishers demand is not.
@nonexhaustive
public enum OIDCCode: String, RefusalCode {
    case request = "oidc.request"
    case tokenInQuery = "oidc.token-in-query"
    case tokenForm = "oidc.token-form"
    case algorithm = "oidc.algorithm"
    case issuer = "oidc.issuer"
    case key = "oidc.key"
    case signature = "oidc.signature"
    case claim = "oidc.claim"
    case audience = "oidc.audience"
    case expired = "oidc.expired"
    case notYetValid = "oidc.not-yet-valid"
    case lifetime = "oidc.lifetime"
    case replayed = "oidc.replayed"
    case reusableWorkflow = "oidc.reusable-workflow"
    case noPublisher = "oidc.no-publisher"
    case workflow = "oidc.workflow"
    case ref = "oidc.ref"
    case environment = "oidc.environment"
    case event = "oidc.event"
    case provider = "oidc.provider"
    case issuerFile = "oidc.issuer-file"
    case publisherForm = "oidc.publisher-form"
    case publisherExists = "oidc.publisher-exists"
    case publisherUnknown = "oidc.publisher-unknown"
    case packageExists = "oidc.package-exists"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .request, .tokenInQuery, .tokenForm, .algorithm, .issuer, .key, .signature: tokenEntry
        case .claim, .audience, .expired, .notYetValid, .lifetime, .replayed: claimEntry
        case .reusableWorkflow, .noPublisher, .workflow, .ref, .environment, .event: publisherEntry
        default: settingEntry
        }
    }
}

extension OIDCCode: HTTPRefusalCode {
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .noPublisher, .workflow, .ref, .environment, .event: .forbidden
        case .publisherExists, .packageExists: .conflict
        case .publisherUnknown: .notFound
        case .provider, .issuerFile: .serviceUnavailable
        default: .unprocessableContent
        }
    }
}
