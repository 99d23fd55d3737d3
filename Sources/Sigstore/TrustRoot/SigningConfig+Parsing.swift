// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

extension SigningConfig {
    private typealias Fields = ProtobufFields<TrustRootCode>

    /// Reads a signing configuration in JSON (`signing_config.v0.2.json`). Version 0.1, which has no periods,
    /// is not read. Fields that are not known are skipped.
    ///
    /// - Throws: a `Refusal` with a `trust-root.…` or `json.…` code, or `limit.too-large`.
    public init(parsing bytes: [UInt8], of subject: String = "the signing configuration") throws {
        let fields = try Fields(
            JSONReader.read(bytes, of: subject, limits: BundleLimits.json),
            of: subject
        )
        try fields.checkMediaType(["application/vnd.dev.sigstore.signingconfig.v0.2+json"])
        let timestampAuthorities = try Self.services(fields, "tsaUrls")
        let logs = try Self.services(fields, "rekorTlogUrls")
        self.init(
            certificateAuthorities: try Self.services(fields, "caUrls"),
            identityProviders: try Self.services(fields, "oidcUrls"),
            transparencyLogs: logs,
            transparencyLogSelector: try Self.selector(fields, "rekorTlogConfig", isUsed: !logs.isEmpty),
            timestampAuthorities: timestampAuthorities,
            timestampAuthoritySelector: try Self.selector(
                fields,
                "tsaConfig",
                isUsed: !timestampAuthorities.isEmpty
            )
        )
    }

    private static func services(_ fields: Fields, _ key: String) throws -> [Service] {
        try fields.fieldsList(key, atMost: BundleLimits.instances).map { fields in
            Service(
                url: try fields.requiredString("url"),
                majorAPIVersion: try fields.integer("majorApiVersion"),
                validFor: try fields.validity("validFor"),
                operatorName: try fields.string("operator") ?? ""
            )
        }
    }

    /// A configuration without services of a kind needs no selector for them.
    private static func selector(_ fields: Fields, _ key: String, isUsed: Bool) throws -> Selector {
        let config = try fields.fields(key)
        guard isUsed || config != nil else { return .any }
        let name = try config?.string("selector") ?? ""
        let count = try config?.integer("count") ?? 0
        if ByteKey.areEqual(name, "ALL") { return .all }
        if ByteKey.areEqual(name, "ANY") { return .any }
        if ByteKey.areEqual(name, "EXACT"), (1...Int64(BundleLimits.instances)).contains(count) {
            return .exact(Int(count))
        }
        throw fields.refusal(
            TrustRootCode.selector,
            key,
            expected: "`ALL`, `ANY`, or `EXACT` with a count",
            found: "`\(Printable.text(name))`"
        )
    }
}
