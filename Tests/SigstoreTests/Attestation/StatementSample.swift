// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

/// A small statement of publishing a package as JSON, to change in tests.
enum StatementSample {
    static let fileName = "signed-package-2.1.0-hb0f4dca_0.conda"
    static let sha256 = "54303491a8418fbed24344b513546182c29b43bf282ceb433af65e2299f9271f"
    static let channel = "https://prefix.dev/sigstore-example"

    static let value: JSONValue = [
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [["name": .string(fileName), "digest": ["sha256": .string(sha256)]]],
        "predicateType": "https://schemas.conda.org/attestations-publish-1.schema.json",
        "predicate": ["targetChannel": .string(channel)],
    ]

    static func statement(_ value: JSONValue = value) throws -> Statement {
        try Statement(parsing: JSONWriter.encode(value))
    }

    static func publish(_ value: JSONValue = value) throws -> PublishAttestation {
        try PublishAttestation(statement(value))
    }
}
