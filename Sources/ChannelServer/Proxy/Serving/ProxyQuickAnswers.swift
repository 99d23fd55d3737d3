// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import NIOCore
internal import Synchronization
internal import TrustCore

/// Answers for small packages that many ask a proxy for: of those in ``RecentPackages``, whose bytes are in memory.
///
/// It answers just what ``ProxyResponder`` would. Whatever it is not sure of it leaves to that: everything with credentials,
/// ranges, preconditions, a body or `Via`, and all refusals.
final class ProxyQuickAnswers: QuickAnswering {
    private let proxy: VerifyingProxy
    private let files: ProxyFiles
    private let ends = Mutex<(second: Int64, fields: HTTPFields)>((.min, [:]))

    init(_ proxy: VerifyingProxy, _ files: ProxyFiles) {
        self.proxy = proxy
        self.files = files
    }

    func answer(_ request: HTTPRequest, from address: String?, _ block: AddressBlock?) -> QuickAnswer? {
        guard request.method == .get || request.method == .head,
            let (target, isConditional) = Self.read(request.headerFields)
        else { return nil }
        let began = NIODeadline.now()
        guard let (package, path) = files.known.find(.init(target, host: request.authority)) else {
            return nil
        }
        let resource = package.resource, now = files.now()
        guard let isWhole = Self.isWhole(resource, request, isConditional: isConditional, now: now) else {
            return nil
        }
        var body: ByteBuffer?
        if isWhole, request.method == .get {
            guard let buffer = files.memory[resource.blob] else { return nil }
            body = buffer
        }
        var fields = isWhole ? package.whole : package.notModified
        fields += ends(now)
        let head = HTTPResponse(status: isWhole ? .ok : .notModified, headerFields: fields)
        let report = RequestReport(
            id: proxy.requestID(),
            method: request.method,
            path: path,
            status: head.status,
            address: address,
            key: nil,
            bytes: body?.readableBytes ?? 0,
            duration: NIODeadline.now() - began
        )
        return QuickAnswer(head: head, body: body, report: report)
    }

    func report(_ answer: QuickAnswer) { proxy.report(answer.report) }

    /// Fields of a request that lead to another answer, or to none here.
    private static let others: Set<HTTPField.Name> = RequestOrigin.fields.union([
        .authorization, .contentLength, .transferEncoding, .expect, .upgrade, .via, .range, .ifRange,
        .ifMatch,
    ])

    /// What was asked for, and whether it is asked only for news; nil where something is asked that is not answered here.
    private static func read(_ fields: HTTPFields) -> (target: String, isConditional: Bool)? {
        var target: String?, isConditional = false
        for field in fields {
            if field.name == ProxyHeadHandler.name {
                target = field.value
            } else if field.name == .ifNoneMatch {
                isConditional = true
            } else if field.name == .connection {
                guard ByteKey.areEqual(field.value, "keep-alive") else { return nil }
            } else if others.contains(field.name) {
                return nil
            }
        }
        return target.map { ($0, isConditional) }
    }

    /// What every answer of this second says.
    private func ends(_ now: Timestamp) -> HTTPFields {
        ends.withLock { ends in
            if ends.second != now.seconds {
                let more: HTTPFields = [.date: HTTPDate.text(now), .server: HostedServer.name]
                ends = (now.seconds, proxy.fields + more)
            }
            return ends.fields
        }
    }
}
