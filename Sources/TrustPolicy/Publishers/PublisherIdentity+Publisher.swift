// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension PublisherIdentity {
    /// The identity that a policy names by one publisher; nil for one that names several, such as all of an
    /// owner's repositories, or that sets conditions which no identity has: a workflow, a ref or a claim.
    public init?(_ publisher: Publisher) {
        guard publisher.workflow == nil, publisher.ref == nil, publisher.claims.isEmpty else { return nil }
        switch publisher.source {
        case .repository(let service, let repository):
            guard repository.name != nil else { return nil }
            self.init(
                .uri,
                service.uri(repository),
                issuer: service.issuer,
                repositoryID: publisher.repositoryID,
                ownerID: publisher.ownerID
            )
        case .identity(let kind, let value, let issuer): self.init(kind, value, issuer: issuer)
        case .key(let fingerprint): self.init(.key, fingerprint.hex, issuer: nil)
        }
    }
}
