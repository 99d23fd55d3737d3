// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

extension Attestation {
    /// Who signed, from which repository, commit, workflow and run, and where it is logged, in one line.
    public var summary: String {
        var parts: [String] = []
        if let repository = claims[.sourceRepositoryURI] {
            parts.append(Shown.text(repository))
            for (claim, word) in Self.shown {
                guard let value = claims[claim] else { continue }
                parts.append("\(word) \(Shown.text(value))")
            }
            parts.append("identity by \(Shown.quoted(signer.issuer))")
        } else {
            parts.append(signer.description)
        }
        parts += logs.map { log in
            log.index.map { "entry \($0) of \(Shown.text(log.log))" } ?? "an entry of \(Shown.text(log.log))"
        }
        if let time = times.min() { parts.append("signed by \(time)") }
        return parts.joined(separator: ", ")
    }

    private static let shown: [(CertificateClaim, String)] = [
        (.sourceRepositoryID, "repository number"), (.sourceRepositoryDigest, "commit"),
        (.sourceRepositoryRef, "ref"), (.buildConfigURI, "workflow"),
        (.deploymentEnvironment, "environment"), (.runInvocationURI, "run"),
    ]
}
