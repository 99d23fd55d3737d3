// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The keys of one issuer, fetched when they are needed, and kept.
///
/// Whoever can send a token can name an unknown key. So the issuer is asked at most once in ``retryInterval``, whoever
/// names what, and requests that come together share one question. Keys that were fetched go on being good for
/// ``keptFor`` when the issuer cannot be asked.
actor IssuerKeys {
    /// After so many seconds the keys are fetched anew, so that one that the issuer has withdrawn is.
    static let refreshedAfter: Int64 = 900
    /// For so many seconds keys are good without news of the issuer: a day.
    static let keptFor: Int64 = 86_400
    /// The issuer is asked at most once in so many seconds.
    static let retryInterval: Int64 = 60
    /// How long one question may take.
    static let timeout: Duration = .seconds(10)
    /// The largest configuration, in bytes.
    static let maximumConfigurationLength = 64 << 10

    private struct Fetched {
        let keys: IssuerKeySet
        let at: Timestamp
    }

    private struct Question {
        let answer: Task<IssuerKeySet, any Error>
        let at: Timestamp
    }

    private let issuer: TokenIssuer
    private let services: any ServiceCaller
    private var fetched: Fetched?
    private var lastAttempt: Timestamp?
    private var lastTrouble: (any Error)?
    private var underWay: Question?

    init(of issuer: TokenIssuer, by services: any ServiceCaller) {
        self.issuer = issuer
        self.services = services
    }

    /// The issuer's keys of a name.
    ///
    /// - Throws: `oidc.key` if it has none; `oidc.provider` or a `Failure` if it cannot be asked and no keys are kept.
    func keys(named id: String, now: Timestamp) async throws -> [IssuerKey] {
        var known = try await current(now: now)
        if known.keys(named: id).isEmpty, mayAsk(now: now) {
            // Trouble now leaves the keys as they were: the name is not among them.
            try? await ask(now: now)
            known = try await current(now: now)
        }
        let keys = known.keys(named: id)
        guard !keys.isEmpty else { throw Refusal(OIDCCode.key, UnverifiedToken.what) }
        return keys
    }

    private func current(now: Timestamp) async throws -> IssuerKeySet {
        if let fetched, isYounger(fetched.at, than: Self.refreshedAfter, now) { return fetched.keys }
        if underWay != nil || mayAsk(now: now) {
            do { try await ask(now: now) } catch { lastTrouble = error }
        }
        if let fetched, isYounger(fetched.at, than: Self.keptFor, now) { return fetched.keys }
        throw lastTrouble ?? Failure(.network, "the issuer's keys are not known", at: issuer.url)
    }

    private func mayAsk(now: Timestamp) -> Bool {
        guard let lastAttempt else { return true }
        return underWay != nil || !isYounger(lastAttempt, than: Self.retryInterval, now)
    }

    /// A clock that was set back makes nothing younger than new.
    private func isYounger(_ moment: Timestamp, than seconds: Int64, _ now: Timestamp) -> Bool {
        now < moment.advanced(bySeconds: seconds)
    }

    /// Asks, or waits for whoever asks already.
    private func ask(now: Timestamp) async throws {
        let question: Question
        if let underWay {
            question = underWay
        } else {
            lastAttempt = now
            let task = Task { [issuer, services] in try await Self.fetch(issuer, by: services) }
            question = Question(answer: task, at: now)
            underWay = question
        }
        defer { if underWay?.answer == question.answer { underWay = nil } }
        let keys = try await question.answer.value
        // Whoever waits may go on before whoever asked; and neither may overwrite what came later.
        if let fetched, question.at < fetched.at { return }
        fetched = Fetched(keys: keys, at: question.at)
        lastTrouble = nil
    }

    private static func fetch(_ issuer: TokenIssuer, by services: any ServiceCaller) async throws
        -> IssuerKeySet
    {
        let bytes = try await read(
            issuer.configurationURL,
            of: issuer,
            maximumConfigurationLength,
            by: services
        )
        let limits = JSONLimits(bytes: maximumConfigurationLength, depth: 8, values: 4_096)
        guard let object = (try? JSONReader.read(bytes, of: issuer.url, limits: limits))?.object,
            let name = object["issuer"]?.string, let address = object["jwks_uri"]?.string
        else {
            throw Refusal(OIDCCode.provider, issuer.url, expected: "`issuer` and `jwks_uri` in a JSON object")
        }
        // OpenID Connect Discovery 1.0, 4.3: otherwise one issuer could pass for another.
        guard ByteKey.areEqual(name, issuer.url) else {
            throw Refusal(OIDCCode.provider, issuer.url, expected: "itself as `issuer`", found: "another")
        }
        let isProtected = address.utf8.starts(with: "https://".utf8)
        guard isProtected || (ServerAudience.isLoopback(issuer.url) && ServerAudience.isLoopback(address))
        else {
            throw Refusal(OIDCCode.provider, issuer.url, expected: "keys over `https://`")
        }
        let keys = try await read(address, of: issuer, IssuerKeySet.maximumLength, by: services)
        return try await IssuerKeySet(keys, of: issuer.url)
    }

    private static func read(
        _ url: String,
        of issuer: TokenIssuer,
        _ maximumLength: Int,
        by services: any ServiceCaller
    ) async throws -> [UInt8] {
        let request = ServiceRequest(
            .get,
            url,
            headers: [("Accept", "application/json")],
            maximumLength: maximumLength,
            timeout: timeout
        )
        let response: ServiceResponse
        do {
            response = try await services.send(request)
        } catch let refusal as Refusal {
            // What the issuer does wrong is not what is wrong with the token.
            throw Refusal(
                OIDCCode.provider,
                issuer.url,
                expected: "an answer of at most \(maximumLength) bytes",
                cause: refusal
            )
        }
        guard response.status == 200 else {
            throw Failure(.network, "the issuer answered with status \(response.status)", at: issuer.url)
        }
        return response.body
    }
}
