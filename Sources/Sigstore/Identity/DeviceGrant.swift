// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A login on another device that was begun, and how far it is. Without I/O: it says how long to wait, and is
/// told what came.
struct DeviceGrant: Sendable {
    /// What the program asks with: a secret.
    let deviceCode: String
    /// What the user is told.
    let prompt: DeviceIdentity.Prompt
    /// The seconds between two questions, at present.
    private(set) var interval: Int64
    /// The seconds that are left.
    private(set) var left: Int64

    /// RFC 8628, 3.2: where the provider does not say.
    private static let usualInterval: Int64 = 5
    /// RFC 8628, 3.5: what `slow_down` adds.
    private static let slowdown: Int64 = 5
    /// No provider keeps somebody waiting for longer, in seconds.
    private static let longestInterval: Int64 = 60
    /// No login takes longer, in seconds, whatever the provider offers.
    static let longestLogin: Int64 = 30 * 60

    /// Takes the provider's answer (RFC 8628, 3.2).
    init(_ fields: ServiceAnswer.Fields) throws {
        deviceCode = try fields.text("device_code")
        // An old draft's name is still what some providers answer with.
        let given = try fields.optionalText("verification_uri") ?? fields.optionalText("verification_url")
        guard let page = given, ServiceAddress.isProtected(page) else {
            throw fields.wrong("verification_uri", "an `https:` URL", "something else")
        }
        let code = try fields.text("user_code")
        guard code.utf8.count <= 64, code.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw fields.wrong("user_code", "a short code", "something else")
        }
        let complete = try fields.optionalText("verification_uri_complete")
        guard complete.map(ServiceAddress.isProtected) ?? true else {
            throw fields.wrong("verification_uri_complete", "an `https:` URL", "something else")
        }
        guard let seconds = try fields.optionalSeconds("expires_in") else {
            throw fields.wrong("expires_in", "a positive number of seconds", "none")
        }
        left = min(seconds, Self.longestLogin)
        interval = min(try fields.optionalSeconds("interval") ?? Self.usualInterval, Self.longestInterval)
        prompt = DeviceIdentity.Prompt(page: page, code: code, completePage: complete, seconds: left)
    }

    /// How many seconds to wait before the next question.
    ///
    /// - Throws: a ``Failure`` if the login's time is over.
    mutating func nextPause() throws -> Int64 {
        guard left >= interval else { throw Self.late }
        left -= interval
        return interval
    }

    /// The token, if the answer has it; nil to ask again.
    ///
    /// - Parameter response: nil if none came.
    mutating func token(in response: ServiceResponse?) throws -> String? {
        guard let response else {
            slowDown()
            return nil
        }
        let answer = ServiceAnswer(response, of: IdentityProvider.what)
        if response.status == 200 { return try answer.success().text("id_token") }
        switch answer.error {
        case "authorization_pending": return nil
        case "slow_down":
            slowDown()
            return nil
        case "expired_token": throw Self.late
        case "access_denied": throw Failure(.cancelled, "the login was refused on the other device")
        default: throw answer.failure()
        }
    }

    private mutating func slowDown() { interval = min(interval + Self.slowdown, Self.longestInterval) }

    private static let late = Failure(
        .cancelled,
        "nobody finished the login in time",
        remedy: "start again, and open the page while the program waits"
    )
}
