// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// An answer of a service that makes tokens: a JSON object, which may hold secrets, so that nothing of it is
/// quoted but the names of errors that are known.
struct ServiceAnswer {
    /// The longest answer, in bytes: a token, and room for what comes with it.
    static let maximumLength = 256 << 10
    private static let limits = JSONLimits(bytes: maximumLength, depth: 16, values: 8192)

    private let response: ServiceResponse
    private let service: String

    init(_ response: ServiceResponse, of service: String) {
        self.response = response
        self.service = service
    }

    /// The object of an answer with status 200.
    ///
    /// - Throws: `identity.answer`, or a ``Failure`` for another status.
    func success() throws -> Fields {
        guard response.status == 200 else { throw failure() }
        return try fields()
    }

    /// The object, whatever the status.
    func fields() throws -> Fields {
        // The reader's own refusal may quote the text.
        guard let object = try? JSONReader.read(response.body, of: service, limits: Self.limits).object else {
            throw Refusal(IdentityCode.answer, service, expected: "a JSON object", found: "something else")
        }
        return Fields(object: object, service: service)
    }

    /// The name of the error, if it is one that is known (RFC 6749, 4.1.2.1 and 5.2; RFC 8628, 3.5).
    var error: String? {
        guard let name = (try? fields())?.object["error"]?.string else { return nil }
        return Self.known(name)
    }

    /// The name if it is of an error that is known. Any other may be made of secrets.
    static func known(_ name: String) -> String? { knownErrors.contains(ByteKey(name)) ? name : nil }

    private static let knownErrors = Set(
        [
            "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
            "unsupported_grant_type", "unsupported_response_type", "invalid_scope", "access_denied",
            "server_error", "temporarily_unavailable", "authorization_pending", "slow_down", "expired_token",
            "login_required", "interaction_required", "consent_required",
        ].map { ByteKey($0) }
    )

    /// What another status means: not known.
    func failure() -> Failure {
        let name = error.map { " (\($0))" } ?? ""
        return Failure(
            .network,
            "\(service) gave no token: it answered with status \(response.status)\(name)"
        )
    }

    /// Members of the object.
    struct Fields {
        let object: JSONObject
        let service: String

        /// Text that must be there.
        func text(_ name: String) throws -> String {
            guard let text = try optionalText(name) else { throw wrong(name, "text", "none") }
            return text
        }

        /// Text, if it is there.
        func optionalText(_ name: String) throws -> String? {
            guard let value = object[name], value != .null else { return nil }
            guard let text = value.string, !text.isEmpty else { throw wrong(name, "text", value.typeName) }
            return text
        }

        /// A number of seconds, if it is there.
        func optionalSeconds(_ name: String) throws -> Int64? {
            guard let value = object[name], value != .null else { return nil }
            guard let seconds = value.integer, seconds > 0 else {
                throw wrong(name, "a positive number of seconds", value.typeName)
            }
            return seconds
        }

        func wrong(_ name: String, _ expected: String, _ found: String) -> Refusal {
            Refusal(IdentityCode.answer, service, at: name, expected: expected, found: found)
        }
    }
}
