// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
public import TrustCore
internal import TrustPolicy

/// Something that the proxy does not pass on, and why: as an answer that people read in their client, and as a line of the
/// log.
public struct ProxyRefusal: Error, Equatable {
    /// What was asked for.
    public let subject: String
    /// The code, such as `known-publisher.changed`.
    public let code: String
    /// Which sort of refusal it is.
    public let kind: RefusalKind
    /// Why.
    public let reason: String
    /// What to do.
    public let remedy: String
    let status: Int

    /// The longest text of an answer, in characters: clients show no more.
    static let maximumLength = 500

    /// A thrown refusal.
    ///
    /// - Parameter subject: what was asked for, where that is known.
    init(_ refusal: Refusal, of subject: String? = nil) {
        var reason = refusal.code.entry.summary
        if let subject, subject != refusal.subject { reason += " (\(refusal.subject))" }
        if let expected = refusal.expected { reason += ", expected \(expected)" }
        if let found = refusal.found { reason += ", found \(found)" }
        self.subject = subject ?? refusal.subject
        code = refusal.codeName
        kind = refusal.code.entry.kind
        self.reason = reason
        remedy = refusal.remedy
        let known = (refusal.code as? any HTTPRefusalCode)?.httpStatus
        status = refusal.code is ProxyCode || refusal.code is ServerCode ? known?.code ?? 403 : 403
    }

    /// What rules object to a package; the worst objection is told.
    init(_ objections: [Finding], of subject: String) {
        let order: [RefusalKind] = [.invalid, .stale, .policy, .missing]
        let worst = order.lazy.compactMap { kind in objections.first { $0.kind == kind } }.first
        let finding = worst ?? objections.first
        self.subject = subject
        code = finding?.code?.rawValue ?? "policy"
        kind = finding?.kind ?? .policy
        reason = finding?.reason ?? "the policy does not allow it"
        remedy = finding?.code?.entry.remedy ?? "ask whoever runs the proxy"
        // What the verified index does not list is not there: the one case in which that is said.
        status = objections.allSatisfy { $0.code == .unlisted } && !objections.isEmpty ? 404 : 403
    }

    /// Whether something of a channel was refused for what it is, rather than a request for being none of the proxy's.
    public var isAboutEvidence: Bool {
        !code.hasPrefix("proxy.") && !code.hasPrefix("server.") && status != 404
    }

    /// The answer's text: at most ``maximumLength`` characters, of which the code is never cut.
    var text: String {
        let head = "kingsnake refused \(Self.line(subject, 120)): "
        let codeLine = "\ncode: \(Self.line(code, 60))\n"
        let rest = Self.maximumLength - head.count - codeLine.count - 1
        let reason = Self.line(reason, min(rest, 220))
        let remedy = Self.line(remedy, max(0, rest - reason.count))
        return head + reason + codeLine + remedy + "\n"
    }

    func response() -> Response {
        let body = ByteBuffer(string: text)
        var headers: HTTPFields = [
            .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store",
            .contentLength: "\(body.readableBytes)",
        ]
        if status == 405 { headers[.allow] = "GET, HEAD" }
        return Response(
            status: HTTPResponse.Status(code: status),
            headers: headers,
            body: ResponseBody(byteBuffer: body)
        )
    }

    /// One line of visible text.
    private static func line(_ text: String, _ limit: Int) -> String {
        let shown = ForeignText.readable(text, maximumLength: 400)
        return shown.count <= limit ? shown : String(shown.prefix(max(0, limit - 1))) + "…"
    }
}
