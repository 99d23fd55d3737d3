// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import NIOCore
internal import Synchronization
internal import TrustCore

/// Answers for what many ask for, found without leaving the connection's own thread: of files that everybody
/// may read, that were answered once in this second, and whose bytes are in memory.
///
/// It answers just what ``ChannelFilesResponder`` would, by the same ``ResourceAnswer``, and counts and logs
/// just the same. Whatever it is not sure of it leaves to that: everything with credentials, ranges,
/// preconditions, a query or a body, all refusals, and all callers who ask too fast. What it knows it knows for
/// one ``FoundPaths/Moment``.
final class QuickAnswers: QuickAnswering {
    private let parts: ServerParts
    private let known: FoundPaths
    private let memory: BlobMemory
    private let ready = Mutex<(moment: FoundPaths.Moment?, files: [ByteKey: ReadyFile])>((nil, [:]))

    /// - Parameters:
    ///   - known: tells the moments.
    ///   - memory: the blobs that are answered from; others fill it.
    init(_ parts: ServerParts, _ known: FoundPaths, _ memory: BlobMemory) {
        self.parts = parts
        self.known = known
        self.memory = memory
    }

    /// Keeps a file for the next who ask for it in the same words.
    ///
    /// - Parameters:
    ///   - target: the request's, as it came, without credentials.
    ///   - moment: when looking it up began.
    func keep(
        _ resource: ServedResource,
        of channel: HostedChannel?,
        as target: String,
        since moment: FoundPaths.Moment
    ) {
        guard channel?.visibility ?? .everybody == .everybody, !target.utf8.contains(UInt8(ascii: "?")) else {
            return
        }
        let file = ReadyFile(resource, target, now: Timestamp(seconds: moment.second))
        ready.withLock { ready in
            if ready.moment != moment { ready = (moment, [:]) }
            if ready.files.count < FoundPaths.capacity { ready.files[ByteKey(target)] = file }
        }
    }

    func answer(_ request: HTTPRequest, from address: String?, _ block: AddressBlock?) -> QuickAnswer? {
        guard request.method == .get || request.method == .head, let target = request.path else { return nil }
        let began = NIODeadline.now()
        let key = ByteKey(target), moment = known.moment
        guard let file = ready.withLock({ $0.moment == moment ? $0.files[key] : nil }),
            let isConditional = Self.isConditional(request.headerFields),
            let isWhole = Self.isWhole(
                file.resource,
                request,
                isConditional: isConditional,
                now: Timestamp(seconds: moment.second)
            )
        else { return nil }
        var body: ByteBuffer?
        if isWhole, request.method == .get {
            guard let buffer = memory[file.resource.blob] else { return nil }
            body = buffer
        }
        // Who asks too fast is refused, and told so, by the other way.
        guard (try? parts.limiter.admit(block, now: parts.now())) != nil else { return nil }
        let head = HTTPResponse(
            status: isWhole ? .ok : .notModified,
            headerFields: isWhole ? file.whole : file.notModified
        )
        let report = RequestReport(
            id: parts.requestID(),
            method: request.method,
            path: file.path,
            status: head.status,
            address: address,
            key: nil,
            bytes: body?.readableBytes ?? 0,
            duration: NIODeadline.now() - began
        )
        return QuickAnswer(head: head, body: body, report: report)
    }

    func report(_ answer: QuickAnswer) { answer.report.tell(parts.metrics, parts.logger) }

    /// Fields of a request that lead to another answer than the whole, or to none here.
    private static let other: Set<HTTPField.Name> = {
        var names: Set<HTTPField.Name> = [
            .authorization, .contentLength, .transferEncoding, .expect, .upgrade, .range, .ifRange, .ifMatch,
            .ifUnmodifiedSince,
        ]
        if let name = RequestCredentials.keyHeader { names.insert(name) }
        return names
    }()

    /// Whether a request asks only for news; nil where it asks for something that is not answered here.
    private static func isConditional(_ fields: HTTPFields) -> Bool? {
        var isConditional = false
        for field in fields {
            if field.name == .ifNoneMatch || field.name == .ifModifiedSince {
                isConditional = true
            } else if field.name == .connection {
                guard ByteKey.areEqual(field.value, "keep-alive") else { return nil }
            } else if other.contains(field.name) {
                return nil
            }
        }
        return isConditional
    }
}

/// A file that everybody may read, and the heads of its answers in one second.
private struct ReadyFile: Sendable {
    let resource: ServedResource
    /// The path, as logs say it.
    let path: String
    let notModified: HTTPFields
    let whole: HTTPFields

    init(_ resource: ServedResource, _ target: String, now: Timestamp) {
        self.resource = resource
        path = ServedPath.shown(target)
        let end: HTTPFields = [
            .xContentTypeOptions: HostedServer.contentTypeOptions, .date: HTTPDate.text(now),
            .server: HostedServer.name,
        ]
        notModified = resource.fields(now: now) + end
        whole = resource.fields(now: now) + resource.fieldsOfWhole + end
    }
}
